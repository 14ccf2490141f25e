"""The Bluetooth source over the virtual air, once through bleak's front on Bumble, once through bleak's own Linux
backend on a private D-Bus: one body, two (with AcquireNotify three) radios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest
from ble_harness import AIR, QUICK, Run, numbers, sensor

from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.sources.radio import Radio
from monitor.values import BatteryLevel, LinkState, PacketBlock, Site
from tests.bluez.bluez_radio import BluezRadio
from tests.bluez.private_bus import needs_dbus_daemon

Worlds: TypeAlias = Callable[..., tuple[SimulatedRadio, Radio]]
PATHS = [
    pytest.param("bumble", marks=pytest.mark.slow),  # tests/sources do much the same on it
    pytest.param("bluez", marks=needs_dbus_daemon),
    pytest.param("bluez acquiring", marks=[needs_dbus_daemon, pytest.mark.slow]),
]


@pytest.fixture(params=PATHS)
def make(request: pytest.FixtureRequest) -> Worlds:
    """Makes a world of virtual sensors, and the radio to reach them by."""

    def build(*sensors: VirtualSensor) -> tuple[SimulatedRadio, Radio]:
        world = SimulatedRadio(sensors, air=AIR)
        if request.param == "bumble":
            return world, world
        return world, BluezRadio(world, acquire=request.param == "bluez acquiring")

    return build


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_everything_arrives_in_order_and_the_battery_is_told(make: Worlds, family: str) -> None:
    _, radio = make(sensor(family))
    with Run(radio) as run:
        run.wait_for_packets(30)
        run.wait(lambda: run.of(BatteryLevel))
    (samples,) = run.decoded()
    assert np.all(np.diff(numbers(samples)) == 1)
    assert run.states()[:3] == [LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING]
    assert all(ready.info.simulated for ready in run.of(SensorReady))


def test_a_stall_ends_in_a_burst_and_loses_nothing(make: Worlds) -> None:
    world, radio = make(sensor("openearable2"))
    with Run(radio) as run:
        run.wait_for_packets(5)
        world.stall("s", 0.3)
        run.wait_for_packets(20)
    (samples,) = run.decoded()
    assert np.all(np.diff(numbers(samples)) == 1)
    assert LinkState.LOST not in run.states()


def test_hang_ups_are_told_and_mended(make: Worlds) -> None:
    world, radio = make(sensor())
    with Run(radio) as run:
        for count in (1, 2):
            run.wait_for_state(LinkState.STREAMING, count=count)
            world.hang_up("s")
            assert "link broke" in run.wait_for_state(LinkState.LOST, count=count).why
        run.wait_for_state(LinkState.STREAMING, count=3)
    assert run.states().count(LinkState.LOST) == 2
    assert all(np.all(np.diff(numbers(samples)) == 1) for samples in run.decoded())


def test_out_of_range_past_the_supervision_timeout_and_back(make: Worlds) -> None:
    world, radio = make(sensor("openearable2"))
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        world.out_of_range("s")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "not in sight")
        world.back_in_range("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
        run.wait(lambda: len(run.decoded()) == 2)
    before, after = run.decoded()
    assert numbers(after)[0] > numbers(before)[-1] + 10, "the runner ran on while the link was down"


def test_out_of_range_while_connecting(make: Worlds) -> None:
    world, radio = make(sensor())
    with Run(radio) as run:
        run.wait_for_state(LinkState.CONNECTING)
        world.out_of_range("s", 1.5)
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states()


def test_silent_though_connected(make: Worlds) -> None:
    world, radio = make(sensor())
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        world.silent("s")
        run.wait_for_state(LinkState.STALE)
        assert "connected, but no data" in run.wait_for_state(LinkState.LOST).why
        world.speak_again("s")
        run.wait_for_state(LinkState.STREAMING, count=2)


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_refused_commands_of_the_set_up(make: Worlds, family: str) -> None:
    world, radio = make(sensor(family))
    world.refuse("s", times=2)
    with Run(radio) as run:
        run.wait_for_state(LinkState.SEARCHING, "refused a command")
        run.wait_for_packets(3)


def test_a_reboot(make: Worlds) -> None:
    world, radio = make(sensor("openearable2", clock_offset_s=3600.0))
    with Run(radio) as run:
        run.wait_for_packets(5)
        world.reboot("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
        run.wait(lambda: len(run.decoded()) == 2)
    before, after = run.decoded()
    assert before.tick is not None
    assert after.tick is not None
    booted_us = [int(s.tick[0]) - 10_000 * int(numbers(s)[0]) for s in (before, after) if s.tick is not None]
    assert booted_us[0] == 3_600_000_000
    assert booted_us[1] < booted_us[0], "the clock started anew"
    assert numbers(after)[0] > numbers(before)[-1]


def test_two_sensors_with_faults_at_the_same_time(make: Worlds) -> None:
    world, radio = make(sensor(key="a", name="WT-a"), sensor("openearable2", key="b", name="OpenEarable-b"))
    wanted = SensorRequest(Site.HEAD, name="OpenEarable-b"), SensorRequest(Site.COLLAR, name="WT-a")
    with Run(radio, *wanted) as run:
        for key in ("head", "collar"):
            run.wait_for_state(LinkState.STREAMING, key=key)
        world.hang_up("a")
        world.out_of_range("b", 1.0)
        for key in ("head", "collar"):
            run.wait_for_state(LinkState.LOST, key=key)
            run.wait_for_state(LinkState.STREAMING, count=2, key=key)
    for key in ("head", "collar"):
        assert run.states(key).count(LinkState.LOST) == 1


def test_stop_at_any_time_is_clean(make: Worlds) -> None:
    for states in ((LinkState.SEARCHING,), (LinkState.CONNECTING,), (LinkState.STREAMING, LinkState.STALE)):
        world, radio = make(sensor())
        with Run(radio, timing=replace(QUICK, farewell_s=0.5, lost_s=5.0)) as run:
            for state in states:
                run.wait_for_state(state)
                world.out_of_range("s")
        assert run.states()[-1] is LinkState.STOPPED


def test_a_radio_serves_run_after_run(make: Worlds) -> None:
    _, radio = make(sensor())
    for _ in range(2):
        with Run(radio) as run:
            run.wait_for_packets(3)
        assert run.of(PacketBlock)
