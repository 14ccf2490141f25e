"""The same run without a fault and without a radio: every notification arrives a moment after its last sample.

A sixth of the time of a run over the radio, and a witness that is independent of it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np

from monitor.pipeline import Pipeline
from monitor.sensors import openearable, scheme, witmotion
from monitor.simulator.peripheral import VirtualSensor
from monitor.values import (
    NS_PER_S,
    KeyPress,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    Quiet,
    ReZero,
    SensorInfo,
    Site,
    join_packets,
    packet,
)
from tests.soak.soak_plan import Plan, Press
from tests.soak.soak_record import SoakRecord, Witness
from tests.soak.soak_run import soak_settings
from tests.soak.soak_runner import RATE_HZ, Runner

PUSHED_S = 60.0
"""So much at once."""
_DELAY_S, _JITTER_S = 0.015, 0.015
"""Of the virtual radio: the connection interval, and the wait for the next one."""


def ideal_run(plan: Plan, runner: Runner, begin_s: float) -> SoakRecord:
    """The events of a plan without its faults, both sensors streaming from `begin_s` of the run clock on."""
    pipeline = Pipeline([_info(s) for s in runner.sensors], runner.profile, soak_settings())
    streams = [_notifications(sensor, begin_s) for sensor in runner.sensors]
    waiting = heapq.merge(*streams, key=lambda block: int(block.t_ns[0]))
    presses = {press.at_s: press for press in plan.presses}
    edges = sorted({*presses, *np.arange(PUSHED_S, plan.seconds, PUSHED_S).tolist(), plan.seconds})
    witness, held = Witness(), next(waiting)
    for edge_s in edges:
        blocks: dict[str, list[PacketBlock]] = {}
        while held.t_ns[0] < edge_s * NS_PER_S:
            blocks.setdefault(held.sensor, []).append(held)
            held = next(waiting)
        pressed = [_entry(presses[edge_s])] if edge_s in presses else []
        witness.output(pipeline.push([*(join_packets(those) for those in blocks.values()), *pressed]))
    record = witness.record()
    record.seconds, record.origin_s = plan.seconds, (pipeline.origin_ns or 0) / NS_PER_S
    return record


def _info(sensor: VirtualSensor) -> SensorInfo:
    config = scheme.encode(scheme.DIY) if sensor.family == "openearable2" else b""
    return SensorInfo(sensor.key, Site(sensor.key), sensor.family, sensor.name, "", RATE_HZ, config, simulated=True)


def _entry(press: Press) -> KeyPress:
    t_ns = round(press.at_s * NS_PER_S)
    match press.what:
        case "mark":
            return Mark(t_ns, press.label)
        case "mode":
            return ModeChange(t_ns, Mode(press.label))
        case "snooze":
            return Quiet(t_ns, press.seconds)
        case _:
            return ReZero(t_ns)


def _notifications(sensor: VirtualSensor, begin_s: float) -> Iterator[PacketBlock]:
    """One after the other, without end, as the virtual sensor of the family would send them."""
    rng = np.random.default_rng([len(sensor.key), math.ceil(sensor.clock_offset_s)])
    n, true_rate_hz = sensor.samples_per_notification, RATE_HZ * (1 + sensor.clock_ppm * 1e-6)
    first = 0
    while True:
        acc, gyr = sensor.feed.block(first, n)
        if sensor.family == "openearable2":
            stamp_us = round(1e6 * (sensor.clock_offset_s + first / RATE_HZ))
            data = openearable.encode_notification(stamp_us, acc, gyr, round(1e6 / RATE_HZ), scheme.DIY)
        else:
            data = witmotion.encode_frames(acc, gyr)
        first += n
        arrival_s = begin_s + (first - 1) / true_rate_hz + _DELAY_S + _JITTER_S * rng.random()
        yield packet(sensor.key, round(arrival_s * NS_PER_S), data)
