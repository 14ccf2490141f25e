"""One sensor from grid slots to posture: composes bridge, gait, gravity, head, shoulders and trust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.model import SiteCalibration
from calibration.sees import WEAK_D
from monitor.orientation.gravity import AccelerometerGravity, GravityEstimator, OfflineVqfGravity, VqfGravity
from monitor.orientation.turning import TurnCompensation
from monitor.posture.bridged import BridgedGait
from monitor.posture.display import DisplayAngle
from monitor.posture.gait import Gait
from monitor.posture.head import pitch_deg
from monitor.posture.phase import StridePhase
from monitor.posture.shoulders import score
from monitor.posture.stride import StrideMean
from monitor.posture.trunk import LeanBaseline, lean_deg
from monitor.posture.trust import Trust
from monitor.values import Activity, CodeArray, FloatArray, GridBlock, IntArray, Reason


@dataclass(frozen=True, slots=True)
class PostureBlock:
    """n consecutive slots of one sensor, at full rate.

    index      int    number of the first slot since the run's start
    t_ns, arrival_ns (n,) as in the grid block
    up         (n,3)  world's up in sensor axes
    activity, cadence_spm, stride_slots (n,) from the gait
    angle_deg, sustained_deg (n,) head pitch and its one-stride mean, NaN where not calibrated for the head
    phase      (n,)   stride phase 0..1, NaN without a rhythm; left and right are not told apart
    display_deg (n,)  head pitch without the gait's nod and without delay, for a needle; NaN as `angle_deg`
    shoulder   (n,)   one-stride mean of the shoulder score, NaN where this placement cannot see shoulders
    lean_deg   (n,)   trunk sensor: one-stride mean of its forward lean from level running, NaN where not known;
                      head: the lean that is taken off, put in by who knows the other sensors, NaN for none
    reason     (n,)   `Reason` codes of the estimate itself (not whether it is calibrated)
    """

    index: int
    period_s: float
    t_ns: IntArray
    arrival_ns: IntArray
    up: FloatArray
    activity: CodeArray
    cadence_spm: FloatArray
    stride_slots: FloatArray
    angle_deg: FloatArray
    sustained_deg: FloatArray
    phase: FloatArray
    display_deg: FloatArray
    shoulder: FloatArray
    lean_deg: FloatArray
    reason: CodeArray
    restart: bool

    def __len__(self) -> int:
        return len(self.t_ns)

    @property
    def neck_deg(self) -> FloatArray:
        """What the head's rules judge (n,): `sustained_deg` without the trunk's lean, where that is known."""
        return self.sustained_deg - np.nan_to_num(self.lean_deg)


class PostureChannel:
    """Follows one sensor. Any split of the same slots over `push` calls gives bit-equal results.

    `gyro_bias` (3,) rad/s, where it is known beforehand, spares the filter its first half minute of learning.
    `offline`: the orientation of each pushed block is smoothed in both directions, for review; blocks must then be
    whole stretches between restarts. `shown`: stride phase and the angle for a needle are worked out, too.
    """

    def __init__(
        self,
        has_gyro: bool,
        calibration: SiteCalibration | None,
        gyro_bias: FloatArray | None = None,
        *,
        offline: bool = False,
        shown: bool = False,
    ) -> None:
        self._shown = shown
        self._has_gyro = has_gyro
        self._gyro_bias = gyro_bias
        self._offline = offline
        self._period_s = 0.0
        self._use(calibration)

    def recalibrate(self, calibration: SiteCalibration) -> None:
        """Use another calibration from the next block on."""
        self._use(calibration)
        if self._period_s:
            # A mean over values of both calibrations would belong to neither.
            self._angle_mean.restart()
            self._display.restart()
            self._shoulder_mean.restart()
            self._lean_mean.restart()
            if self._turning and self._forward is not None:
                self._turning.turn_to(self._forward)

    def _use(self, calibration: SiteCalibration | None) -> None:
        self._head = calibration.head if calibration else None
        shoulders = calibration.shoulders if calibration else None
        self._shoulders = shoulders if shoulders and shoulders.d_prime >= WEAK_D else None
        self._trunk = calibration.trunk if calibration else None
        self._forward = _forward(calibration) if calibration and self._has_gyro else None
        self._baseline = LeanBaseline(self._trunk, self._period_s) if self._trunk and self._period_s else None

    @property
    def gyro_bias(self) -> FloatArray | None:
        """The gyroscope bias (3,) rad/s as learned so far; None without a gyroscope or before the first block."""
        return self._gravity.gyro_bias if self._period_s else None

    def push(self, block: GridBlock) -> PostureBlock:
        """Posture at each slot of a grid block."""
        if block.period_s != self._period_s:
            self._build(block.period_s)
        elif block.restart:
            self._restart()
        acc, gyr, gait = self._bridge_and_gait(block)
        straight = self._turning.push(acc, gyr, gait.activity == Activity.RUN) if self._turning else acc
        up = self._gravity.push(straight, gyr, block.real)
        reason = self._trust.push(block.real, block.clipped)
        angle = shoulder = smooth_angle = phase = display = lean = np.full(len(block), np.nan)
        if self._shown:
            moving = (gait.activity == Activity.RUN) | (gait.activity == Activity.WALK)
            phase = self._phase.push(np.sqrt(np.einsum("ij,ij->i", acc, acc)), gait.stride_slots, moving)
        if self._head:
            angle = pitch_deg(up, self._head)
            display = self._display.push(angle, phase, gait.stride_slots) if self._shown else display
            smooth_angle = self._angle_mean.push(angle[:, None], gait.stride_slots)[:, 0]
        if self._shoulders:
            shoulder = self._shoulder_mean.push(score(up, self._shoulders)[:, None], gait.stride_slots)[:, 0]
        if self._trunk and self._baseline:
            lean = self._lean_mean.push(lean_deg(up, self._trunk)[:, None], gait.stride_slots)[:, 0]
            lean = self._baseline.push(lean, is_trusted(reason) & (gait.activity == Activity.RUN))
        return PostureBlock(
            index=block.index,
            period_s=block.period_s,
            t_ns=block.t_ns,
            arrival_ns=block.arrival_ns,
            up=up,
            activity=gait.activity,
            cadence_spm=gait.cadence_spm,
            stride_slots=gait.stride_slots,
            angle_deg=angle,
            sustained_deg=smooth_angle,
            phase=phase,
            display_deg=display,
            shoulder=shoulder,
            lean_deg=lean,
            reason=reason,
            restart=block.restart,
        )

    def _build(self, period_s: float) -> None:
        self._period_s = period_s
        self._bridged = BridgedGait(period_s)
        self._gravity = self._make_gravity(period_s)
        self._turning = TurnCompensation(period_s, self._forward) if self._forward is not None else None
        self._phase = StridePhase(period_s)
        self._display = DisplayAngle(period_s)
        self._angle_mean = StrideMean(period_s, columns=1)
        self._shoulder_mean = StrideMean(period_s, columns=1)
        self._lean_mean = StrideMean(period_s, columns=1)
        self._baseline = LeanBaseline(self._trunk, period_s) if self._trunk else None
        self._trust = Trust(period_s, self._gravity.settle_s)

    def _make_gravity(self, period_s: float) -> GravityEstimator:
        if not self._has_gyro:
            return AccelerometerGravity(period_s)
        if self._offline:
            return OfflineVqfGravity(period_s)
        return VqfGravity(period_s, gyro_bias=self._gyro_bias)

    def _restart(self) -> None:
        self._bridged.restart()
        self._gravity.restart()
        if self._turning:
            self._turning.restart()
        self._phase.restart()
        self._display.restart()
        self._angle_mean.restart()
        self._shoulder_mean.restart()
        self._lean_mean.restart()
        self._trust.restart()

    def _bridge_and_gait(self, block: GridBlock) -> tuple[FloatArray, FloatArray, Gait]:
        """Filled acc, gyr and the gait; a hole is filled with the stride known just before it."""
        gyr = block.gyr if self._has_gyro else np.zeros_like(block.acc)
        if not self._has_gyro:
            gyr[~block.real] = np.nan
        return self._bridged.push(block.acc, gyr, block.real)


def _forward(calibration: SiteCalibration) -> FloatArray | None:
    """Which way the wearer runs, in sensor axes: a nod or a lean moves "up" towards the back. None where not shown."""
    if calibration.head:
        return -np.array(calibration.head.nod)
    return -np.array(calibration.trunk.weight) if calibration.trunk else None


def is_trusted(reason: CodeArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each slot's estimate may be trusted, (n,)."""
    return np.asarray(reason == Reason.OK)


def may_count(reason: CodeArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each slot's estimate is good enough to count how long a posture lasts, (n,); a cue needs trust."""
    return np.asarray((reason == Reason.OK) | (reason == Reason.SPARSE))
