"""A SIMULATED wearer for the guide: what the sensors would see of somebody who does (or does not) what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from calibration.guide import Guide, Instruction, Saying
from calibration.held import Seen
from calibration.protocol import PoseKind, Step
from monitor.values import Activity, Site

RATE_HZ = 10.0
RUN_SPM = 168.0
DEPTHS = {"4ft": 32.0, "7ft": 22.0, "feet": 48.0}
BOTH = {"head": Site.HEAD, "collar": Site.COLLAR}


@dataclass(frozen=True)
class Posture:
    """Angles in degrees: head nose down and sideways, trunk forward, shoulders 0..1; and how unsteady."""

    pitch: float = 0.0
    roll: float = 0.0
    lean: float = 0.0
    shrug: float = 0.0
    sway: float = 0.3
    activity: Activity = Activity.STILL
    here: bool = True


def obeys(step: Step, tries: int) -> Posture:
    """Does what is asked, at once."""
    if step.kind is PoseKind.LOOK:
        return Posture(pitch=DEPTHS[step.pose])
    if step.kind is PoseKind.SHRUG:
        return Posture(shrug=1.0)
    if step.kind is PoseKind.LEAN:
        return Posture(lean=10.0)
    if step.kind is PoseKind.RUN:
        return Posture(sway=0.8, activity=Activity.RUN)
    return Posture()


Habit = Callable[[Step, int], Posture]


@dataclass
class Walk:
    """A guide led to its end with a wearer of some habit; time is that of the test."""

    guide: Guide
    said: list[Instruction] = field(default_factory=list)
    end_s: float = 0.0

    def asked(self, saying: Saying) -> list[Instruction]:
        return [i for i in self.said if i.saying is saying]

    def held(self) -> list[str]:
        return [t.step.pose for t in self.guide.held]


def walk(
    steps: Sequence[Step],
    habit: Habit = obeys,
    *,
    sites: dict[str, Site] = BOTH,
    mounting: Rotation | None = None,
    shrug_deg: float = 12.0,
    lag_s: float = 0.3,
    seed: int = 0,
) -> Walk:
    """Lead a wearer through the steps; looks arrive `lag_s` late, ten times a second."""
    rng = np.random.default_rng(seed)
    mounting = mounting or Rotation.identity()
    guide = Guide(steps, sites)
    out = Walk(guide)
    waiting: list[Seen] = []
    tries: dict[int, int] = {}
    step, last = steps[0], None
    for number in range(round(900 * RATE_HZ)):
        now = number / RATE_HZ
        arrived = [s for s in waiting if s.t_s <= now - lag_s]
        waiting = [s for s in waiting if s.t_s > now - lag_s]
        for instruction in guide.step(now, arrived):
            out.said.append(instruction)
            if instruction.saying in (Saying.ASK, Saying.AGAIN):
                step = instruction.timed.step
                if instruction.timed is not last:
                    tries[id(step)] = tries.get(id(step), -1) + 1 if instruction.saying is Saying.AGAIN else 0
                    last = instruction.timed
        if guide.over:
            out.end_s = now
            return out
        posture = habit(step, tries.get(id(step), 0))
        if posture.here:
            waiting += [look(key, site, now, posture, mounting, shrug_deg, rng) for key, site in sites.items()]
    raise AssertionError("the guide never came to an end")


def look(
    key: str,
    site: Site,
    now_s: float,
    posture: Posture,
    mounting: Rotation,
    shrug_deg: float,
    rng: np.random.Generator,
) -> Seen:
    """One look at a sensor worn in this posture."""
    pitch, roll = rng.normal(0, posture.sway / np.sqrt(2), 2)
    if site is Site.HEAD:
        pitch, roll = pitch + posture.pitch + posture.lean, roll + posture.roll
    else:
        pitch, roll = pitch + posture.lean + 0.3 * shrug_deg * posture.shrug, roll + shrug_deg * posture.shrug
    p, r = np.radians([pitch, roll])
    up = np.array([-np.sin(p), np.cos(p) * np.sin(r), np.cos(p) * np.cos(r)]) @ mounting.as_matrix()
    cadence = RUN_SPM if posture.activity is Activity.RUN else float("nan")
    return Seen(key, now_s, tuple(float(v) for v in up), True, posture.activity, cadence, posture.sway)
