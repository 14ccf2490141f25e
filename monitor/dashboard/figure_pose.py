"""Where every joint of the drawn runner, and the runner's gaze, lie on a canvas: pure, in pixels, y down, facing right.

The head turns by the measured pitch, neither more nor less; it is drawn `HEAD_LARGER` times life size so that its
turning is seen from three metres. What is not known is NaN and is not drawn: nothing here guesses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from monitor.dashboard.figure_ground import GroundScale, Point
from monitor.dashboard.figure_stride import STILL_PHASE, Arm, Leg, arm, hip_height, leg
from monitor.values import Mode

TRUNK = 0.288
NECK = 0.086
HEAD_LARGER = 1.5
HEAD = 0.13 * HEAD_LARGER
"""Chin to crown in statures: 0.13 in life (Winter)."""
SHRUG = 0.058
"""How far a full shrug (score 1) lifts the drawn shoulder, in statures: close to the ear lobe."""
LEAN_DEG = 7.0
"""The trunk's lean where none is measured: that of an ordinary easy run."""
HEAD_UP_DEG, HEAD_DOWN_DEG = -45.0, 80.0
"""Beyond these a head cannot turn; neither does the drawn one."""
EYE, NOSE, EAR = (0.33, 0.14), (0.52, 0.0), (-0.06, 0.02)
"""On the head, from its pivot at the top of the neck: x to the face, y to the crown, in head heights."""
BEHIND, BEFORE, ABOVE, BELOW = 0.50, 0.17, 1.05, 0.16
"""Room around the runner in statures: behind the hip, from hip to the eye, above and below the ground."""
WIDEST = 0.40
"""The runner's share of a narrow canvas: the rest is ground."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the runner now; NaN for what is not.

    pitch_deg     of the head against its own far-gaze neutral, trunk included, nose down positive
    lean_deg      of the trunk, forward positive
    shoulder      score, 0 = neutral, 1 = own full shrug
    gaze_m, gaze_low_m, gaze_high_m  where the gaze meets the ground, and its band; infinite = beyond the ground
    phase         of the stride, 0..1; NaN = the stride is drawn still
    standing      not running: drawn on both feet
    """

    pitch_deg: float = math.nan
    lean_deg: float = math.nan
    shoulder: float = math.nan
    gaze_m: float = math.nan
    gaze_low_m: float = math.nan
    gaze_high_m: float = math.nan
    mode: Mode = Mode.ROAD
    phase: float = math.nan
    standing: bool = False

    @property
    def gaze_known(self) -> bool:
        """The gaze may be drawn: distance and band are known, and the head it belongs to."""
        return not any(math.isnan(v) for v in (self.pitch_deg, self.gaze_m, self.gaze_low_m, self.gaze_high_m))


@dataclass(frozen=True, slots=True)
class Pose:
    """The drawing's points in pixels. `unit` is one stature, `head_deg` the head's turn, nose down positive.

    `ray` is () and `wedge` is () where the gaze is not known; `relaxed` is where the near shoulder rests.
    """

    unit: float
    scale: GroundScale
    lean_deg: float
    head_deg: float
    shoulder: float
    hip: Point
    chest: Point
    nape: Point
    pivot: Point
    eye: Point
    nose: Point
    ear: Point
    relaxed: Point
    near_leg: Leg
    far_leg: Leg
    near_arm: Arm
    far_arm: Arm
    ray: tuple[Point, ...]
    wedge: tuple[Point, ...]

    def points(self) -> tuple[Point, ...]:
        """Every point, for who wants to know where the drawing is."""
        legs = [p for one in (self.near_leg, self.far_leg) for p in (one.hip, one.knee, one.ankle)]
        arms = [p for one in (self.near_arm, self.far_arm) for p in (one.shoulder, one.elbow, one.hand)]
        body = (self.hip, self.chest, self.nape, self.pivot, self.eye, self.nose, self.ear, self.relaxed)
        return (*body, *legs, *arms, *self.ray, *self.wedge)


def on_head(pivot: Point, head_deg: float, unit: float, at: Point) -> Point:
    """A point of the head (as `EYE`) in pixels."""
    turn, size = math.radians(head_deg), HEAD * unit
    c, s = math.cos(turn), math.sin(turn)
    return pivot[0] + size * (at[0] * c + at[1] * s), pivot[1] + size * (at[0] * s - at[1] * c)


def _clamped(value: float, low: float, high: float, missing: float) -> float:
    return missing if math.isnan(value) else min(max(value, low), high)


def layout(width: float, height: float, mode: Mode) -> tuple[float, float, GroundScale]:
    """One stature, the hip's x, and the ground, for a canvas of this size in pixels."""
    unit = min(height / (ABOVE + BELOW), WIDEST * width / (BEHIND + BEFORE) * 0.95)
    hip_x = BEHIND * unit
    # On a tall canvas the runner stands in the middle of the height.
    ground = (height + (ABOVE - BELOW) * unit) / 2
    zero = hip_x + BEFORE * unit
    return unit, hip_x, GroundScale(mode, zero, width - zero - 0.02 * width, ground)


def pose(seen: Seen, width: float, height: float) -> Pose:
    """The whole drawing for a canvas of `width` x `height` pixels; every point lies on it."""
    unit, hip_x, scale = layout(width, height, seen.mode)
    phase = math.nan if seen.standing else (STILL_PHASE if math.isnan(seen.phase) else seen.phase)
    lean_deg = _clamped(seen.lean_deg, -10.0, 30.0, 0.0 if seen.standing else LEAN_DEG)
    head_deg = _clamped(seen.pitch_deg, HEAD_UP_DEG, HEAD_DOWN_DEG, 0.0)
    shoulder = _clamped(seen.shoulder, -0.3, 1.3, 0.0)

    lean, hip = math.radians(lean_deg), (0.0, hip_height(phase))

    def along(length: float, aside: float = 0.0) -> Point:
        """A point of the trunk: up the spine from the hip, and to its front."""
        c, s = math.cos(lean), math.sin(lean)
        return hip[0] + length * s + aside * c, hip[1] + length * c - aside * s

    chest = along(TRUNK - 0.012, 0.004)
    nape = along(TRUNK + 0.010, -0.004)
    # The neck makes about half of a nod, the joint at its top the rest.
    neck = math.radians(24.0 + 0.40 * head_deg)
    pivot = (nape[0] + NECK * math.sin(neck), nape[1] + NECK * math.cos(neck))
    near = (chest[0], chest[1] + SHRUG * shoulder)
    far = (chest[0] - 0.005, chest[1] - 0.01 + SHRUG * shoulder)

    def px(point: Point) -> Point:
        return hip_x + point[0] * unit, scale.ground - point[1] * unit

    def leg_px(one: Leg) -> Leg:
        return replace(one, hip=px(one.hip), knee=px(one.knee), ankle=px(one.ankle))

    def arm_px(one: Arm) -> Arm:
        return Arm(px(one.shoulder), px(one.elbow), px(one.hand))

    at_pivot = px(pivot)
    eye = on_head(at_pivot, head_deg, unit, EYE)
    known = seen.gaze_known
    return Pose(
        unit=unit,
        scale=scale,
        lean_deg=lean_deg,
        head_deg=head_deg,
        shoulder=shoulder,
        hip=px(hip),
        chest=px(chest),
        nape=px(nape),
        pivot=at_pivot,
        eye=eye,
        nose=on_head(at_pivot, head_deg, unit, NOSE),
        ear=on_head(at_pivot, head_deg, unit, EAR),
        relaxed=px(chest),
        near_leg=leg_px(leg(phase, far=False)),
        far_leg=leg_px(leg(phase, far=True)),
        near_arm=arm_px(arm(near, phase, lean_deg, far=False)),
        far_arm=arm_px(arm(far, phase, lean_deg, far=True)),
        ray=scale.ray(eye, seen.gaze_m) if known else (),
        wedge=scale.wedge(eye, seen.gaze_low_m, seen.gaze_high_m) if known else (),
    )
