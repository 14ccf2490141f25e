"""Of every fault: was the runner told once, and did the sensor come back soon after its cause was gone?"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from tests.soak.soak_plan import LOST_S, Fault, Plan, Trouble
from tests.soak.soak_record import SoakRecord
from tests.soak.soak_run import COUNTED_S
from tests.soak.soak_runner import KEYS, PER_NOTIFICATION, RATE_HZ
from tests.soak.verdict import Verdict, spread

BACK_WITHIN_S = 12.0
"""From the end of a fault to data: the longest pause between two attempts (5 s), an attempt that fails, one that
does not."""
PER_REFUSAL_S = 6.0
"""Another pause and another attempt for each command that the sensor refuses."""
_REFUSALS_LAST_S = 90.0
_SAME_MOMENT_S = 1e-3
NOTICED_WITHIN_S = LOST_S + 1.5
_AT_ONCE_S = 0.1
"""A hang-up takes so long to be seen."""
LEAST_SHARE = 0.97
"""Of the notifications that are due in calm seconds."""


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a run by sensor: when each state began."""

    times_s: dict[str, list[float]]
    states: dict[str, list[str]]

    def streams(self, key: str, at_s: float) -> bool:
        """Whether the source said so at that time."""
        place = bisect_right(self.times_s[key], at_s) - 1
        return place >= 0 and self.states[key][place] == "streaming"

    def streams_from(self, key: str, at_s: float) -> float:
        """The first time from then on at which data came; infinite where they never came again."""
        if self.streams(key, at_s):
            return at_s
        later = zip(self.times_s[key], self.states[key], strict=True)
        return next((t for t, state in later if t >= at_s and state == "streaming"), float("inf"))

    def lost(self, key: str) -> list[float]:
        """Every time that a loss was told."""
        return [t for t, state in zip(self.times_s[key], self.states[key], strict=True) if state == "lost"]


def links_of(record: SoakRecord) -> Links:
    """From the changes that the session was told."""
    changes = {key: [link for link in record.links if link[0] == key] for key in KEYS}
    return Links(
        {key: [c[1] for c in changes[key]] for key in KEYS}, {key: [c[2] for c in changes[key]] for key in KEYS}
    )


@dataclass(frozen=True, slots=True)
class Recovery:
    """A fault that cost the link: how soon it was noticed (None: something else had cost it already), and mended."""

    fault: Fault
    noticed_s: float | None
    back_s: float


def recoveries(plan: Plan, links: Links) -> tuple[list[Recovery], list[str]]:
    """Every fault after whose end the link had to come back, and those after which it did not."""
    found, missed = [], []
    for fault in plan.faults:
        seen_s = fault.end_s + _AT_ONCE_S
        back_s = links.streams_from(fault.key, seen_s)
        lost = [t for t in links.lost(fault.key) if 0 <= t - fault.at_s + _SAME_MOMENT_S <= NOTICED_WITHIN_S]
        lost = lost if fault.ends_link is not False else []
        within_s = back_within_s(plan, fault)
        if back_s - seen_s <= within_s:
            if lost or back_s > seen_s:
                found.append(Recovery(fault, max(0.0, lost[0] - fault.at_s) if lost else None, back_s - fault.end_s))
        elif not _went_on(plan, fault, min(back_s, seen_s + within_s)):
            missed.append(f"{fault.key}, {fault.kind.value} at {fault.at_s:.1f} s: not back {within_s:g} s after")
    return found, missed


def back_within_s(plan: Plan, fault: Fault) -> float:
    """How soon the link must be back, with the commands that the sensor was still to refuse."""
    refusals = sum(
        other.amount
        for other in plan.faults
        if other.kind is Trouble.REFUSED
        and other.key == fault.key
        and fault.at_s - _REFUSALS_LAST_S <= other.at_s <= fault.end_s + BACK_WITHIN_S
    )
    return BACK_WITHIN_S + PER_REFUSAL_S * refusals


def _went_on(plan: Plan, fault: Fault, until_s: float) -> bool:
    """Another fault of this sensor began before it had to be back, and lasted longer."""
    return any(o.key == fault.key and o.at_s < until_s and o.end_s > fault.end_s for o in plan.faults)


def judge_reconnects(plan: Plan, record: SoakRecord) -> Verdict:
    """No missed reconnect."""
    found, missed = recoveries(plan, links_of(record))
    figure = f"{len(found)} of {len(found) + len(missed)} came back; {spread([r.back_s for r in found])} after the end"
    target = f"within {BACK_WITHIN_S:g} s, {PER_REFUSAL_S:g} s more for each command refused"
    return Verdict("every lost sensor streams again", figure, target, tuple(missed))


def judge_calm(record: SoakRecord) -> Verdict:
    """Both sensors stream at the end of every period, when nothing was wrong for a while."""
    due = {key: COUNTED_S * RATE_HZ / PER_NOTIFICATION[key] for key in KEYS}
    shares = [(g.at_s, key, g.delivered.get(key, 0) / due[key]) for g in record.gauges for key in KEYS]
    low = tuple(f"{key}: {share:.0%} of the data at {at_s:.0f} s" for at_s, key, share in shares if share < LEAST_SHARE)
    figure = f"{min((share for _, _, share in shares), default=0.0):.1%} of the data at least"
    return Verdict("both stream at the end of every period", figure, f"{LEAST_SHARE:.0%}", low)


def judge_told_once(plan: Plan, record: SoakRecord) -> Verdict:
    """A loss is told for a reason, once, and soon."""
    links, findings, told = links_of(record), [], 0
    for key in KEYS:
        could = [f for f in plan.faults if f.key == key and f.ends_link is not False]
        of_fault: dict[int, int] = {}
        for t in links.lost(key):
            told += 1
            causes = [i for i, f in enumerate(could) if f.at_s - _SAME_MOMENT_S <= t <= f.end_s + NOTICED_WITHIN_S]
            if not causes:
                findings.append(f"{key}: a loss was told at {t:.1f} s without a cause")
            elif (cause := causes[-1]) in of_fault:
                findings.append(f"{key}: {could[cause].kind.value} at {could[cause].at_s:.1f} s was told twice")
            else:
                of_fault[cause] = 1
        findings += [
            f"{key}: {f.kind.value} at {f.at_s:.1f} s was not told"
            for f in could
            if f.ends_link
            and links.streams(key, f.at_s - _SAME_MOMENT_S)
            and not any(0 <= t - f.at_s + _SAME_MOMENT_S <= NOTICED_WITHIN_S for t in links.lost(key))
        ]
    findings += _as_heard(record, told)
    return Verdict("each loss is told once", f"{told} losses told", "one each", tuple(findings))


def _as_heard(record: SoakRecord, told: int) -> list[str]:
    """What was played against what was told, and the balance of losses and returns."""
    findings = []
    events = {kind: [e for e in record.events if e["kind"] == kind] for kind in ("link_lost", "link_back")}
    if len(events["link_lost"]) != told:
        findings.append(f"{len(events['link_lost'])} events of a loss, {told} losses")
    for kind, those in events.items():
        if record.cues.get(kind, 0) != sum(e["prompted"] for e in those):
            findings.append(f"{record.cues.get(kind, 0)} cues for {len(those)} events '{kind}'")
    for key in KEYS:
        turns = [e["kind"] for e in record.events if e.get("sensor") == key and e["kind"] in events]
        if turns != ["link_lost", "link_back"] * (len(turns) // 2):
            findings.append(f"{key}: losses and returns do not take turns, or the last is no return")
    if record.cues.get("low_battery", 0) > len(KEYS):
        findings.append(f"a low battery was said {record.cues['low_battery']} times")
    return findings


def fault_table(plan: Plan, record: SoakRecord) -> list[str]:
    """Rows of Markdown: every kind of trouble, how often, how soon noticed and mended."""
    found, _ = recoveries(plan, links_of(record))
    rows = [
        "| fault | injected | lost the link | noticed after | streams again after its end |",
        "|---|---|---|---|---|",
    ]
    for kind in Trouble:
        those = [r for r in found if r.fault.kind is kind]
        noticed = [r.noticed_s for r in those if r.noticed_s is not None]
        injected = sum(f.kind is kind for f in plan.faults)
        rows.append(
            f"| {kind.value} | {injected} | {len(noticed)} | {spread(noticed)} | {spread([r.back_s for r in those])} |"
        )
    return rows
