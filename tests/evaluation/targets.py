"""What good looks like, line by line, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tests.evaluation.intervals import poisson_rate
from tests.evaluation.judge import Judged
from tests.evaluation.plan import NO_LOSS, QUIET
from tests.evaluation.scenarios import Row, as_wanted
from tests.evaluation.scorer import add, p95, rmse
from tests.evaluation.tables import errors, heads, number, of, table

CLAIM_D, NO_CLAIM_D = 2.0, 1.2
GROSS = 0.1
"""A cadence is grossly wrong when it is off by more than this part."""
USUAL_SPM = 168.0


@dataclass(frozen=True, slots=True)
class Target:
    """One line of what good looks like. `met` is None where nothing was measured."""

    what: str
    target: str
    measured: str
    met: bool | None


def targets(judged: Sequence[Judged], scenarios: Sequence[Row]) -> list[Target]:
    """The targets of the design, each beside its figure."""
    out: list[Target] = []

    def line(what: str, target: str, measured: str, *conditions: bool, known: bool = True) -> None:
        out.append(Target(what, target, measured, all(conditions) if known else None))

    error = errors(of(judged, NO_LOSS[0]))
    line("sustained pitch, real motion, no loss", "RMSE <= 0.35, p95 <= 0.7 deg",
         f"{number(rmse(error))}, {number(p95(error))}",
         rmse(error) <= 0.35, p95(error) <= 0.7, known=len(error) > 0)  # fmt: skip
    error = errors(of(judged, "real motion, 5 % loss"))
    line("sustained pitch, real motion, 5 % loss", "RMSE <= 1.2 deg", number(rmse(error)),
         rmse(error) <= 1.2, known=len(error) > 0)  # fmt: skip
    events = of(judged, *NO_LOSS)
    strict, lenient = heads(events), heads(events, lenient=True)
    line("head-down events, no loss, strict", "F1 >= 0.95", f"{strict.f1:.3f} ({strict.hits + strict.missed} events)",
         strict.f1 >= 0.95)  # fmt: skip
    line("head-down events, no loss, don't-care band", "F1 >= 0.98",
         f"{lenient.f1:.3f} ({lenient.hits + lenient.missed} events)", lenient.f1 >= 0.98)  # fmt: skip
    quiet = of(judged, *QUIET)
    hours, false = sum(j.calm_h for j in quiet), heads(quiet).false
    low, high = poisson_rate(false, hours)
    line("false alerts while nothing is to tell", "<= 1 per hour",
         f"{false / hours:.2f} [{low:.2f}-{high:.2f}] ({false} in {hours:.1f} h)", false / hours <= 1)  # fmt: skip
    late = np.array(strict.latency_s)
    median, most = (float(np.percentile(late, q)) for q in (50, 95))
    line("latency past dwell, no loss", "median <= 0.5, p95 <= 1 s", f"{median:.2f}, {most:.2f}",
         median <= 0.5, most <= 1.0)  # fmt: skip
    short = [f"{r.name} ({r.variant})" for r in scenarios if as_wanted(r) is False]
    line("scenarios A-H, road, trail, soft bounce", "every row as wanted",
         "all" if not short else "not: " + "; ".join(short), not short)  # fmt: skip
    seen = [j for j in judged if j.shoulders and j.d_prime >= CLAIM_D]
    shoulders = add([j.shoulders.strict for j in seen if j.shoulders])
    line("shoulders where d' >= 2", "F1 >= 0.9", f"{shoulders.f1:.3f} ({shoulders.hits + shoulders.missed} events)",
         shoulders.f1 >= 0.9)  # fmt: skip
    unseen = [j for j in judged if j.shoulders and j.d_prime < NO_CLAIM_D]
    claims = sum(j.shoulders.strict.hits + j.shoulders.strict.false for j in unseen if j.shoulders)
    line("shoulders where d' < 1.2", "never a claim", f"{claims} in {len(unseen)} runs", claims == 0)
    mae, gross = cadence([j for j in judged if not j.case.real_motion])
    line("cadence (gait model)", "MAE <= 1 spm, gross < 1 %", f"{mae:.2f}, {100 * gross:.2f} %",
         mae <= 1, gross < 0.01)  # fmt: skip
    gaps = [r for j in judged for r in j.recoveries]
    small = [r.accurate_s for r in gaps if r.hole_s <= 0.5]
    line("after a hole of <= 0.5 s", "< 3 deg within 2 s", f"worst {max(small):.1f} s", max(small) <= 2)
    line("alerts caused by holes", "0", str(sum(r.alerts for r in gaps)), not any(r.alerts for r in gaps))
    return out


def cadence(judged: Iterable[Judged]) -> tuple[float, float]:
    """Mean absolute error, spm, and the share of gross errors."""
    error = np.abs(np.concatenate([j.cadence_spm for j in judged]))
    return float(error.mean()), float((error > GROSS * USUAL_SPM).mean())


def as_table(lines: Sequence[Target]) -> str:
    """Targets with 'pass' or 'short' in words."""
    words = {True: "pass", False: "**short**", None: "not measured"}
    return table(("what", "target", "measured", ""), ((t.what, t.target, t.measured, words[t.met]) for t in lines))
