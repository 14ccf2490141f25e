"""What goes wrong with the computer's own Bluetooth on Linux: nothing ends the reader, and it says what is wrong."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from ble_harness import AIR, QUICK, Run, sensor

from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import LinkTiming
from monitor.values import LinkState
from tests.bluez.bluez_radio import BluezRadio
from tests.bluez.bluez_service import BluezService
from tests.bluez.private_bus import needs_dbus_daemon
from tests.bluez.refusal import RefusalError

pytestmark = needs_dbus_daemon

IN_PROGRESS = RefusalError("org.bluez.Error.InProgress", "Operation already in progress")
BY_LOCAL = RefusalError("org.bluez.Error.Failed", "le-connection-abort-by-local")
BY_PEER = RefusalError("org.bluez.Error.Failed", "le-connection-abort-by-peer")


class Scene:
    """A reader on one virtual sensor, beyond our org.bluez."""

    def __init__(self, *sensors: VirtualSensor, timing: LinkTiming = QUICK) -> None:
        self.world = SimulatedRadio(sensors or [sensor()], air=AIR)
        self.radio = BluezRadio(self.world)
        self.run = Run(self.radio, timing=timing)

    @property
    def service(self) -> BluezService:
        assert self.radio.service is not None
        return self.radio.service

    def back_again(self, count: int = 2) -> None:
        """Until data comes again, and it was lost as often as it had to come back."""
        self.run.wait_for_state(LinkState.STREAMING, count=count)
        assert self.run.states().count(LinkState.LOST) == count - 1


@pytest.mark.parametrize(
    ("member", "refusals", "why"),
    [
        ("StartDiscovery", [IN_PROGRESS] * 2, ""),
        ("Connect", [BY_LOCAL], ""),
        ("Connect", [BY_PEER], "Bluetooth trouble"),
        ("ReadValue", [IN_PROGRESS] * 3, ""),
        ("WriteValue", [IN_PROGRESS] * 3, ""),
        ("StartNotify", [RefusalError("org.bluez.Error.NotPermitted", "Notify acquired")], "Bluetooth trouble"),
    ],
)
def test_what_bluez_refuses_is_tried_again(member: str, refusals: list[RefusalError], why: str) -> None:
    scene = Scene(sensor("openearable2"))
    scene.radio.refusals[member] = list(refusals)
    with scene.run as run:
        if why:
            run.wait_for_state(LinkState.SEARCHING, why)
        run.wait_for_packets(3)
        assert not scene.service.refusals[member], "all were met"
    assert LinkState.LOST not in run.states(), "what never streamed cannot be lost"


def test_the_adapter_off_and_on() -> None:
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.radio.trouble(scene.service.power(False))
        run.wait_for_state(LinkState.LOST)
        assert "Switch Bluetooth on" in run.wait_for_state(LinkState.SEARCHING, "switched off").why
        scene.radio.trouble(scene.service.power(True))
        scene.back_again()


@pytest.mark.slow
def test_the_adapter_off_from_the_start() -> None:
    scene = Scene()
    scene.radio.powered = False
    with scene.run as run:
        run.wait_for_state(LinkState.SEARCHING, "switched off")
        scene.radio.trouble(scene.service.power(True))
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states()


@pytest.mark.slow
def test_the_adapter_pulled_out_and_put_in_again() -> None:
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.radio.trouble(scene.service.unplug())
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "no Bluetooth adapter")
        scene.radio.trouble(scene.radio.plug_in())
        scene.back_again()


def test_bluetoothd_gone_and_back() -> None:
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.radio.trouble(scene.radio.crash())
        # bleak says 'connected' all the while: only the silence of the data tells.
        assert "no data" in run.wait_for_state(LinkState.LOST).why
        run.wait_for_state(LinkState.SEARCHING, "service is not running")
        scene.radio.trouble(scene.radio.revive())
        scene.back_again()


@pytest.mark.slow
def test_bluetoothd_restarted_at_once() -> None:
    """By systemd, within the time that the silence takes to be noticed."""
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.radio.trouble(scene.radio.crash())
        scene.radio.trouble(scene.radio.revive())
        run.wait_for_state(LinkState.LOST)
        scene.back_again()


def test_bluetoothd_hangs_for_a_while() -> None:
    scene = Scene(timing=replace(QUICK, radio_s=0.4, farewell_s=0.3))
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.service.hang()
        run.wait_for_state(LinkState.LOST, "no data")
        run.wait_for_state(LinkState.SEARCHING, "does not answer")
        scene.radio.trouble(scene.radio.come_round())
        scene.back_again()


@pytest.mark.slow
def test_bluetoothd_hangs_for_good_and_the_run_is_stopped() -> None:
    scene = Scene(timing=replace(QUICK, radio_s=0.4, farewell_s=0.3))
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.service.hang()
    assert run.states()[-1] is LinkState.STOPPED


def test_the_bus_itself_gone_and_back() -> None:
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.radio.trouble(scene.radio.lose_bus())
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "Bluetooth is not available")
        scene.radio.trouble(scene.radio.restore_bus())
        scene.back_again()


@pytest.mark.slow
def test_no_bluetoothd_and_no_bus_from_the_start() -> None:
    scene = Scene()
    scene.radio.served = False
    with scene.run as run:
        run.wait_for_state(LinkState.SEARCHING, "service is not running")
        scene.radio.trouble(scene.radio.lose_bus())
        run.wait_for_state(LinkState.SEARCHING, "no Bluetooth service was found")
        scene.radio.trouble(scene.radio.restore_bus())
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states()


def test_a_sensor_that_the_computer_still_holds_from_a_crash_of_ours() -> None:
    """It is connected, so it does not announce itself; BlueZ knows it."""
    scene = Scene(sensor("openearable2"))
    scene.radio.held = "s"
    with scene.run as run:
        run.wait_for_packets(3)
        assert "Connect" not in scene.service.calls
    assert len(run.of(SensorReady)) == 1


def test_a_sensor_that_could_not_be_let_go_of_is_taken_again() -> None:
    """It fell silent; BlueZ refuses to disconnect it, and while it is held it does not announce itself."""
    scene = Scene(sensor("openearable2"))
    scene.radio.refusals["Disconnect"] = [RefusalError("org.bluez.Error.Failed", "")]
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        scene.world.silent("s", 1.0)
        run.wait_for_state(LinkState.LOST, "no data")
        scene.back_again()
        assert scene.service.calls.count("Connect") == 1


@pytest.mark.slow
def test_losing_links_leaves_no_connection_to_the_bus_behind() -> None:
    scene = Scene()
    with scene.run as run:
        run.wait_for_state(LinkState.STREAMING)
        before = _open_sockets()
        for count in range(2, 5):
            scene.world.hang_up("s")
            run.wait_for_state(LinkState.STREAMING, count=count)
        assert _open_sockets() <= before


def _open_sockets() -> int:
    """Of this process."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    return sum(1 for link in links if link.is_symlink() and os.readlink(link).startswith("socket:"))
