"""What came of a run with a fault: the figures of the table, and everything that is not as it has to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from monitor.outputs.phrases import LOW_BATTERY
from monitor.pipeline import TOGETHER_S
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.sensors import registry
from monitor.values import (
    NS_PER_S,
    Event,
    EventKind,
    LinkChange,
    LinkState,
    LogEntry,
    PacketBlock,
    Track,
    join_packets,
)
from tests.faults.catalogue import Case
from tests.faults.outing import DOWN_DEG, HEAD_HZ, Outing
from tests.faults.stage import Course

LINKS = {EventKind.LINK_LOST, EventKind.LINK_BACK}
SETTLES_S = 30.0
"""Grace after a lost link (20 s), dwell (6 s), a look up in between (3 s), and one more."""
NEAR_DEG = 4.0
"""The runner's own sway moves the head by up to 1.7 deg."""
_LATE_S = 1.5
JUST_S = 2.0


@dataclass(frozen=True)
class Result:
    """One run; NaN where nothing had to be noticed. `faults` lists what is wrong, in words."""

    noticed_s: float
    recovered_s: float
    posture_s: float
    """From the fault's end until the posture is trusted again."""
    lost_s: float
    """Seconds of samples of the head's sensor that never arrived."""
    told: int
    alerts: int
    false: int
    faults: tuple[str, ...]


def judge(case: Case, course: Course, of: Outing, *, head_down: bool) -> Result:
    """Measure and check a run."""
    faults: list[str] = []
    if course.failure is not None:
        faults.append(f"the session failed: {course.failure!r}")
    told = _told(case, course, faults)
    seen = [e for e in course.events if e.kind not in LINKS]
    alerts = [e for e in seen if e.prompted]
    # Also what was only noted, as in the grace after a lost link.
    false = [e for e in seen if not _is_true(e, of)]
    faults += [f"false alert at {e.t_ns / NS_PER_S:.1f} s: {e.kind}" for e in false]
    track = _recorded(course, faults)
    began, ended, over = (s * NS_PER_S for s in (course.began_s, course.ended_s, course.over_s))
    for key in ("head", "collar"):
        arrivals = [int(e.t_ns[-1]) for e in course.entries if isinstance(e, PacketBlock) and e.sensor == key]
        if over - max(arrivals, default=0) > _LATE_S * NS_PER_S:
            faults.append(f"{key} does not stream at the end")
    if track is not None:
        _check_posture(track, of, faults)
        if head_down:
            _check_alerts(alerts, course, faults)
    lost = next((c.t_ns for c in _head_changes(course, LinkState.LOST)), None)
    back = max((c.t_ns for c in _head_changes(course, LinkState.STREAMING)), default=None) if lost else None
    return Result(
        noticed_s=(lost - began) / NS_PER_S if lost else float("nan"),
        recovered_s=(back - ended) / NS_PER_S if back else float("nan"),
        posture_s=_trusted_after(track, ended, back) if back and track is not None else float("nan"),
        lost_s=_lost_s(case, course),
        told=told,
        alerts=len(alerts),
        false=len(false),
        faults=tuple(faults),
    )


def _told(case: Case, course: Course, faults: list[str]) -> int:
    """How often the runner was told that a sensor is lost: as often as wanted, each time followed by its return.

    Of two sensors lost at once, each loss is in the log and one is said.
    """
    for kind in sorted(LINKS):
        those = [e for e in course.events if e.kind is kind]
        told = Counter(e.sensor for e in those)
        if told != Counter(case.told):
            faults.append(f"{kind} told {dict(told)}, wanted {case.told}")
        said = [e for e in those if e.prompted]
        alone = [e for e in those if not any(0 < e.t_ns - f.t_ns < TOGETHER_S * NS_PER_S for f in said if f is not e)]
        if said != alone:
            faults.append(f"{kind} said {len(said)} times, wanted {len(alone)}")
    heard = Counter(what.kind for what in course.heard if isinstance(what, Event))
    prompted = Counter(e.kind for e in course.events if e.prompted)
    if heard != prompted:
        faults.append(f"heard {dict(heard)} of {dict(prompted)}")
    batteries = course.heard.count(LOW_BATTERY)
    if batteries != case.battery_told:
        faults.append(f"the low battery was told {batteries} times")
    return sum(1 for e in course.events if e.kind is EventKind.LINK_LOST and e.prompted)


def _is_true(alert: Event, of: Outing) -> bool:
    """The head was down just then."""
    now = round(alert.t_ns / NS_PER_S * HEAD_HZ)
    lately = of.pitch_deg[max(0, now - round(JUST_S * HEAD_HZ)) : now + 1]
    return alert.kind is EventKind.HEAD_DOWN and len(lately) > 0 and float(lately.max()) > DOWN_DEG / 2


def _recorded(course: Course, faults: list[str]) -> Track | None:
    """The recording is whole and replays to what was live; the head's track of the replay."""
    with open_recording(course.path) as recording:
        if recording.damage or recording.verify() or not recording.closed:
            faults.append(f"recording: {recording.damage or 'not closed'}")
        kept = [e for entries in recording.entries() for e in entries]
        lacking = [key for key in ("head", "collar") if _bytes(kept, key) != _bytes(course.entries, key)]
        faults += [f"the recording lacks notifications of {key}" for key in lacking]
        if list(recording.controls()) != course.controls:
            faults.append("the recording lacks entries")
        if [e.event for e in recording.live_events()] != course.events:
            faults.append("the recording lacks events")
        analysis = analyse(recording)
        if list(analysis.events) != course.events:
            faults.append("the replay's events are not those of the run")
        return analysis.tracks.get("head")


def _bytes(entries: list[LogEntry], key: str) -> tuple[bytes, bytes, bytes]:
    blocks = [e for e in entries if isinstance(e, PacketBlock) and e.sensor == key]
    if not blocks:
        return b"", b"", b""
    joined = join_packets(blocks)
    return joined.t_ns.tobytes(), joined.ends.tobytes(), joined.data


def _check_posture(track: Track, of: Outing, faults: list[str]) -> None:
    """At the end, long after the fault, the head is seen where it is."""
    left_s = (track.t_ns[-1] - track.t_ns) / NS_PER_S
    if not track.valid[left_s < 3].all():
        faults.append(f"the posture is not trusted at the end: {sorted(set(track.reason[left_s < 3].tolist()))}")
    last = np.flatnonzero((left_s < 9) & track.valid)
    at = np.rint(track.t_ns[last] / NS_PER_S * HEAD_HZ).astype(int)
    around = np.stack([of.pitch_deg[at + round(s * HEAD_HZ)] for s in (-2.0, -1.0, 0.0, 1.0)])
    steady = np.ptp(around, axis=0) < NEAR_DEG
    off_deg = np.abs(track.sustained_deg[last] - of.pitch_deg[at])[steady]
    if not (len(off_deg) and float(off_deg.max()) <= NEAR_DEG):
        faults.append(f"the pitch is {off_deg.max(initial=0.0):.1f} deg off at the end, in {len(off_deg)} values")


def _check_alerts(alerts: list[Event], course: Course, faults: list[str]) -> None:
    """A head that hangs all the time is told of before the fault, and after it."""
    times_s = [(e.t_ns + course.origin_ns) / NS_PER_S for e in alerts if e.kind is EventKind.HEAD_DOWN]
    if not any(t < course.began_s for t in times_s):
        faults.append("no alert before the fault")
    back_s = max((c.t_ns / NS_PER_S for c in _head_changes(course, LinkState.STREAMING)), default=0.0)
    since_s = max(course.ended_s, back_s)
    if course.over_s - since_s > SETTLES_S and not any(t > since_s for t in times_s):
        faults.append("no alert after the fault")


def _head_changes(course: Course, state: LinkState) -> list[LinkChange]:
    """To this state, since the fault was laid on."""
    changes = (c for c in course.controls if isinstance(c, LinkChange) and c.sensor == "head" and c.state is state)
    return [c for c in changes if c.t_ns > course.began_s * NS_PER_S]


def _trusted_after(track: Track, ended_ns: float, back_ns: int) -> float:
    """Seconds from the fault's end to the first value that is trusted, of those since data came again."""
    good = track.arrival_ns[track.valid & (track.arrival_ns > back_ns)]
    return (float(good[0]) - ended_ns) / NS_PER_S if len(good) else float("nan")


def _lost_s(case: Case, course: Course) -> float:
    """Samples that were measured between the first and the last that arrived, but did not arrive."""
    info = next(i for i in course.infos if i.key == "head")
    decoder = registry.family(info.family).decoder(info.config)
    rows, first_ns, last_ns = [], 0, 0
    for entry in course.entries:
        if isinstance(entry, LinkChange) and entry.sensor == "head" and entry.state is LinkState.LOST:
            decoder.reset()
        elif isinstance(entry, PacketBlock) and entry.sensor == "head":
            samples = decoder.push(entry).samples
            rows.append(np.hstack((samples.acc, samples.gyr)))
            first_ns, last_ns = first_ns or int(entry.t_ns[0]), int(entry.t_ns[-1])
    # The noise makes every sample differ from all others.
    arrived = len(np.unique(np.concatenate(rows), axis=0))
    clock = 1 + case.head.get("clock_ppm", 35.0) * 1e-6
    rate_hz = (HEAD_HZ if case.family != "dot" else info.rate_hz) * clock * case.head.get("rate_scale", 1.0)
    measured = (last_ns - first_ns) / NS_PER_S * rate_hz
    return max(0.0, (measured - arrived) / rate_hz)
