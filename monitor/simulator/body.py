"""How the simulated body moves: joint angles and the trunk's acceleration as smooth functions of time.

Body axes: x ahead, y left, z up. Head pitch is positive nose down, 0 = far-gaze neutral.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from monitor.simulator import gait, rotation
from monitor.simulator.scenario import TRANSITION_S, Scenario, Side
from monitor.simulator.sensor_model import SensorModel
from monitor.values import STANDARD_GRAVITY, Activity, FloatArray, Site

NECK_TO_HEAD_M = np.array([0.0, 0.0, 0.12])
RIGHT_SHRUG_AXIS = np.array([-np.sqrt(1 - 0.3**2), 0.3, 0.0])
"""A right shoulder that rises turns its sensor mostly about the fore-aft axis; 0.3 of a lean shows along its arc."""
LEFT_SHRUG_AXIS = RIGHT_SHRUG_AXIS * np.array([-1.0, 1.0, 1.0])
SHRUG_LIFT_M = 0.03
WORN_ON: Mapping[Site, Side] = MappingProxyType(
    {Site.LEFT_SHOULDER: Side.LEFT, Site.RIGHT_SHOULDER: Side.RIGHT, Site.COLLAR: Side.RIGHT}
)
"""The shoulder a sensor rides on; the head and the back ride on neither."""
RUN_SPEED_M_S, WALK_SPEED_M_S = 3.0, 1.4


@dataclass(frozen=True, slots=True)
class Truth:
    """Angles in degrees, shoulder score and step frequency at some times (n,).

    `shoulder` is that of the side the sensor rides on; of the higher side where it rides on neither.
    """

    head_pitch_deg: FloatArray
    head_posture_deg: FloatArray
    shoulder: FloatArray
    lean_deg: FloatArray
    steps_per_s: FloatArray


@dataclass(frozen=True, slots=True)
class Pose:
    """The sensor's carrier at m nodes: orientation (m,4), offset from the trunk (m,3) m, acceleration (m,3) m/s²."""

    orientation: FloatArray
    offset_m: FloatArray
    trunk_acc: FloatArray
    truth: Truth


class Body:
    """One runner's body, advanced chunk by chunk; only step phase and heading carry over."""

    def __init__(self, scenario: Scenario, site: Site) -> None:
        self._scenario = scenario
        self._site = site
        # The gait belongs to the runner: all sensors of one scenario draw the same numbers.
        rng = np.random.default_rng([scenario.seed, 1])
        self._head_start = rng.uniform(0, 2 * np.pi, 3)
        self._trunk_start = rng.uniform(0, 2 * np.pi, 3)
        self._sway_deg = [gait.Sway(rng, sd, 0.05, 0.9) for sd in (0.35, 0.3, 0.7)]
        self._trunk_sway_deg = [gait.Sway(rng, sd, 0.05, 0.6) for sd in (0.25, 0.2, 0.4)]
        self._push_m_s2 = [gait.Sway(rng, 0.015, 0.1, 1.0) for _ in range(2)]
        self._cadence_change = gait.Sway(rng, 0.12 / 2.75, 0.01, 0.15)
        self._speed_change = gait.Sway(rng, 0.35, 0.01, 0.15)
        self._turn_rate = gait.Sway(rng, 0.12, 0.01, 0.1)
        self._gain_sd = 0.2 if scenario.trail else 0.03
        self._gains = rng.standard_normal(4096).clip(-2.5, 2.5)
        self._spans = _moving_spans(scenario)
        self._phase = 0.0
        self._heading = 0.0

    def advance(self, t_s: FloatArray, dt_s: float, sensor: SensorModel) -> Pose:
        """The pose at nodes t_s (m,); the next call starts at this one's last node but one."""
        scenario = self._scenario
        run, walk, steps_per_s = self._rhythm(t_s)
        phase = self._phase + _cumulative(steps_per_s, dt_s)
        speed = run * RUN_SPEED_M_S + walk * WALK_SPEED_M_S
        if scenario.trail:
            speed = speed + run * self._speed_change.at(t_s)
            turn_rate = (run + walk) * self._turn_rate.at(t_s)
            ahead = np.gradient(speed, dt_s)
        else:
            turn_rate, ahead = np.zeros_like(t_s), np.zeros_like(t_s)
        heading = self._heading + _cumulative(turn_rate, dt_s)
        self._phase, self._heading = float(phase[-2]), float(heading[-2])

        acc = self._gait_acc(phase, steps_per_s, run, walk) * (STANDARD_GRAVITY * sensor.bounce_scale)
        acc[:, 0] += ahead + self._push_m_s2[0].at(t_s)
        acc[:, 1] += speed * turn_rate + self._push_m_s2[1].at(t_s)
        zero = np.zeros_like(t_s)
        to_world = rotation.from_euler(heading, zero, zero)
        trunk_acc = rotation.rotate(to_world, acc)

        lean = _sum_of_boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.angle_deg) for e in scenario.leans])
        posture = lean + _sum_of_boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.angle_deg) for e in scenario.head])
        for amplitude, period_s in scenario.wander:
            posture = posture + (run + walk) * amplitude * np.sin(2 * np.pi * t_s / period_s)
        shoulder = self._shoulder(t_s)
        head = self._head_angles(t_s, phase, run, walk, posture)
        truth = Truth(head[1], posture, shoulder, lean, steps_per_s)
        if self._site is Site.HEAD:
            orientation = rotation.product(to_world, rotation.from_euler(*np.radians(head)))
            offset = rotation.rotate(orientation, NECK_TO_HEAD_M)
        else:
            trunk = _oscillating(phase, run, walk, gait.TRUNK_RUNNING, gait.TRUNK_WALKING, self._trunk_start)
            trunk += np.stack([s.at(t_s) for s in reversed(self._trunk_sway_deg)])
            trunk[1] += lean
            orientation = rotation.product(to_world, rotation.from_euler(*np.radians(trunk)))
            offset = np.zeros((len(t_s), 3))
            if side := WORN_ON.get(self._site):
                axis = LEFT_SHRUG_AXIS if side is Side.LEFT else RIGHT_SHRUG_AXIS
                shrug = rotation.about(axis, np.radians(sensor.shrug_deg) * shoulder)
                orientation = rotation.product(orientation, shrug)
                offset[:, 2] = SHRUG_LIFT_M * shoulder
        for slip in scenario.slips:
            if slip.site is self._site:
                angle = np.radians(slip.angle_deg) * _edge(t_s, slip.at_s, slip.ramp_s)
                orientation = rotation.product(orientation, rotation.about(np.array([0.0, 1.0, 0.0]), angle))
        return Pose(orientation, offset, trunk_acc, truth)

    def _shoulder(self, t_s: FloatArray) -> FloatArray:
        """Score (m,) of the shoulder the sensor rides on; of the higher one where it rides on neither."""
        if side := WORN_ON.get(self._site):
            return _raised(t_s, self._scenario, side)
        left, right = (_raised(t_s, self._scenario, side) for side in (Side.LEFT, Side.RIGHT))
        return np.asarray(np.maximum(left, right))

    def _rhythm(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weights of running and walking (0..1) and the step frequency in Hz, each (m,)."""
        run, walk, weighted_steps = np.zeros_like(t_s), np.zeros_like(t_s), np.zeros_like(t_s)
        for activity, on_s, off_s, span_steps_per_s in self._spans:
            _add_box(run if activity is Activity.RUN else walk, t_s, on_s, off_s, TRANSITION_S, 1.0)
            _add_box(weighted_steps, t_s, on_s, off_s, TRANSITION_S, span_steps_per_s)
        moving = run + walk
        steps_per_s = np.divide(weighted_steps, moving, out=np.full_like(t_s, 2.0), where=moving > 1e-6)
        if self._scenario.trail:
            steps_per_s *= 1 + self._cadence_change.at(t_s)
        return run, walk, steps_per_s

    def _gait_acc(self, phase: FloatArray, steps_per_s: FloatArray, run: FloatArray, walk: FloatArray) -> FloatArray:
        """Acceleration of the trunk, g, in the runner's axes, (m,3)."""
        acc = np.zeros((len(phase), 3))
        if run.any():
            number = np.floor(phase).astype(np.int64)
            step_gain = 1 + self._gain_sd * self._gains[number % len(self._gains)]
            stride_gain = 1 + self._gain_sd * self._gains[(number // 2 + 2048) % len(self._gains)]
            acc += run[:, None] * gait.running(phase, steps_per_s, self._scenario.impact_g, step_gain, stride_gain)
        if walk.any():
            acc += walk[:, None] * gait.walking(phase)
        return acc

    def _head_angles(
        self, t_s: FloatArray, phase: FloatArray, run: FloatArray, walk: FloatArray, posture_deg: FloatArray
    ) -> FloatArray:
        """Yaw, pitch and roll of the head in degrees, (3,m), against the direction of travel."""
        angles = _oscillating(phase, run, walk, gait.HEAD_RUNNING, gait.HEAD_WALKING, self._head_start)
        angles += np.stack([s.at(t_s) for s in reversed(self._sway_deg)])
        for event in self._scenario.head:
            if event.yaw_deg:
                _add_box(angles[0], t_s, event.on_s, event.off_s, event.ramp_s, event.yaw_deg)
            if event.roll_deg:
                _add_box(angles[2], t_s, event.on_s, event.off_s, event.ramp_s, event.roll_deg)
        angles[1] += posture_deg
        return angles


def _oscillating(
    phase: FloatArray,
    run: FloatArray,
    walk: FloatArray,
    running: gait.Oscillation,
    walking: gait.Oscillation,
    start: FloatArray,
) -> FloatArray:
    """Yaw, pitch and roll in degrees, (3,m): pitch once per step, the others once per stride."""
    turn = 2 * np.pi * phase
    yaw = (run * running.yaw_deg + walk * walking.yaw_deg) * np.sin(turn / 2 + start[0])
    pitch = (run * running.pitch_deg + walk * walking.pitch_deg) * np.sin(turn + start[1])
    roll = (run * running.roll_deg + walk * walking.roll_deg) * np.sin(turn / 2 + start[2])
    return np.stack([yaw, pitch, roll])


# ---------------------------------------------------------------- events on the time axis


def _edge(t_s: FloatArray, at_s: float, ramp_s: float) -> FloatArray:
    """0 before, 1 after, half at `at_s`, with continuous second derivative, (n,)."""
    x = np.clip((t_s - at_s) / ramp_s + 0.5, 0, 1)
    edge: FloatArray = x * x * x * (10 + x * (6 * x - 15))
    return edge


def _add_box(total: FloatArray, t_s: FloatArray, on_s: float, off_s: float, ramp_s: float, height: float) -> None:
    """Add `height` between on_s and off_s to `total` (n,) in place, touching only the slots concerned."""
    first, last = np.searchsorted(t_s, [on_s - ramp_s, off_s + ramp_s])
    part = t_s[first:last]
    if len(part):
        total[first:last] += height * (_edge(part, on_s, ramp_s) - _edge(part, off_s, ramp_s))


def _sum_of_boxes(t_s: FloatArray, boxes: list[tuple[float, float, float, float]]) -> FloatArray:
    total = np.zeros_like(t_s)
    for on_s, off_s, ramp_s, height in boxes:
        _add_box(total, t_s, on_s, off_s, ramp_s, height)
    return total


def _raised(t_s: FloatArray, scenario: Scenario, side: Side) -> FloatArray:
    """Score (n,) of one shoulder as asked."""
    events = [e for e in scenario.shoulders if e.side in (side, Side.BOTH)]
    return _sum_of_boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.fraction) for e in events])


def _cumulative(rate: FloatArray, dt_s: float) -> FloatArray:
    """Integral (n,) of a rate by trapezoids, 0 at the first node."""
    return np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) * (dt_s / 2))])


def _moving_spans(scenario: Scenario) -> list[tuple[Activity, float, float, float]]:
    """(activity, on_s, off_s, steps_per_s) of walking and running, without a transition at the scenario's two ends."""
    return [
        (
            span.activity,
            -np.inf if span.on_s <= 0 else span.on_s,
            np.inf if span.off_s >= scenario.duration_s else span.off_s,
            span.steps_per_s,
        )
        for span in scenario.activities
        if span.activity is not Activity.STILL
    ]
