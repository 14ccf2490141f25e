"""What the sensors saw while a pose was held, and whether it is the pose that was asked for.

Pure judgement: `Judge.judge` takes the observations of one held step and either keeps them or raises a
`CalibrationError` with reason and remedy. It remembers what was accepted, because poses are judged against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.directions import angle_deg, basis, between_deg, tangent, unit
from calibration.fit import SMALLEST_NOD_DEG, alike
from calibration.gaze import APART_DEG
from calibration.model import Pose, Vector
from calibration.poses import STEADY_DEG, Stretch, capture
from calibration.protocol import PoseKind, TimedStep
from calibration.running import RunningStretch, learn
from monitor.errors import CalibrationError
from monitor.values import Activity, Site

LEAD_IN_S = 0.7
"""The one-stride mean at the start of a hold still covers the pose before it."""
SETTLED_S = 1.0
"""Of the settling step only its end is judged: a sensor may have joined a little late."""
ONE_WAY_DEG = 35.0
"""Looks must lie in one direction from the neutral, this near."""
REPEAT_DEG = 4.0
"""The neutral comes back within this, or the sensor has slipped."""
LEVEL_DEG = 12.0
"""While only the shoulders should move, the head may turn this far."""
LEAN_DEG = (3.0, 30.0)
"""A lean that a trunk sensor shows as less is none; as more, it is a bow. About 10 is asked for."""
RUNNING_OFF_DEG = 15.0
"""Looking far ahead while running is not further from looking far ahead while standing."""
SHRUGS_ALIKE_LIVE = 0.35
"""A little stricter than the fit from the recording, so that what was accepted here is not refused there."""
HERE_PART = 0.7
"""So much of a hold must have been observed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at one sensor.

    t_s        when it was measured, seconds on the guide's clock
    up         one-stride mean of the world's up in sensor axes
    trusted    the estimate may be believed
    spread_deg how far the momentary direction strayed from the mean since the last look
    """

    sensor: str
    t_s: float
    up: Vector
    trusted: bool
    activity: Activity
    cadence_spm: float = float("nan")
    spread_deg: float = 0.0


class Judge:
    """Remembers accepted poses per sensor and judges the next. `sites`: which sensor is worn where."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._sites = dict(sites)
        self._poses: dict[str, dict[str, Pose]] = {key: {} for key in sites}
        self._shrugs: list[dict[str, Pose]] = []
        self._held: list[TimedStep] = []
        self._shrug_at: list[TimedStep] = []

    @property
    def held(self) -> tuple[TimedStep, ...]:
        """The steps that were accepted, in the order they were held."""
        return tuple(self._held)

    def judge(self, timed: TimedStep, seen: Sequence[Seen]) -> None:
        """Accept a held step. Raises CalibrationError where it must be held again."""
        step = timed.step
        if step.kind is PoseKind.RELAX:
            return
        start = timed.start_s + LEAD_IN_S
        if step.kind is PoseKind.SETTLE:
            start = max(start, timed.end_s - SETTLED_S)
        poses: dict[str, Pose] = {}
        for key in self._sites:
            mine = [s for s in seen if s.sensor == key and start <= s.t_s <= timed.end_s]
            poses[key] = self._of_sensor(key, timed, start, mine)
        if step.kind is PoseKind.SHRUG:
            self._shrug(timed, poses)
            return
        for key, pose in poses.items():
            if step.pose:
                self._poses[key][step.pose] = pose
        if step.pose:
            self._held.append(timed)

    def _of_sensor(self, key: str, timed: TimedStep, start_s: float, seen: Sequence[Seen]) -> Pose:
        step, what = timed.step, timed.step.pose or timed.step.kind.value
        length_s = timed.end_s - start_s
        period_s = length_s / max(len(seen), 1)
        if not seen or seen[-1].t_s - seen[0].t_s < HERE_PART * length_s:
            raise CalibrationError(
                what, f"the {key} sensor was not heard all the time", "Stay near the computer, and hold it again."
            )
        up = np.array([s.up for s in seen])
        trusted = np.array([s.trusted for s in seen])
        moving = np.array([s.activity in (Activity.WALK, Activity.RUN) for s in seen])
        if step.kind is PoseKind.RUN:
            return self._run(key, seen, up, trusted, period_s)
        if moving.mean() > 0.3:
            raise CalibrationError(what, "you were on the move", "Stand still for this one.")
        fidget = float(np.sqrt(np.mean([s.spread_deg**2 for s in seen])))
        if fidget > STEADY_DEG:
            raise CalibrationError(what, f"you moved by {fidget:.0f} deg", "Hold it quite still.")
        if step.kind is PoseKind.SETTLE:
            # A second of rest is no pose; only its steadiness and trust count.
            return capture(what, Stretch(up, trusted, False, max(period_s, 3.1 / len(seen))))
        pose = capture(what, Stretch(up, trusted, False, period_s))
        self._against_others(key, step.kind, pose)
        return pose

    def _against_others(self, key: str, kind: PoseKind, pose: Pose) -> None:
        neutral = self._poses[key].get("neutral")
        if neutral is None:
            return
        off = between_deg(pose.up, neutral.up)
        head = self._sites[key] is Site.HEAD
        if kind is PoseKind.LOOK and head:
            self._look(key, pose, neutral, off)
        elif kind is PoseKind.NEUTRAL and off > REPEAT_DEG:
            raise CalibrationError(
                pose.name,
                f"looking far ahead is {off:.0f} deg from where it was at the start",
                f"Look far ahead as before; if the {key} sensor has slipped, fasten it and start again.",
            )
        elif kind is PoseKind.SHRUG and head and off > LEVEL_DEG:
            raise CalibrationError(
                "shrug", f"the head moved by {off:.0f} deg with it", "Lift only the shoulders; keep looking far ahead."
            )
        elif kind is PoseKind.LEAN and not head:
            if off < LEAN_DEG[0]:
                raise CalibrationError("lean", "hardly any lean was seen", "Lean forward a little more, from the hips.")
            if off > LEAN_DEG[1]:
                raise CalibrationError("lean", f"that was {off:.0f} deg", "A little is enough: about 10 degrees.")

    def _look(self, key: str, pose: Pose, neutral: Pose, off: float) -> None:
        """Deep enough, the same way as the looks before, and different from them in the right order."""
        smallest = APART_DEG if pose.name == "7ft" else SMALLEST_NOD_DEG
        if off < smallest:
            raise CalibrationError(
                f"look {pose.name}",
                f"it differs by only {off:.0f} deg from looking far ahead",
                "Turn the head down, not only the eyes.",
            )
        n = np.array(neutral.up)
        way = unit(tangent(n, np.array(pose.up)))
        depth: dict[str, float] = {}
        for name in ("4ft", "7ft", "feet"):
            other = self._poses[key].get(name)
            if other is None or name == pose.name:
                continue
            arc = tangent(n, np.array(other.up))
            if float(angle_deg(unit(arc)[None], way)[0]) > ONE_WAY_DEG:
                raise CalibrationError(
                    f"look {pose.name}",
                    "the head turned another way than for the look before",
                    "Keep the face forward and only nod.",
                )
            depth[name] = between_deg(other.up, neutral.up)
        if pose.name == "7ft" and "4ft" in depth and depth["4ft"] - off < APART_DEG:
            raise CalibrationError(
                "look 7ft",
                f"the head was only {depth['4ft'] - off:.0f} deg higher than for the 4-ft mark",
                "Look at the mark 7 feet ahead with the head, not only the eyes.",
            )
        if pose.name == "feet" and "4ft" in depth and off - depth["4ft"] < APART_DEG:
            raise CalibrationError(
                "look feet",
                f"the head was only {off - depth['4ft']:.0f} deg lower than for the 4-ft mark",
                "Look right down at your toes, chin towards the chest.",
            )

    def _shrug(self, timed: TimedStep, poses: dict[str, Pose]) -> None:
        """A first shrug is kept; a second must be like one of those before (the first may have been the odd one)."""
        number = len([t for t in self._held if t.step.kind is PoseKind.SHRUG])
        self._shrugs.append(poses)
        self._shrug_at.append(timed)
        if number == 0:
            self._held.append(timed)
            return
        for earlier, when in zip(self._shrugs[:-1], self._shrug_at[:-1], strict=True):
            if all(self._same_shrug(key, earlier[key], poses[key]) for key in poses):
                self._held = [t for t in self._held if t.step.kind is not PoseKind.SHRUG] + [when, timed]
                return
        raise CalibrationError(
            "shrug", "this shrug differs too much from the one before", "Lift both shoulders right up, the same way."
        )

    def _same_shrug(self, key: str, one: Pose, other: Pose) -> bool:
        neutral = self._poses[key].get("neutral")
        if neutral is None or self._sites[key] is Site.HEAD:
            return True
        plane = np.stack(basis(np.array(neutral.up)))
        return alike([np.degrees(plane @ np.array(pose.up)) for pose in (one, other)], SHRUGS_ALIKE_LIVE)

    def _run(
        self, key: str, seen: Sequence[Seen], up: NDArray[np.float64], trusted: NDArray[np.bool_], period_s: float
    ) -> Pose:
        running = np.array([s.activity is Activity.RUN for s in seen])
        cadence = np.array([s.cadence_spm for s in seen])
        found = learn(RunningStretch(up, trusted, running, cadence, period_s))
        neutral = self._poses[key].get("neutral")
        if neutral is not None and self._sites[key] is Site.HEAD:
            off = between_deg(found.up, neutral.up)
            if off > RUNNING_OFF_DEG:
                raise CalibrationError(
                    "easy running",
                    f"the head was {off:.0f} deg from where it was while you stood and looked far ahead",
                    "Run easily and look far ahead, as you did standing.",
                )
        return Pose("run", found.up, found.spread_deg, found.duration_s, True)
