"""The Bluetooth source over the virtual radio, when all goes well."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from ble_harness import AIR, HEAD, QUICK, Run, numbers, ramp, sensor

from monitor.errors import UnknownSensorError
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import BleSource, SensorRequest
from monitor.values import BatteryLevel, LinkChange, LinkState, PacketBlock, Site

COLLAR = SensorRequest(Site.COLLAR)


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_stream_is_complete_and_in_order_from_motion_to_samples(family: str) -> None:
    feed = ramp(20_000)
    with Run(SimulatedRadio([sensor(family, feed)], air=AIR)) as run:
        run.wait_for_packets(20)
    (samples,) = run.decoded()
    k = numbers(samples)
    assert np.array_equal(k, np.arange(k[0], k[0] + len(k)))
    acc, gyr = feed.block(int(k[0]), len(k))
    one_count = {"witmotion": (16 * 9.80665 / 32768, np.radians(2000) / 32768), "openearable2": (1e-5, 1e-5)}[family]
    assert np.abs(samples.acc - acc).max() <= one_count[0]
    assert np.abs(samples.gyr - gyr).max() <= one_count[1]


@pytest.mark.parametrize(("family", "percent"), [("witmotion", 50), ("openearable2", 87)])
def test_battery_is_told_at_the_start_and_again(family: str, percent: int) -> None:
    radio = SimulatedRadio([sensor(family, battery_percent=percent)], air=AIR)
    with Run(radio) as run:
        run.wait(lambda: len(run.of(BatteryLevel)) >= 2, "two battery levels")
    assert {level.percent for level in run.of(BatteryLevel)} == {percent}


def test_states_and_ready_come_in_order() -> None:
    with Run(SimulatedRadio([sensor()], air=AIR)) as run:
        run.wait_for_packets(5)
    assert run.states() == [LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING, LinkState.STOPPED]
    kinds = [type(item) for item in run.items if not isinstance(item, BatteryLevel)]
    assert kinds[:5] == [LinkChange, LinkChange, SensorReady, LinkChange, PacketBlock]
    info = run.of(SensorReady)[0].info
    assert (info.key, info.site, info.family, info.rate_hz) == ("head", Site.HEAD, "witmotion", 100.0)
    assert info.name == "WT901 SIMULATED"
    assert info.simulated


def test_each_packet_block_is_one_notification() -> None:
    with Run(SimulatedRadio([sensor("openearable2")], air=AIR)) as run:
        run.wait_for_packets(5)
    assert all(len(block.t_ns) == 1 and block.ends.tolist() == [len(block.data)] for block in run.of(PacketBlock))


def test_a_stopped_sensor_was_told_to_stop() -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(3)
    assert radio.peripherals["s"].commands[-1] == bytes((0, 0, 0))


def test_two_sensors_at_once_each_to_its_site() -> None:
    radio = SimulatedRadio([sensor("witmotion", key="a"), sensor("openearable2", key="b")], air=AIR)
    collar = SensorRequest(Site.COLLAR, family="openearable2")
    with Run(radio, SensorRequest(Site.HEAD, family="witmotion"), collar) as run:
        run.wait_for_packets(30, "head")
        run.wait_for_packets(10, "collar")
    for key, family in (("head", "witmotion"), ("collar", "openearable2")):
        assert [ready.info.family for ready in run.of(SensorReady) if ready.info.key == key] == [family]
        (samples,) = run.decoded(key)
        assert np.all(np.diff(numbers(samples)) == 1)


def test_two_open_requests_never_take_the_same_sensor() -> None:
    radio = SimulatedRadio([sensor(key="a"), sensor(key="b")], air=AIR)
    with Run(radio, HEAD, COLLAR) as run:
        run.wait_for_packets(3, "head")
        run.wait_for_packets(3, "collar")
    assert len({ready.info.address for ready in run.of(SensorReady)}) == 2


def test_an_open_request_leaves_alone_what_another_request_names() -> None:
    radio = SimulatedRadio([sensor(key="a", name="WT-cap"), sensor(key="b", name="WT-strap")], air=AIR)
    with Run(radio, HEAD, SensorRequest(Site.COLLAR, name="wt-CAP")) as run:
        run.wait_for_packets(3, "head")
        run.wait_for_packets(3, "collar")
    assert {r.info.key: r.info.name for r in run.of(SensorReady)} == {"head": "WT-strap", "collar": "WT-cap"}


def test_a_request_may_name_an_address_and_a_family_for_a_sensor_with_a_strange_name() -> None:
    radio = SimulatedRadio([sensor(name="my cap", address="F2:51:00:00:00:AB"), sensor(key="other")], air=AIR)
    with Run(radio, SensorRequest(Site.HEAD, family="witmotion", address="f2:51:00:00:00:ab")) as run:
        run.wait_for_packets(3)
    assert {ready.info.name for ready in run.of(SensorReady)} == {"my cap"}


def test_with_a_free_choice_the_strongest_signal_wins() -> None:
    radio = SimulatedRadio(
        [sensor(key="far", name="WT-far", rssi_dbm=-90), sensor(key="near", name="WT-near", rssi_dbm=-45)], air=AIR
    )
    with Run(radio, timing=replace(QUICK, choose_s=0.3, search_s=2.0)) as run:
        run.wait_for_packets(1)
    assert run.of(SensorReady)[0].info.name == "WT-near"


def test_the_rate_that_was_asked_for_is_the_rate_that_comes() -> None:
    radio = SimulatedRadio([sensor("openearable2", clock_ppm=0.0)], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(10)
    (samples,) = run.decoded()
    assert samples.tick is not None
    assert set(np.diff(samples.tick).tolist()) == {10_000}


def test_stop_before_start_and_twice_is_harmless() -> None:
    source = BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), QUICK)
    source.stop()
    source.start(lambda item: None, time.monotonic_ns)
    source.stop()
    source.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "bluetooth"]
    with pytest.raises(RuntimeError, match="started before"):
        source.start(lambda item: None, time.monotonic_ns)


def test_time_stamps_increase_even_when_the_clock_stands_still() -> None:
    items: list[LinkChange | SensorReady | PacketBlock | BatteryLevel] = []
    enough = threading.Event()

    def sink(item: LinkChange | SensorReady | PacketBlock | BatteryLevel) -> None:
        items.append(item)
        if len(items) >= 12:
            enough.set()

    source = BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), QUICK)
    source.start(sink, lambda: 1000)
    assert enough.wait(20)
    source.stop()
    stamps = [int(item.t_ns[0]) if isinstance(item, PacketBlock) else item.t_ns for item in items]
    assert stamps == list(range(1000, 1000 + len(stamps)))


def test_a_sink_that_fails_does_not_end_the_stream(caplog: pytest.LogCaptureFixture) -> None:
    taken = []
    enough = threading.Event()

    def sink(item: object) -> None:
        if len(taken) < 20:
            taken.append(item)
            if len(taken) % 2:
                raise ValueError("the queue is full")
        else:
            enough.set()

    source = BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), QUICK)
    source.start(sink, time.monotonic_ns)
    assert enough.wait(20)
    source.stop()
    assert LinkState.LOST not in [item.state for item in taken if isinstance(item, LinkChange)]
    assert "could not be handed over" in caplog.text


def test_wrong_requests_are_refused_at_once() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    with pytest.raises(ValueError, match="one sensor per site"):
        BleSource([HEAD, SensorRequest(Site.HEAD, name="x")], radio)
    with pytest.raises(ValueError, match="at least one"):
        BleSource([], radio)
    with pytest.raises(UnknownSensorError):
        BleSource([SensorRequest(Site.HEAD, family="toaster")], radio)


def test_a_radio_can_be_used_for_run_after_run() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    for _ in range(2):
        with Run(radio) as run:
            run.wait_for_packets(3)
        assert all(a <= b for a, b in pairwise(numbers(run.decoded()[0]).tolist()))
