"""Events against those of the same run without a fault, outside the gaps; and no alert that is not of a true bout."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from monitor.alerts.policy import Silence
from monitor.values import EventKind
from tests.soak.judge_links import Links, links_of
from tests.soak.soak_plan import Fault, Plan
from tests.soak.soak_record import SoakRecord
from tests.soak.soak_run import soak_settings
from tests.soak.soak_runner import KEYS, Runner
from tests.soak.verdict import Verdict, spread

GUARD_S = 20.0
"""After a gap, or after samples were lost, what is seen may differ for so long: the grace that the product takes."""
SAME_S = 0.5
"""Two events of the same kind are the same when they are no further apart."""
POSTURE = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP})
_BOUTS = POSTURE | {EventKind.SENSOR_MOVED}
_COACHING = frozenset({EventKind.FORM_CHECK, EventKind.LOOSEN_UP})
_MARK_S = 0.01
_ARRIVES_S = 0.5
"""A bout has the time of its samples, which arrive a little later than that."""
_REZERO_LOOKS_BACK_S = 12.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An event of a run, seconds on the run clock."""

    kind: EventKind
    sensor: str
    t_s: float
    onset_s: float
    prompted: bool
    silent: str
    label: str
    raw: dict[str, Any]


def seen_in(record: SoakRecord) -> list[Seen]:
    """All events of a run."""
    out = []
    for e in record.events:
        t_s = e["t_ns"] / 1e9 + record.origin_s
        onset_s = e["onset_s"] + record.origin_s if "onset_s" in e else t_s
        out.append(
            Seen(EventKind(e["kind"]), e.get("sensor", ""), t_s, onset_s, e["prompted"], e.get("silent", ""),
                 re.sub(r"\d+\.\d+", "#", str(e.get("label", ""))), e)
        )  # fmt: skip
    return out


@dataclass(frozen=True, slots=True)
class Gap:
    """When what a sensor saw may differ: from a fault until it streamed again, and a guard time."""

    from_s: float
    to_s: float
    fault: Fault


@dataclass(frozen=True, slots=True)
class Disturbed:
    """The gaps by sensor."""

    gaps: dict[str, list[Gap]]

    def touching(self, sensor: str, from_s: float, to_s: float) -> Gap | None:
        """The first gap that has a part in this time; '' for any sensor."""
        keys = (sensor,) if sensor else KEYS
        return next((g for key in keys for g in self.gaps[key] if g.from_s <= to_s and from_s <= g.to_s), None)

    def touches(self, sensor: str, from_s: float, to_s: float) -> bool:
        """Whether any of this time is disturbed; '' for any sensor."""
        return self.touching(sensor, from_s, to_s) is not None

    def share(self, key: str, seconds: float) -> float:
        """Of the run."""
        covered = end = 0.0
        for gap in self.gaps[key]:
            covered += max(0.0, min(gap.to_s, seconds) - max(gap.from_s, end))
            end = max(end, gap.to_s)
        return covered / seconds


def disturbed(plan: Plan, record: SoakRecord) -> Disturbed:
    """From the plan, from when the links were back, and from re-zeroes that a sensor missed."""
    links = links_of(record)
    found = {}
    for key in KEYS:
        gaps = [Gap(f.at_s - 0.5, _over(links, f, plan.seconds), f) for f in plan.faults if f.key == key]
        found[key] = sorted([*gaps, *_missed_rezeroes(plan, gaps)], key=lambda gap: gap.from_s)
    return Disturbed(found)


def _missed_rezeroes(plan: Plan, gaps: list[Gap]) -> list[Gap]:
    """After a re-zero in a gap a sensor has another neutral than without the gap, until the next one."""
    pressed = [press.at_s for press in plan.presses if press.what == "rezero"]
    missed = [next((g for g in gaps if g.from_s <= t <= g.to_s + _REZERO_LOOKS_BACK_S), None) for t in pressed]
    ends = [*pressed[1:], plan.seconds][: len(pressed)]
    return [Gap(t, end, g.fault) for t, end, g in zip(pressed, ends, missed, strict=True) if g is not None]


def _over(links: Links, fault: Fault, seconds: float) -> float:
    return min(seconds, links.streams_from(fault.key, fault.end_s + 0.1)) + GUARD_S


# ------------------------------------------------------------------ the same events


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of the same event in both runs, and those that only one has."""

    pairs: list[tuple[Seen, Seen]]
    missing: list[Seen]
    added: list[Seen]


def compare(reference: list[Seen], run: list[Seen], same_s: float = SAME_S) -> Compared:
    """Nearest in time first, among events of one kind, sensor and label."""
    candidates = sorted(
        (abs(a.t_s - b.t_s), i, j)
        for i, a in enumerate(reference)
        for j, b in enumerate(run)
        if abs(a.t_s - b.t_s) <= same_s and (a.kind, a.sensor, a.label) == (b.kind, b.sensor, b.label)
    )
    left, right = set(range(len(reference))), set(range(len(run)))
    pairs = []
    for _, i, j in candidates:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            pairs.append((reference[i], run[j]))
    return Compared(pairs, [reference[i] for i in sorted(left)], [run[j] for j in sorted(right)])


def _bouts(events: list[Seen]) -> list[Seen]:
    return [e for e in events if e.kind in _BOUTS and "repeat" not in e.raw]


def judge_equal(plan: Plan, record: SoakRecord, reference: SoakRecord) -> list[Verdict]:
    """Bouts, cues and marks as without faults, outside the gaps."""
    gaps = disturbed(plan, record)
    run, other = seen_in(record), seen_in(reference)
    bouts = compare(_bouts(other), _bouts(run))
    judged = [e for e in _bouts(other) if not gaps.touches(e.sensor, e.onset_s - 1, e.t_s)]
    findings = [
        f"{what}: {e.kind.value} of {e.sensor} at {e.t_s:.1f} s"
        for what, those in (("missing", bouts.missing), ("added", bouts.added))
        for e in those
        if not gaps.touches(e.sensor, e.onset_s - 1, e.t_s)
    ]
    clear = [(a, b) for a, b in bouts.pairs if not gaps.touches(a.sensor, a.onset_s - 1, a.t_s)]
    share = ", ".join(f"{key} {gaps.share(key, plan.seconds):.0%}" for key in KEYS)
    figure = (
        f"{len(clear)} of {len(judged)} outside the gaps, apart {spread([abs(a.t_s - b.t_s) for a, b in clear])}; "
        f"{len(bouts.missing)} missing and {len(bouts.added)} added inside ({share} of the run)"
    )
    where = f"all within {SAME_S:g} s, but for the gaps and {GUARD_S:g} s after"
    return [
        Verdict("bouts as in the run without faults", figure, where, tuple(findings)),
        _judge_cues(clear, run, other),
        _judge_marks(run, other, gaps),
        _judge_coaching(run, other, gaps, plan),
    ]


def explained(plan: Plan, record: SoakRecord, reference: SoakRecord) -> list[str]:
    """Every difference from the run without faults, as Markdown, with what brought it about."""
    gaps = disturbed(plan, record)
    bouts = compare(_bouts(seen_in(reference)), _bouts(seen_in(record)))
    differ = [("missing", e) for e in bouts.missing] + [("added", e) for e in bouts.added]
    lines = []
    for what, e in sorted(differ, key=lambda d: d[1].t_s):
        gap = gaps.touching(e.sensor, e.onset_s - 1, e.t_s)
        why = "no cause"
        if gap is not None:
            why = f"{gap.fault.kind.value} at {gap.fault.at_s:.1f} s, over at {gap.to_s - GUARD_S:.1f} s"
        lines.append(f"- {what}: {e.kind.value} of {e.sensor}, {e.onset_s:.1f} to {e.t_s:.1f} s ({why})")
    for a, b in bouts.pairs:
        if a.silent != b.silent:
            mine, theirs = (e.silent or "given" for e in (b, a))
            lines.append(f"- cue: {a.kind.value} of {a.sensor} at {a.t_s:.1f} s: '{mine}' instead of '{theirs}'")
    return lines


def _judge_cues(clear: list[tuple[Seen, Seen]], run: list[Seen], other: list[Seen]) -> Verdict:
    """A cue that only one run gave is explained by what that run's other events say."""
    differ = [(a, b) for a, b in clear if a.silent != b.silent]
    findings, reasons = [], Counter[str]()
    for a, b in differ:
        unexplained = [s for s, events in ((a, other), (b, run)) if s.silent and not explains(s, events)]
        findings += [f"{s.kind.value} of {s.sensor} at {s.t_s:.1f} s: '{s.silent}' without cause" for s in unexplained]
        reasons.update({s.silent for s in (a, b) if s.silent})
    why = "; ".join(f"{n} '{reason}'" for reason, n in reasons.most_common())
    figure = f"{len(clear) - len(differ)} of {len(clear)} the same" + (f"; else {why}" if why else "")
    return Verdict("cues as in the run without faults", figure, "the same, or a cause in the log", tuple(findings))


def explains(event: Seen, events: list[Seen]) -> bool:
    """The log of the run bears out why a bout brought no cue there."""
    settings = soak_settings()

    def within(seconds: float, *, prompted: bool = True, kind: EventKind | None = None, sensor: str = "") -> bool:
        return any(
            -_ARRIVES_S <= event.t_s - e.t_s <= seconds + 0.1
            and e is not event
            and (e.prompted or not prompted)
            and (kind is None or e.kind is kind)
            and (not sensor or e.sensor == sensor)
            for e in events
        )

    match event.silent:
        case Silence.GRACE:
            return within(settings.grace_s, kind=EventKind.LINK_BACK, sensor=event.sensor)
        case Silence.TOO_CLOSE:
            return within(settings.prompt_gap_s)
        case Silence.COOL_DOWN:
            rules = [settings.head_rule(mode).cooldown_s for mode in type(settings.mode)]
            return within(max(*rules, settings.shoulders.cooldown_s), kind=event.kind)
        case Silence.LOOSENING:
            return within(20.0, kind=EventKind.LOOSEN_UP)
        case _:
            return False


def judge_rezeroes(record: SoakRecord) -> Verdict:
    """No sensor takes a neutral from what it saw before it went away."""
    links = links_of(record)
    done = [(key, e.t_s) for e in seen_in(record) for key in KEYS if f"re-zeroed ({key})" in e.label]
    away = [f"{key} at {t_s:.1f} s: it was away" for key, t_s in done if not links.streams(key, t_s)]
    return Verdict("re-zeroes", f"{len(done)} done, {len(away)} of a sensor that was away", "0", tuple(away))


def _judge_marks(run: list[Seen], other: list[Seen], gaps: Disturbed) -> Verdict:
    """Every press of a key is in the log at its time; what a re-zero says may differ where a sensor was away."""
    marks = compare(
        [e for e in other if e.kind is EventKind.MARK], [e for e in run if e.kind is EventKind.MARK], _MARK_S
    )
    findings = [
        f"{what}: '{e.label}' at {e.t_s:.1f} s"
        for what, those in (("missing", marks.missing), ("added", marks.added))
        for e in those
        if not (e.label.startswith("re-zero") and gaps.touches("", e.t_s - _REZERO_LOOKS_BACK_S, e.t_s))
    ]
    figure = f"{len(marks.pairs)} the same, {len(marks.missing)} differ (a re-zero without the sensor)"
    return Verdict("marks and re-zeroes", figure, "the same outside the gaps", tuple(findings))


def _judge_coaching(run: list[Seen], other: list[Seen], gaps: Disturbed, plan: Plan) -> Verdict:
    """Form checks and loosen-ups count running time that was seen, so they come later, and no more often."""
    mine, theirs = (Counter(e.kind.value for e in events if e.kind in _COACHING) for events in (run, other))
    unseen = max(gaps.share(key, plan.seconds) for key in KEYS)
    findings = tuple(
        f"{kind}: {mine[kind]} instead of {theirs[kind]}"
        for kind in sorted(mine.keys() | theirs.keys())
        if not (1 - unseen) * theirs[kind] - 2 <= mine[kind] <= theirs[kind] + 2
    )
    figure = ", ".join(f"{mine[kind]} of {theirs[kind]} {kind}" for kind in sorted(theirs)) or "none"
    return Verdict("coaching between the cues", figure, "as many as the running time that was seen", findings)


# ------------------------------------------------------------------ no false alert


def judge_alerts(plan: Plan, runner: Runner, record: SoakRecord, reference: SoakRecord) -> Verdict:
    """No alert in a gap or because of one: each tells of a bout that truly is on."""
    links, settings = links_of(record), soak_settings()
    findings, alerts = [], 0
    moved = {(e.sensor, round(e.t_s)) for e in seen_in(reference) if e.kind is EventKind.SENSOR_MOVED}
    for e in seen_in(record):
        if e.kind is EventKind.SENSOR_MOVED and not any((e.sensor, round(e.t_s) + d) in moved for d in (-1, 0, 1)):
            findings.append(f"{e.sensor} at {e.t_s:.1f} s: said to have moved")
        if e.kind not in POSTURE:
            continue
        alerts += 1
        what = f"{e.kind.value} of {e.sensor} at {e.t_s:.1f} s"
        on_shoulders = e.kind is EventKind.SHOULDERS_UP
        dwell_s = (settings.shoulders if on_shoulders else settings.head_rule(e.raw["mode"])).dwell_s
        if not runner.truly(e.sensor, e.t_s - record.origin_s, dwell_s=dwell_s):
            findings.append(f"{what}: there is no such bout")
        if any(lost_s + 0.1 < e.t_s < links.streams_from(e.sensor, lost_s) - 0.1 for lost_s in links.lost(e.sensor)):
            findings.append(f"{what}: while the sensor was away")
    figure = f"{alerts} bouts told, {len(findings)} false"
    return Verdict("no alert in a gap or because of one", figure, "0 false", tuple(findings))
