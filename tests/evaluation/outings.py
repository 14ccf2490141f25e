"""What a SIMULATED runner does on an outing, drawn at random: events, glances, stares broken by look-ups, hills, stops.

Every outing begins with 10 s of standing, then running; 30 to 50 s are quiet, so that there is a neutral stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.simulator.scenario import ActivitySpan, HeadEvent, LeanSpan, Scenario, ShoulderEvent, Slip
from monitor.values import Activity, Site

START_RUN_S = 10.0
NEUTRAL_S = (30.0, 50.0)
FIRST_S = 60.0
GAPS_S = (0.3, 0.5, 1.0, 1.9, 3.0)
GAP_EVERY_S = 40.0
SLIP_AT_S, SLIP_DEG = 200.0, 18.0


@dataclass(frozen=True, slots=True)
class Outing:
    """A scenario, and the holes (from, to; s) that the link will have."""

    scenario: Scenario
    outages: tuple[tuple[float, float], ...] = ()


def with_events(rng: np.random.Generator, minutes: float, seed: int, *, trail: bool, deeper: float = 1.0) -> Outing:
    """Head down by 10-38 deg for 8-40 s about once a minute, a fifth of them broken by half-second look-ups; 5 glances
    a minute of 12-40 deg for 0.4-3 s between them; two hills of +-10 deg with the gaze kept ahead."""
    end_s = minutes * 60
    head: list[HeadEvent] = []
    quiet: list[tuple[float, float]] = []
    t = FIRST_S
    while (t := t + rng.uniform(10, 40)) < end_s - 50:
        length = rng.uniform(8, 40)
        depth = rng.uniform(10, 38) * deeper
        broken = rng.random() < 0.2
        head += _broken(rng, t, length, depth) if broken else [HeadEvent(t, t + length, depth, rng.uniform(0.3, 0.9))]
        quiet.append((t - 2, t + length + 2))
        t += length
    head += _glances(rng, end_s, quiet)
    leans: list[LeanSpan] = []
    for _ in range(2):
        on = float(rng.uniform(FIRST_S, end_s - 100))
        lean = LeanSpan(on, on + 60, float(rng.choice([-10.0, 10.0])), 3.0)
        leans.append(lean)
        head.append(HeadEvent(lean.on_s, lean.off_s, -lean.angle_deg, lean.ramp_s))
    return Outing(_scenario(end_s, seed, head=head, leans=leans, trail=trail))


def negative(rng: np.random.Generator, minutes: float, seed: int, *, trail: bool, stops: bool, hills: bool) -> Outing:
    """Nothing to tell: glances, heads turned and tilted, drinking (head back); with `hills`: lean +-10 deg that takes
    the head along; with `stops`: stops with deep bends and talking nods, and stretches of walking."""
    end_s = minutes * 60
    head: list[HeadEvent] = []
    leans: list[LeanSpan] = []
    activities: list[tuple[float, float, Activity]] = []
    quiet: list[tuple[float, float]] = []
    t = FIRST_S
    while (t := t + rng.uniform(20, 60)) < end_s - 70:
        what = rng.choice(["turn", "drink", *(["hill"] * hills), *(["bend", "walk"] * stops)])
        length = float(rng.uniform(8, 40))
        if what == "turn":
            length = min(length, 4.0)
            head.append(HeadEvent(t, t + length, 0.0, 0.6, rng.uniform(-20, 20), rng.uniform(-60, 60)))
        elif what == "drink":
            length = min(length, 10.0)
            head.append(HeadEvent(t, t + length, -rng.uniform(15, 35), 0.8))
        elif what == "hill":
            leans.append(LeanSpan(t, t + length, float(rng.choice([-10.0, 10.0])), 3.0))
        else:
            activities.append((t, t + length, Activity.STILL if what == "bend" else Activity.WALK))
            if what == "bend":
                # The head comes up before the first step: a bend that outlasts the stop would be head-down running.
                leans.append(LeanSpan(t + 2, t + length - 3, rng.uniform(40, 70), 1.2))
            quiet.append((t - 2, t + length + 2))
        t += length
    head += _glances(rng, end_s, quiet)
    return Outing(_scenario(end_s, seed, head=head, leans=leans, breaks=activities, trail=trail))


def with_gaps(rng: np.random.Generator, minutes: float, seed: int, *, trail: bool) -> Outing:
    """A hole in the link every 40 s, of 0.3 to 3 s; each time the head goes down by 25 deg for 4 s unseen: too short
    for an alert, so any alert comes from the hole."""
    end_s = minutes * 60
    head, outages = [], []
    for k, t in enumerate(np.arange(FIRST_S + 10, end_s - 20, GAP_EVERY_S).tolist()):
        on = t + float(rng.uniform(0, 5))
        length = GAPS_S[k % len(GAPS_S)]
        head.append(HeadEvent(on + length / 2, on + length / 2 + 4.0, 25.0, min(0.25, length)))
        outages.append((on, on + length))
    return Outing(_scenario(end_s, seed, head=head, trail=trail), tuple(outages))


def with_slip(minutes: float, seed: int, *, trail: bool, site: Site) -> Outing:
    """Clean running; at 200 s the sensor slips by 18 deg and stays."""
    return Outing(_scenario(minutes * 60, seed, trail=trail, slips=(Slip(SLIP_AT_S, SLIP_DEG, site),)))


def with_shrugs(rng: np.random.Generator, minutes: float, seed: int, *, trail: bool) -> Outing:
    """Shoulders up by 0.2-1.2 of the own shrug for 4-45 s about once a minute; hills of +-8 deg between them."""
    end_s = minutes * 60
    shoulders: list[ShoulderEvent] = []
    leans: list[LeanSpan] = []
    t = FIRST_S
    while (t := t + rng.uniform(15, 40)) < end_s - 60:
        length = rng.uniform(4, 45)
        if rng.random() < 0.25:
            leans.append(LeanSpan(t, t + length, float(rng.choice([-8.0, 8.0])), 3.0))
        else:
            shoulders.append(ShoulderEvent(t, t + length, rng.uniform(0.2, 1.2), rng.uniform(0.5, 1.5)))
        t += length
    return Outing(_scenario(end_s, seed, shoulders=shoulders, leans=leans, trail=trail))


@dataclass(frozen=True, slots=True)
class Poses:
    """When the calibration's poses are held, s."""

    neutral: tuple[float, float] = (30.0, 50.0)
    look: tuple[float, float] = (61.0, 74.0)
    shrugs: tuple[tuple[float, float], ...] = ((82.0, 94.0), (102.0, 114.0))
    lean: tuple[float, float] = (123.0, 134.0)


POSES = Poses()


def calibration(seed: int, *, trail: bool) -> Outing:
    """The same wearer taking the poses of `POSES` while running easily on a treadmill or trail."""
    return Outing(
        Scenario(
            duration_s=140.0,
            activities=(ActivitySpan(START_RUN_S, 140.0, Activity.RUN),),
            head=(HeadEvent(60, 75, 35.0),),
            shoulders=tuple(ShoulderEvent(a - 1, b + 1, 1.0, 1.0) for a, b in POSES.shrugs),
            leans=(LeanSpan(122, 135, 10.0),),
            wander=(),
            trail=trail,
            seed=seed,
        )
    )


def _broken(rng: np.random.Generator, t: float, length: float, depth: float) -> Iterator[HeadEvent]:
    """A stare broken every 4-6 s by a look up of 0.3-0.7 s."""
    end = t + max(length, 12.0)
    while t < end:
        down = float(rng.uniform(4, 6))
        yield HeadEvent(t, t + down, depth, 0.2)
        t += down + float(rng.uniform(0.3, 0.7))


def _glances(rng: np.random.Generator, end_s: float, quiet: list[tuple[float, float]]) -> list[HeadEvent]:
    """5 a minute, at random, none within the quiet times and none closer than 1 s to another."""
    out: list[HeadEvent] = []
    t = FIRST_S
    while (t := t + 1.0 + rng.exponential(11.0)) < end_s - 5:
        length = rng.uniform(0.4, 3.0)
        if not any(a < t + length + 1 and t - 1 < b for a, b in quiet):
            out.append(HeadEvent(t, t + length, rng.uniform(12, 40), min(0.4, length / 2)))
        t += length
    return out


def _scenario(
    end_s: float,
    seed: int,
    *,
    head: list[HeadEvent] | None = None,
    shoulders: list[ShoulderEvent] | None = None,
    leans: list[LeanSpan] | None = None,
    breaks: list[tuple[float, float, Activity]] | None = None,
    slips: tuple[Slip, ...] = (),
    trail: bool,
) -> Scenario:
    spans: list[ActivitySpan] = []
    t = START_RUN_S
    for on, off, activity in breaks or []:
        spans += [ActivitySpan(t, on, Activity.RUN), ActivitySpan(on, off, activity)]
        t = off
    spans.append(ActivitySpan(t, end_s, Activity.RUN))
    return Scenario(
        duration_s=end_s,
        activities=tuple(spans),
        head=tuple(head or ()),
        shoulders=tuple(shoulders or ()),
        leans=tuple(leans or ()),
        slips=slips,
        trail=trail,
        seed=seed,
    )
