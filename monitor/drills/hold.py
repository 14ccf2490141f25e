"""Poses held for a time in sum: head hang, ear to shoulder, thoracic stretch.

Time counts only while the pose is right and the sensor trusted; a pause takes nothing away. Limits: a head hang is 30
degrees or more (a neck bends 45-60), an ear to shoulder 20 or more, still means slower than 15 degrees a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from monitor.drills.catalogue import Drill, DrillKind
from monitor.drills.look import Look
from monitor.drills.progress import DrillProgress, Phase, Side
from monitor.drills.tilt import Tilt
from monitor.drills.words import Hint, why_unseen
from monitor.values import NS_PER_S

STILL_DEG_S = 15.0
HANG_DEG = 30.0
HANG_ROLL_DEG = 15.0
NECK_DEG = 80.0
"""No neck bends this far; beyond, the trunk is folded."""
EAR_DEG = 20.0
EAR_PITCH_DEG = 20.0
SHOULDER_LOW = 0.3
"""Of the own full shrug."""
FOLD_DEG = 60.0
TRUNK_DEG = 50.0
PAUSE_S = 2.0
"""A pause that needs no words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One look judged: the drill's angle, why it does not count (None: it does), and whether it is beyond doubt."""

    angle_deg: float
    hint: Hint | None
    sure: bool = True


Judge: TypeAlias = Callable[[Look, Tilt], Verdict]


class HoldDrill:
    """A pose held for `drill.wanted_s` in sum."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill
        self._judge, self._side = JUDGES[drill.kind]
        self._wanted_ns = round(drill.wanted_s * NS_PER_S)
        self._held_ns = 0
        self._sure_ns = 0
        self._since_ns: int | None = None
        self._turned = 0.0
        self._phase = Phase.READY
        self._angle_deg = math.nan
        self._hint: Hint | None = None

    def step(self, look: Look, tilt: Tilt) -> None:
        """Take in one look."""
        if self._phase is Phase.DONE:
            return
        if not look.trusted:
            self._phase, self._angle_deg, self._hint = Phase.UNSEEN, math.nan, why_unseen(look.reason)
            self._since_ns = None if self._since_ns is None else self._since_ns + look.dt_ns
            return
        verdict = self._judge(look, tilt)
        self._angle_deg, self._hint = verdict.angle_deg, verdict.hint
        if verdict.hint is not None:
            self._pause(look.dt_ns)
            return
        self._held_ns += look.dt_ns
        self._sure_ns += look.dt_ns if verdict.sure else 0
        self._turned += verdict.angle_deg * look.dt_ns
        self._since_ns = 0
        self._phase = Phase.COUNTING if self._held_ns < self._wanted_ns else Phase.DONE

    def _pause(self, dt_ns: int) -> None:
        if self._since_ns is None:
            self._phase = Phase.READY
            return
        self._since_ns += dt_ns
        self._phase = Phase.COUNTING if self._since_ns <= PAUSE_S * NS_PER_S else Phase.PAUSED

    @property
    def progress(self) -> DrillProgress:
        """How far it is."""
        return DrillProgress(
            self._drill.kind,
            self._phase,
            self._held_ns / NS_PER_S,
            self._drill.wanted_s,
            side=self._side,
            angle_deg=self._angle_deg,
            mean_deg=self._turned / self._held_ns if self._held_ns else math.nan,
            sure_s=self._sure_ns / NS_PER_S,
            hint=self._hint,
        )


# ---------------------------------------------------------------- what is right; every comparison refuses NaN


def _still(look: Look) -> Hint | None:
    return None if look.speed_deg_s < STILL_DEG_S else Hint.STILL


def _hang(look: Look, tilt: Tilt) -> Verdict:
    hint = _still(look)
    if not tilt.fold_deg >= HANG_DEG:
        hint = Hint.CHIN_MORE
    elif not tilt.fold_deg < NECK_DEG:
        hint = Hint.STAND_TALL
    elif not abs(tilt.roll_deg) < HANG_ROLL_DEG:
        hint = Hint.EARS_LEVEL
    return Verdict(tilt.fold_deg, hint)


def _ear(side: Side) -> Judge:
    sign = 1.0 if side is Side.RIGHT else -1.0

    def judge(look: Look, tilt: Tilt) -> Verdict:
        lowered = sign * tilt.roll_deg
        shoulder = look.beside.shoulder
        hint = _still(look)
        if lowered <= -EAR_DEG / 2:
            hint = Hint.OTHER_SIDE
        elif not abs(tilt.pitch_deg) < EAR_PITCH_DEG:
            hint = Hint.FACE_AHEAD
        elif not lowered >= EAR_DEG:
            hint = Hint.EAR_MORE
        elif shoulder >= SHOULDER_LOW:
            hint = Hint.SHOULDER_LOW
        return Verdict(lowered, hint, sure=shoulder < SHOULDER_LOW)

    return judge


def _thoracic(look: Look, tilt: Tilt) -> Verdict:
    trunk = look.beside.trunk_deg
    hint = _still(look)
    if not tilt.fold_deg > FOLD_DEG:
        hint = Hint.FOLD_MORE
    elif trunk < TRUNK_DEG:
        hint = Hint.FROM_THE_HIPS
    return Verdict(tilt.fold_deg, hint, sure=trunk >= TRUNK_DEG or tilt.fold_deg > NECK_DEG)


JUDGES: dict[DrillKind, tuple[Judge, Side]] = {
    DrillKind.HEAD_HANG: (_hang, Side.NONE),
    DrillKind.EAR_RIGHT: (_ear(Side.RIGHT), Side.RIGHT),
    DrillKind.EAR_LEFT: (_ear(Side.LEFT), Side.LEFT),
    DrillKind.THORACIC: (_thoracic, Side.NONE),
}
"""How each held pose is judged."""
