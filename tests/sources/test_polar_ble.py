"""Polar sensors over the virtual radio: found, asked, started; their samples equal the motion; trouble on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from ble_harness import AIR, QUICK, Run, numbers, ramp, sensor

from monitor.commands.listeners import ModelListener
from monitor.dashboard.viewmodel import LiveModel
from monitor.sensors.polar import ACCELEROMETER_FAMILY, FAMILY
from monitor.sensors.polar_decoder import parse_config
from monitor.sensors.polar_frames import Measurement
from monitor.settings import Settings
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.polar_device import FRAME_BYTES, PolarPeripheral
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble_timing import LinkTiming
from monitor.values import STANDARD_GRAVITY, BatteryLevel, LinkState, PacketBlock

RATES = {"polar": 52.0, "polar_acc": 50.0}
PATIENT = replace(QUICK, stale_s=1.5, stale_intervals=0.5, lost_s=2.0, lost_intervals=1.0)
HALF_MG = 0.0005001 * STANDARD_GRAVITY


def radio_with(family: str = "polar", samples: int = 13, feed: ArrayFeed | None = None) -> SimulatedRadio:
    """A sensor that sends frames of so many samples of a long ramp."""
    feed = feed or ramp(20_000, RATES[family])
    name = "Polar OH1 SIMULATED" if family == "polar_acc" else ""  # an H10 has to be asked for
    return SimulatedRadio([sensor(family, feed, samples_per_notification=samples, name=name)], air=AIR)


def within(radio: SimulatedRadio, act: Callable[[PolarPeripheral], object]) -> None:
    """Do something to the sensor in the radio's own loop."""
    device = radio.peripherals["s"]
    assert isinstance(device, PolarPeripheral)
    assert radio._loop is not None
    radio._loop.call_soon_threadsafe(act, device)


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_samples_equal_the_motion_from_the_first_frame_to_the_farewell(family: str) -> None:
    feed = ramp(20_000, RATES[family])
    radio = radio_with(family, feed=feed)
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(6)
    (samples,) = run.decoded()
    k = numbers(samples)
    assert len(k) >= 20
    assert np.array_equal(k, np.arange(k[0], k[0] + len(k)))
    acc, gyr = feed.block(int(k[0]), len(k))
    assert np.abs(samples.acc - acc).max() <= HALF_MG
    if family == "polar":
        assert np.abs(samples.gyr - gyr).max() <= 0.5001 * np.radians(2000 / 32768)
    else:
        assert np.isnan(samples.gyr).all()
    assert samples.tick is not None
    assert np.abs(np.diff(samples.tick) - 1e9 / RATES[family]).max() <= 1
    stops = [b"\x03\x02", b"\x03\x05"] if family == "polar" else [b"\x03\x02"]
    assert radio.peripherals["s"].commands[-len(stops) :] == stops
    assert {level.percent for level in run.of(BatteryLevel)} == {87}


def test_what_is_needed_to_decode_it_again_is_in_its_config() -> None:
    with Run(radio_with(), timing=PATIENT) as run:
        run.wait_for_packets(1)
    (ready,) = run.of(SensorReady)
    assert (ready.info.family, ready.info.rate_hz, ready.info.simulated) == ("polar", 52.0, True)
    assert parse_config(ready.info.config).keys() == {Measurement.ACC, Measurement.GYRO}


def test_frames_are_filled_to_the_links_size_and_each_kind_keeps_its_own_pace() -> None:
    rng = np.random.default_rng(1)
    feed = ArrayFeed(rng.normal(scale=8, size=(4000, 3)), rng.normal(scale=1, size=(4000, 3)), 52.0)
    with Run(radio_with(samples=0, feed=feed), timing=PATIENT) as run:
        run.wait_for_packets(5)
        largest = max(len(block.data) for block in run.of(PacketBlock))
    assert 200 < largest <= FRAME_BYTES
    (samples,) = run.decoded()
    first = int(np.argmin(np.abs(feed.block(0, 200)[0] - samples.acc[0]).sum(axis=1)))
    acc, gyr = feed.block(first, len(samples))
    assert np.abs(samples.acc - acc).max() <= HALF_MG
    assert np.abs(samples.gyr - gyr).max() <= 0.5001 * np.radians(2000 / 32768)


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_after_a_lost_link_it_is_set_up_as_before(family: str) -> None:
    radio = radio_with(family)
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(3)
        radio.out_of_range("s", 0.8)
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.STREAMING, count=2)
        before = len(run.of(PacketBlock))
        run.wait_for_packets(before + 4)
    first, second = run.of(SensorReady)
    assert first.info == second.info
    if family == "polar_acc":
        # It measured on without a link, and had to be stopped first.
        assert radio.peripherals["s"].commands.count(b"\x03\x02") == 2
    earlier, later = run.decoded()
    assert np.all(np.diff(numbers(later)) == 1)
    assert numbers(later)[0] > numbers(earlier)[-1]


def test_a_sensor_in_its_charger_says_so_and_serves_when_it_is_taken_out() -> None:
    radio = radio_with()
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(2)
        within(radio, lambda device: setattr(device, "in_charger", True))
        radio.hang_up("s")
        run.wait_for_state(LinkState.SEARCHING, "it sits in its charger: take it out")
        within(radio, lambda device: setattr(device, "in_charger", False))
        run.wait_for_state(LinkState.STREAMING, count=2)


def test_an_answer_may_come_in_parts() -> None:
    radio = radio_with()
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(2)
        within(radio, lambda device: setattr(device, "largest_answer", 9))
        radio.hang_up("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
    first, second = run.of(SensorReady)
    assert first.info.config == second.info.config


def test_a_sensor_that_stops_by_itself_is_started_again() -> None:
    radio = radio_with()
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(3)
        within(radio, lambda device: device.stop_by_itself())
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.STREAMING, count=2)


def test_a_clock_that_is_set_on_the_way_loses_no_frame() -> None:
    radio = radio_with("polar_acc")
    with Run(radio, timing=PATIENT) as run:
        run.wait_for_packets(3)
        within(radio, lambda device: device.set_clock(2e8))
        run.wait_for_packets(7)
    (samples,) = run.decoded()
    assert np.all(np.diff(numbers(samples)) == 1)
    assert samples.tick is not None
    assert np.diff(samples.tick).max() > 1.9e17


def test_the_watchdog_waits_longer_than_the_longest_frames_seen() -> None:
    timing = LinkTiming()
    for family, samples in ((FAMILY, 130), (ACCELEROMETER_FAMILY, 71)):
        assert timing.stale_after_s(family.notification_interval_s) > 1.5 * samples / family.default_rate_hz
        assert timing.lost_after_s(family.notification_interval_s) <= 10


@pytest.mark.parametrize(("family", "seconds"), [("polar", "2.0"), ("polar_acc", "1.5")])
def test_the_runner_is_told_how_late_everything_comes(family: str, seconds: str) -> None:
    with Run(radio_with(family), timing=PATIENT) as run:
        run.wait_for_packets(1)
    model = LiveModel(Settings(), [], {}, True, lambda: 0)
    ModelListener(model).sensor(run.of(SensorReady)[0].info)
    [line] = model.snapshot().log
    assert line.title == f"Cap sensor sends every {seconds} s"
    assert line.why == f"what you see and hear is up to {seconds} s late"
