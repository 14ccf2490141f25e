"""Movesense and DOT over the virtual radio: found by name, set up, streamed, lost and found again, told to stop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from ble_harness import AIR, QUICK, numbers, ramp, sensor
from ble_harness import Run as HarnessRun

from monitor.sensors import dot, gsp
from monitor.sensors.movesense_decoder import ACC_STEP, GYR_STEP
from monitor.simulator import world
from monitor.simulator.dot_device import DotPeripheral
from monitor.simulator.movesense_device import MovesensePeripheral
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import BatteryLevel, LinkState, PacketBlock, SampleBlock

MOVESENSE_52, MOVESENSE_104, DOT_60 = ("movesense", 52.0), ("movesense", 104.0), ("dot", 60.0)
# Nothing here waits for a silence: a computer that is busy for a second must not end a link.
PATIENT = replace(QUICK, stale_s=5.0, lost_s=10.0, answer_s=2.0, step_s=5.0, connect_s=5.0, setup_s=20.0)
Run = partial(HarnessRun, timing=PATIENT)
STEPS = {"movesense": (ACC_STEP, GYR_STEP), "dot": (1e-5, 1e-6)}
DOT_WRAP_S = (1 << 32) / 1e6
MOVESENSE_WRAP_S = (1 << 32) / 1e3


def radio(family: str, rate_hz: float, **changes: object) -> SimulatedRadio:
    return SimulatedRadio([sensor(family, ramp(20_000, rate_hz), **changes)], air=AIR)


def variant(monkeypatch: pytest.MonkeyPatch, of: type[VirtualPeripheral], **attributes: object) -> None:
    """The virtual device of a family, made otherwise."""
    key = next(key for key, each in world.FAMILIES.items() if each is of)
    monkeypatch.setitem(world.FAMILIES, key, type("Variant", (of,), attributes))


def assert_is_motion(samples: SampleBlock, family: str, rate_hz: float) -> None:
    """Complete, in order, and equal to the motion within the sensor's steps."""
    k = numbers(samples)
    assert len(k) > 12
    assert np.array_equal(k, np.arange(k[0], k[0] + len(k)))
    acc, gyr = ramp(20_000, rate_hz).block(int(k[0]), len(k))
    assert np.abs(samples.acc - acc).max() <= 0.51 * STEPS[family][0]
    assert np.abs(samples.gyr - gyr).max() <= 0.51 * STEPS[family][1]


@pytest.mark.parametrize(("family", "rate_hz"), [MOVESENSE_52, DOT_60])
def test_from_motion_to_samples_and_a_farewell(family: str, rate_hz: float) -> None:
    air = radio(family, rate_hz)
    with Run(air) as run:
        run.wait_for_packets(16)
        run.wait(lambda: run.of(BatteryLevel))
    (info,) = [ready.info for ready in run.of(SensorReady)]
    assert (info.family, info.rate_hz) == (family, rate_hz)
    assert run.states() == [LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING, LinkState.STOPPED]
    assert {level.percent for level in run.of(BatteryLevel)} == {87}
    (samples,) = run.decoded()
    assert_is_motion(samples, family, rate_hz)
    last = {"movesense": gsp.command(gsp.Op.UNSUBSCRIBE, 99), "dot": dot.measurement(21, on=False)}[family]
    assert last in air.peripherals["s"].commands[-3:]


@pytest.mark.parametrize(("family", "rate_hz"), [MOVESENSE_52, DOT_60])
def test_a_sensor_that_was_lost_streams_again(family: str, rate_hz: float) -> None:
    air = radio(family, rate_hz)
    with Run(air) as run:
        run.wait_for_packets(8)
        air.hang_up("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
        before = len(run.of(PacketBlock))
        run.wait_for_packets(before + 24 if family == "dot" else before + 8)
    first, second = run.decoded()
    assert numbers(second)[0] > numbers(first)[-1]
    assert_is_motion(second, family, rate_hz)


@pytest.mark.parametrize(("family", "rate_hz", "wraps_s"), [(*MOVESENSE_52, MOVESENSE_WRAP_S), (*DOT_60, DOT_WRAP_S)])
def test_the_clock_wraps_while_it_streams(family: str, rate_hz: float, wraps_s: float) -> None:
    air = radio(family, rate_hz, clock_offset_s=wraps_s - 0.8)
    with Run(air) as run:
        run.wait_for_packets(100 if family == "dot" else 22)
    (samples,) = run.decoded()
    assert_is_motion(samples, family, rate_hz)
    assert samples.tick is not None
    assert np.count_nonzero(np.diff(samples.tick) < 0) == 1
    slots = SensorSlots(run.of(SensorReady)[0].info)
    grid = [part for packets in run.of(PacketBlock) for part in slots.push(packets)]
    assert all(part.real.all() for part in grid)
    assert not any(part.restart for part in grid[1:])


# ------------------------------------------------------------------ Movesense and the size of a notification


@pytest.mark.parametrize(
    ("att_mtu", "rate_hz", "streams"),
    [(220, 104.0, ["IMU6"]), (161, 52.0, ["IMU6"]), (60, 52.0, ["Acc", "Gyro"]), (40, 52.0, ["Acc", "Gyro"])],
)
def test_what_fits_the_link_is_streamed(
    att_mtu: int, rate_hz: float, streams: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    variant(monkeypatch, MovesensePeripheral, largest_mtu=att_mtu)
    with Run(radio("movesense", rate_hz)) as run:
        run.wait_for_packets(20)
    (info,) = [ready.info for ready in run.of(SensorReady)]
    assert [part.split(b"/")[2].decode() for part in info.config.split(b"\0") if part] == streams
    assert info.rate_hz == rate_hz
    assert max(len(block.data) for block in run.of(PacketBlock)) <= att_mtu - 3
    assert_is_motion(run.decoded()[0], "movesense", rate_hz)


def test_a_sensor_that_parts_its_blocks_earlier_than_the_link_would_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch, MovesensePeripheral, largest_mtu=220, largest_notification=158)
    with Run(radio("movesense", 104.0)) as run:
        run.wait_for_packets(16)
    assert {len(block.data) for block in run.of(PacketBlock)} >= {158, 42}
    assert_is_motion(run.decoded()[0], "movesense", 104.0)


def test_firmware_that_knows_only_the_slower_rate_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch, MovesensePeripheral, largest_mtu=220, known_rates_hz=(52,))
    with Run(radio("movesense", 52.0)) as run:
        run.wait_for_packets(10)
    assert run.of(SensorReady)[0].info.rate_hz == 52.0
    assert_is_motion(run.decoded()[0], "movesense", 52.0)


def test_firmware_that_knows_no_rate_is_told_to_be_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch, MovesensePeripheral, known_rates_hz=())
    with Run(radio("movesense", 52.0)) as run:
        run.wait_for_state(LinkState.SEARCHING, "its firmware (SIMULATED 2.3.0) does not know /Meas/IMU6/52; update it")


def test_lost_notifications_are_gaps_and_nothing_else() -> None:
    air = radio("movesense", 52.0, att_mtu=60)
    air.lose_samples("s", 0.2)
    with Run(air) as run:
        run.wait_for_packets(40)
    (samples,) = run.decoded()
    k = numbers(samples)
    assert np.all(np.diff(k) > 0)
    assert np.any(np.diff(k) > 1)
    acc, gyr = ramp(20_000, 52.0).block(0, int(k[-1]) + 1)
    assert np.abs(samples.acc - acc[k]).max() <= 0.51 * ACC_STEP
    # At most interpolated between two neighbours of one block: the ramp is straight, their times cut to 1 ms.
    assert np.abs(samples.gyr - gyr[k]).max() <= 0.51 * GYR_STEP + 0.06 * 0.0025


# ------------------------------------------------------------------ DOT and its settings


def test_a_rate_that_somebody_left_is_set_and_held_to(monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch, DotPeripheral, stored_rate_hz=20)
    air = radio("dot", 60.0)
    with Run(air) as run:
        run.wait_for_packets(30)
    written = air.peripherals["s"].commands[0]
    assert (len(written), written[0], written[24]) == (32, 0x10, 60)
    assert_is_motion(run.decoded()[0], "dot", 60.0)


def test_a_rate_that_cannot_be_set_is_told_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    variant(monkeypatch, DotPeripheral, stored_rate_hz=20, _on_settings=lambda self, data: None)
    with Run(radio("dot", 60.0)) as run:
        run.wait_for_state(LinkState.SEARCHING, "it stays at 20 Hz; end its recording or synchronisation")


def test_a_link_that_cuts_samples_off_is_told() -> None:
    with Run(radio("dot", 60.0, att_mtu=23)) as run:
        run.wait_for_state(LinkState.SEARCHING, "only 20 of the 28 bytes of a sample arrive")
