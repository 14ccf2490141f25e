"""OpenEarable v1 and an EdgeML board over the virtual radio, from their description to samples."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from ble_harness import AIR, HEAD, Run, ramp, sensor

from monitor.sensors import edgeml
from monitor.sensors.scheme import parse_list
from monitor.simulator.edgeml_device import FirstGenerationPeripheral
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import BatteryLevel, PacketBlock, Site, join_packets

XIAO = SensorRequest(Site.HEAD, family="edgeml", name="XIAO SIMULATED")
RATE_HZ = 1000 / 21


def slow_ramp(n: int = 5000) -> ArrayFeed:
    """Within 2 g: acceleration 5 to 15 m/s² along y, angular rate up to 10 rad/s about x, both linear in time."""
    share = np.linspace(0, 1, n)
    acc = np.stack((0 * share, 5 + 10 * share, 0 * share), axis=1)
    return ArrayFeed(acc, np.stack((10 * share, 0 * share, 0 * share), axis=1), 100.0)


@pytest.mark.parametrize(
    ("kind", "request_", "per_sample"), [("openearable1", HEAD, 1), ("edgeml", XIAO, 2)], ids=["ear", "board"]
)
def test_from_its_description_to_samples(kind: str, request_: SensorRequest, per_sample: int) -> None:
    """OpenEarable v1 bears the name of v2: it is found as that and taken for what it is."""
    feed = slow_ramp()
    with Run(SimulatedRadio([sensor(kind, feed)], air=AIR), request_) as run:
        run.wait_for_packets(50 * per_sample)
    (ready,) = run.of(SensorReady)
    assert ready.info.family == "edgeml"
    assert ready.info.rate_hz == pytest.approx(RATE_HZ)
    assert parse_list(ready.info.config)[0].name in ("ACC_GYRO_MAG", "ACC")
    (samples,) = run.decoded()
    assert samples.tick is not None
    assert len(samples) >= 48
    assert set(np.diff(samples.tick).tolist()) == {21}, "the rate that the firmware's loop really keeps"
    share = (samples.acc[:, 1] - 5) / 10
    np.testing.assert_allclose(np.diff(share), 0.021 / 50, rtol=0.02)
    # Its driver takes g as 9.81; the angular rate is that of the same moment.
    np.testing.assert_allclose(samples.gyr[:, 0], 10 * share, atol=0.02)
    assert not samples.clipped.any()


def test_openearable_1_tells_its_battery_and_a_board_without_one_streams_all_the_same() -> None:
    with Run(SimulatedRadio([sensor("openearable1", battery_percent=61)], air=AIR)) as run:
        run.wait(lambda: run.of(BatteryLevel), "a battery level")
    assert {level.percent for level in run.of(BatteryLevel)} == {61}
    with Run(SimulatedRadio([sensor("edgeml")], air=AIR), XIAO) as run:
        run.wait_for_packets(60)
    assert run.of(BatteryLevel) == []


def test_it_is_told_to_stop_and_no_sensor_is_named_that_it_does_not_have() -> None:
    radio = SimulatedRadio([sensor("edgeml")], air=AIR)
    with Run(radio, XIAO) as run:
        run.wait_for_packets(5)
    peripheral = radio.peripherals["s"]
    assert isinstance(peripheral, FirstGenerationPeripheral)
    assert peripheral.commands == [edgeml.config_write(each, hz) for hz in (50, 0) for each in (0, 1)]
    assert not peripheral.lost_its_mind


def test_a_version_2_and_a_version_1_earbud_beside_each_other_are_each_read_as_what_they_are() -> None:
    ears = [
        sensor("openearable1", key="one", name="OpenEarable-0001"),
        sensor("openearable2", key="two", name="OpenEarable-0002"),
    ]
    wanted = (SensorRequest(Site.HEAD, name="OpenEarable-0001"), SensorRequest(Site.COLLAR, name="OpenEarable-0002"))
    with Run(SimulatedRadio(ears, air=AIR), *wanted) as run:
        run.wait_for_packets(40, "head")
        run.wait_for_packets(10, "collar")
    assert {ready.info.key: ready.info.family for ready in run.of(SensorReady)} == {
        "head": "edgeml", "collar": "openearable2"
    }  # fmt: skip
    for key in ("head", "collar"):
        assert len(run.decoded(key)[0])


def test_after_a_lost_link_it_is_set_up_again_and_its_unit_is_known_at_once() -> None:
    radio = SimulatedRadio([sensor("openearable1", slow_ramp())], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(40)
        radio.hang_up("s")
        run.wait(lambda: len(run.of(SensorReady)) == 2, "the sensor's return")
        run.wait_for_packets(len(run.of(PacketBlock)) + 40)
    first, second = run.of(SensorReady)
    assert first.info == second.info
    slots = SensorSlots(first.info)
    items = [item for item in run.items if isinstance(item, PacketBlock) or item is second]
    slots.push(join_packets([item for item in items[: items.index(second)] if isinstance(item, PacketBlock)]))
    slots.relink()
    again = slots.push(join_packets([item for item in items[items.index(second) :] if isinstance(item, PacketBlock)]))
    forward = np.concatenate([each.acc[each.real, 1] for each in again])
    assert 5 < forward.min() <= forward.max() < 15, "m/s², not 9.8 times as much"
    assert slots.quality().rejected == 0


async def test_the_rate_asked_for_becomes_that_of_the_loop_and_bad_writes_change_nothing() -> None:
    radio = SimulatedRadio([sensor("edgeml", ramp(20_000))], air=AIR)
    await radio.open()
    try:
        peripheral = radio.peripherals["s"]
        assert isinstance(peripheral, FirstGenerationPeripheral)
        started: list[float] = []
        peripheral._start_streaming = started.append  # type: ignore[method-assign]
        for write in (b"", b"\0" * 8, b"\0" * 10):
            peripheral._on_config(write)
        assert started == []
        peripheral._on_config(edgeml.config_write(0, 100.0))
        assert started == [], "acceleration alone makes no sample"
        peripheral._on_config(edgeml.config_write(1, 100.0))
        assert started == [pytest.approx(1000 / 11)]
        peripheral._on_config(edgeml.config_write(9, 50.0))
        assert peripheral.lost_its_mind
    finally:
        await radio.close()
        await asyncio.sleep(0.05)
