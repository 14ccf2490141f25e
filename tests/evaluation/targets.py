"""What good looks like, line by line, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tests.evaluation.intervals import poisson_rate
from tests.evaluation.judge import Judged
from tests.evaluation.plan import LEVEL, LOSSY, NO_LOSS, QUIET, TRAIL
from tests.evaluation.scenarios import Row, as_wanted
from tests.evaluation.scorer import Matches, add, p95, rmse
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
    return [
        *_pitch(judged),
        *_events(judged),
        _false_alerts(of(judged, *QUIET)),
        _scenarios(scenarios),
        *_shoulders([j for j in judged if j.shoulders]),
        _cadence([j for j in judged if not j.case.real_motion]),
        *_holes([j for j in judged if j.recoveries]),
    ]


def as_table(lines: Sequence[Target]) -> str:
    """Targets with 'pass' or 'short' in words."""
    words = {True: "pass", False: "**short**", None: "not measured"}
    return table(("what", "target", "measured", ""), ((t.what, t.target, t.measured, words[t.met]) for t in lines))


def _line(what: str, target: str, measured: str, *met: bool, known: bool = True) -> Target:
    return Target(what, target, measured, all(met)) if known else Target(what, target, "-", None)


def _pitch(judged: Sequence[Judged]) -> Iterable[Target]:
    def line(what: str, rows: Sequence[str], most: float, most_p95: float | None = None) -> Target:
        error = errors(of(judged, *rows))
        wanted, measured = f"RMSE <= {most:g}", number(rmse(error))
        if most_p95 is not None:
            wanted, measured = f"{wanted}, p95 <= {most_p95:g}", f"{measured}, {number(p95(error))}"
        met = rmse(error) <= most and (most_p95 is None or p95(error) <= most_p95)
        return _line(f"sustained pitch, {what}", f"{wanted} deg", measured, met, known=len(error) > 0)

    yield line("real motion, no loss", NO_LOSS[:1], 0.35, 0.7)
    yield line("real motion, 5 % loss", LOSSY[:1], 1.2)
    yield line("treadmill, no loss", LEVEL[1:], 0.4)
    yield line("trail, no loss", TRAIL, 1.0)
    yield line("treadmill and trail, 5 % loss", LOSSY[1:], 1.6)


def _events(judged: Sequence[Judged]) -> Iterable[Target]:
    def f1(what: str, found: Matches, least: float) -> Target:
        events = found.hits + found.missed
        return _line(what, f"F1 >= {least}", f"{found.f1:.3f} ({events} events)", found.f1 >= least, known=events > 0)

    for where, rows, strict, lenient in (("treadmill", LEVEL, 0.95, 0.98), ("trail", TRAIL, 0.93, 0.96)):
        yield f1(f"head-down events, {where}, strict", heads(of(judged, *rows)), strict)
        yield f1(f"head-down events, {where}, don't-care band", heads(of(judged, *rows), lenient=True), lenient)
    yield f1("head-down events, 5 % loss, strict", heads(of(judged, *LOSSY)), 0.92)
    found = heads(of(judged, *NO_LOSS))
    late = np.array(found.latency_s or (np.nan,))
    median, most = (float(np.percentile(late, q)) for q in (50, 95))
    yield _line(
        "latency past dwell, no loss",
        "median <= 0.5, p95 <= 1 s",
        f"{median:.2f}, {most:.2f}",
        median <= 0.5,
        most <= 1.0,
        known=found.hits > 0,
    )


def _false_alerts(judged: list[Judged]) -> Target:
    hours, false = sum(j.calm_h for j in judged), heads(judged).false
    rate = false / hours if hours else float("nan")
    low, high = poisson_rate(false, hours)
    return _line(
        "false alerts while nothing is to tell",
        "<= 1 per hour over 10 h",
        f"{rate:.2f} [{low:.2f}-{high:.2f}] ({false} in {hours:.1f} h)",
        rate <= 1,
        hours >= 10,
        known=hours > 0,
    )


def _scenarios(rows: Sequence[Row]) -> Target:
    short = [f"{r.name} ({r.variant})" for r in rows if as_wanted(r) is False]
    measured = "not: " + "; ".join(short) if short else "all"
    what = "scenarios A-H, road, trail, soft bounce"
    return _line(what, "every row as wanted", measured, not short, known=bool(rows))


def _shoulders(judged: list[Judged]) -> Iterable[Target]:
    seen = add([j.shoulders.strict for j in judged if j.shoulders and j.d_prime >= CLAIM_D])
    events = seen.hits + seen.missed
    yield _line(
        "shoulders where d' >= 2",
        "F1 >= 0.9",
        f"{seen.f1:.3f} ({events} events)",
        seen.f1 >= 0.9,
        known=events > 0,
    )
    unseen = [j.shoulders.strict for j in judged if j.shoulders and j.d_prime < NO_CLAIM_D]
    claims = sum(m.hits + m.false + m.fragments for m in unseen)
    yield _line(
        "shoulders where d' < 1.2",
        "never a claim",
        f"{claims} in {len(unseen)} runs",
        claims == 0,
        known=bool(unseen),
    )


def _cadence(judged: list[Judged]) -> Target:
    error = np.abs(np.concatenate([np.empty(0), *(j.cadence_spm for j in judged)]))
    if not len(error):
        error = np.array([np.nan])
    mae, gross = float(error.mean()), float((error > GROSS * USUAL_SPM).mean())
    return _line(
        "cadence (gait model)",
        "MAE <= 1 spm, gross < 1 %",
        f"{mae:.2f}, {100 * gross:.2f} %",
        mae <= 1,
        gross < 0.01,
        known=not np.isnan(mae),
    )


def _holes(judged: list[Judged]) -> Iterable[Target]:
    # Turning on a trail alone brings errors of 3 deg: what a hole does is judged on level ground.
    level = [r.accurate_s for j in judged if "trail" not in j.case.source for r in j.recoveries if r.hole_s <= 0.5]
    worst = max(level, default=float("nan"))
    yield _line(
        "after a hole of <= 0.5 s with 25 deg unseen, level ground",
        "< 3 deg within 2 s",
        f"worst {worst:.1f} s",
        worst <= 2,
        known=bool(level),
    )
    alerts = sum(r.alerts for j in judged for r in j.recoveries)
    yield _line("alerts caused by holes", "0", str(alerts), alerts == 0, known=bool(judged))
