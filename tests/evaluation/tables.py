"""The judged runs as Markdown: what is aimed for beside what was measured. Pure text, no judgement of its own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tests.evaluation.intervals import poisson_rate, wilson
from tests.evaluation.judge import Judged
from tests.evaluation.labelled import Floats
from tests.evaluation.peers import LABEL, RULES
from tests.evaluation.plan import NO_LOSS, QUIET
from tests.evaluation.scenarios import OURS, TITLES, WANTED, Row, Told, as_wanted
from tests.evaluation.scorer import Matches, add, p95, rmse


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def number(value: float, digits: int = 2) -> str:
    """A number, or a dash where there is none."""
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def errors(judged: Iterable[Judged], *, steady: bool = False) -> Floats:
    """All pitch errors (n,) of some runs, deg."""
    parts = [(j.steady if steady else j.pitch).error_deg for j in judged]
    return np.concatenate(parts) if parts else np.empty(0)


def of(judged: Sequence[Judged], *rows: str) -> list[Judged]:
    """The runs of some rows."""
    return [j for j in judged if j.case.row in rows]


def heads(judged: Sequence[Judged], *, lenient: bool = False) -> Matches:
    """Head events of some runs, added up."""
    return add([j.head.lenient if lenient else j.head.strict for j in judged if j.head])


# ---------------------------------------------------------------- the tables


def events_table(judged: Sequence[Judged]) -> str:
    """Head events of every row that has them."""
    rows = []
    for name in _rows(judged, "events"):
        part = of(judged, name)
        strict, lenient = heads(part), heads(part, lenient=True)
        n = strict.hits + strict.missed
        low, high = wilson(strict.hits, n)
        hours = sum(j.calm_h for j in part)
        fa = poisson_rate(strict.false, hours)
        late = np.array(strict.latency_s or (np.nan,))
        scores = [j.head for j in part if j.head]
        both, wrong = sum(s.both_s for s in scores), sum(s.only_true_s + s.only_told_s for s in scores)
        rows.append(
            (
                name,
                str(n),
                number(strict.precision),
                f"{number(strict.recall)} [{low:.2f}-{high:.2f}]",
                number(strict.f1, 3),
                number(lenient.f1, 3),
                number(2 * both / (2 * both + wrong) if both + wrong else math.nan),
                str(strict.fragments),
                f"{strict.false / hours:.1f} [{fa[0]:.1f}-{fa[1]:.1f}]",
                f"{lenient.false / hours:.1f}",
                f"{number(float(np.median(late)))} / {number(float(np.percentile(late, 95)))}",
                f"{sum(j.prompts for j in part) / sum(j.eligible_h for j in part):.0f}",
                f"{100 * np.mean([j.invalid_part for j in part]):.1f} %",
            )
        )
    header = ("run", "events", "P", "R [95 %]", "F1 strict", "F1 don't care", "time-in-state F1", "fragments",
              "false/h strict [95 %]", "false/h don't care", "latency median / p95 s", "cues/h", "invalid")  # fmt: skip
    return table(header, rows)


def quiet_table(judged: Sequence[Judged]) -> str:
    """Runs in which nothing is to tell."""
    rows = []
    for name in _rows(judged, "hills", "stops", "quiet"):
        part = of(judged, name)
        hours, strict = sum(j.calm_h for j in part), heads(part)
        low, high = poisson_rate(strict.false, hours)
        band = heads(part, lenient=True).false
        rows.append((name, f"{hours:.1f}", str(strict.false), f"{strict.false / hours:.2f} [{low:.2f}-{high:.2f}]",
                     str(band), str(strict.hits + strict.missed),
                     f"{100 * np.mean([j.invalid_part for j in part]):.1f} %"))  # fmt: skip
    header = (
        "run",
        "hours",
        "false",
        "false/h [95 %]",
        "false beyond don't care",
        "true events (by chance)",
        "invalid",
    )
    return table(header, rows)


def pitch_table(judged: Sequence[Judged]) -> str:
    """Sustained pitch of every row with a head sensor."""
    rows = []
    for name in _rows(judged, "events"):
        part = of(judged, name)
        error, steady = errors(part), errors(part, steady=True)
        worst = max(part, key=lambda j: rmse(j.pitch.error_deg))
        rows.append((name, str(len(error)), number(rmse(error)), f"{error.mean():+.2f}", number(p95(error)),
                     number(rmse(steady)), f"{number(rmse(worst.pitch.error_deg))} (seed {worst.case.seed})",
                     number(float(np.mean([abs(j.pitch.offset_deg) for j in part])))))  # fmt: skip
    header = ("run", "seconds", "RMSE deg", "bias", "p95", "RMSE, steady parts", "worst run's RMSE",
              "mean size of the neutral's offset")  # fmt: skip
    return table(header, rows)


def gaps_table(judged: Sequence[Judged]) -> str:
    """Recovery after holes, by length and ground; the head moves by 25 deg unseen in each."""
    rows = []
    for trail in (False, True):
        gaps = [r for j in judged if ("trail" in j.case.source) is trail for r in j.recoveries]
        for length in sorted({r.hole_s for r in gaps}):
            part = [r for r in gaps if r.hole_s == length]
            accurate, trusted = (np.array([getattr(r, k) for r in part]) for k in ("accurate_s", "trusted_s"))
            rows.append(("trail" if trail else "level", f"{length:g}", str(len(part)),
                         f"{np.median(accurate):.1f} / {accurate.max():.1f}",
                         f"{np.median(trusted):.1f} / {trusted.max():.1f}",
                         str(sum(r.accurate_s > r.trusted_s for r in part)),
                         str(sum(r.alerts for r in part))))  # fmt: skip
    header = ("ground", "hole s", "holes", "error < 3 deg after: median / worst s", "trusted after: median / worst s",
              "trusted too early", "alerts caused")  # fmt: skip
    return table(header, rows)


def shoulders_table(judged: Sequence[Judged]) -> str:
    """Shoulder events by d' of the calibration."""
    rows = []
    for low, high in ((0, 1.2), (1.2, 2), (2, 3), (3, math.inf)):
        part = [j for j in judged if j.shoulders and low <= j.d_prime < high]
        if not part:
            continue
        strict = add([j.shoulders.strict for j in part if j.shoulders])
        lenient = add([j.shoulders.lenient for j in part if j.shoulders])
        hours = sum(j.calm_h for j in part)
        told = strict.hits + strict.false + strict.fragments
        rows.append((f"{low:g}-{high:g}", str(len(part)), str(strict.hits + strict.missed), str(told),
                     *((number(strict.precision), number(strict.recall), number(strict.f1, 3), number(lenient.f1, 3))
                       if told else ("no claim",) * 4),
                     f"{strict.false / hours:.1f}",
                     ", ".join(sorted({f"{j.case.source} {j.case.shrug_deg:g} deg" for j in part}))))  # fmt: skip
    header = ("d' of a 40 % hike", "runs", "events", "told", "P", "R", "F1 strict", "F1 don't care", "false/h", "worn")
    return table(header, rows)


def peers_table(judged: Sequence[Judged]) -> str:
    """Ours and the peers' rules on the same runs, strictly by our specification (20 deg for 6 s)."""
    events, quiet = of(judged, *NO_LOSS), of(judged, *QUIET)
    hours, calm = sum(j.calm_h for j in events), sum(j.calm_h for j in quiet)
    rows = []
    for name in (OURS, *RULES):
        if name == OURS:
            m, q = heads(events, lenient=False), heads(quiet)
        else:
            m, q = add([j.peers[name] for j in events]), add([j.peers[name] for j in quiet])
        label = name if name == OURS else f"{name} ({LABEL})"
        rows.append((label, f"{m.hits}/{m.hits + m.missed}", number(m.precision), number(m.f1),
                     f"{m.false / hours:.1f}", f"{q.false / calm:.1f}"))  # fmt: skip
    return table(("rule", "events caught", "P", "F1", "false/h, runs with events", "false/h, quiet runs"), rows)


def slip_table(judged: Sequence[Judged]) -> str:
    """A slipped sensor: alerts afterwards, and the hint."""
    rows = [
        (j.case.source, str(heads([j]).false + heads([j]).hits), str(j.prompts),
         "none" if math.isnan(j.moved_after_s) else f"{j.moved_after_s:.0f} s")
        for j in judged
        if j.case.outing == "slip"
    ]  # fmt: skip
    return table(("run", "bouts told", "cues", "hint after"), rows)


def scenarios_table(rows: Sequence[Row]) -> str:
    """Alerts in ten minutes: all detectors."""

    def cell(told: Told) -> str:
        text = f"{told.alerts}"
        if told.bouts:
            text += f" ({told.caught}/{told.bouts})"
        if told.bouts and told.outside:
            text += f", {told.outside} false"
        return text if math.isnan(told.hint_s) else f"{text} + hint {told.hint_s:.0f} s"

    verdict = {True: "pass", False: "**short**", None: ""}
    lines = [
        (f"{r.name} {TITLES.get(r.name, '')}".strip(), r.variant, WANTED.get(r.name, "all, < 2 false"),
         cell(r.told[OURS]), verdict[as_wanted(r)], number(max(r.told[OURS].first_s, default=math.nan), 1),
         *(cell(r.told[name]) for name in RULES))
        for r in rows
    ]  # fmt: skip
    header = ("scenario", "variant", "want", OURS, "", "longest delay s", *RULES)
    return table(header, lines)


def _rows(judged: Sequence[Judged], *outings: str) -> list[str]:
    return list(dict.fromkeys(j.case.row for j in judged if j.case.outing in outings))
