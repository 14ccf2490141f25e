"""The doctor's question to BlueZ, asked over a real D-Bus daemon of our own with a made-up adapter on it."""

import asyncio
import shutil
import subprocess

import pytest

from monitor.doctor import bluetooth, bluetooth_linux

pytest.importorskip("dbus_fast", reason="comes with bleak on Linux only")

from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property


class FakeAdapter(ServiceInterface):
    """As much of BlueZ's adapter as the doctor looks at."""

    def __init__(self, powered: bool) -> None:
        super().__init__("org.bluez.Adapter1")
        self.powered = powered

    @dbus_property(access=PropertyAccess.READ)
    def Alias(self) -> "s":  # noqa: F821
        return "test laptop"

    @dbus_property(access=PropertyAccess.READ)
    def Powered(self) -> "b":  # noqa: F821
        return self.powered

    @dbus_property(access=PropertyAccess.READ)
    def Roles(self) -> "as":  # noqa: F722
        return ["central", "peripheral"]


class FakeDevice(ServiceInterface):
    """A sensor that a run which broke off left connected."""

    def __init__(self) -> None:
        super().__init__("org.bluez.Device1")

    @dbus_property(access=PropertyAccess.READ)
    def Alias(self) -> "s":  # noqa: F821
        return "WT901BLE68"

    @dbus_property(access=PropertyAccess.READ)
    def Address(self) -> "s":  # noqa: F821
        return "D0:00:00:00:00:01"

    @dbus_property(access=PropertyAccess.READ)
    def Connected(self) -> "b":  # noqa: F821
        return True


@pytest.fixture
def private_bus(tmp_path, monkeypatch):
    """A D-Bus daemon of our own that plays the system bus; its address."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    config = tmp_path / "bus.conf"
    config.write_text(
        f"<busconfig><type>system</type><listen>unix:path={tmp_path}/bus</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow own="*"/>'
        '<allow eavesdrop="true"/><allow user="*"/></policy></busconfig>'
    )
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.wait(5)
    daemon.stdout.close()


def test_a_bus_without_bluez(private_bus):
    service, *_ = bluetooth.findings()
    assert service.sentence == "BlueZ, the Bluetooth service of Linux, is not running."


@pytest.mark.parametrize(("powered", "held"), [(True, False), (True, True), (False, False)])
async def test_a_bluez_with_an_adapter(private_bus, powered, held, monkeypatch):
    bus = await MessageBus(bus_address=private_bus).connect()
    bus.export("/org/bluez/hci0", FakeAdapter(powered))
    if held:
        bus.export("/org/bluez/hci0/dev_D0_00_00_00_00_01", FakeDevice())
    await bus.request_name("org.bluez")
    monkeypatch.setattr(bluetooth_linux, "read_kernel", lambda _: bluetooth_linux.Kernel(("hci0",)))
    service, adapter, *others = await asyncio.to_thread(bluetooth.findings)
    assert [f.topic for f in others] == (["Connected sensor"] if held else [])
    assert all("bluetoothctl disconnect D0:00:00:00:00:01" in f.remedy for f in others)
    bus.disconnect()
    await bus.wait_for_disconnect()
    assert service.state == "ok"
    assert adapter.state == ("ok" if powered else "missing")
    assert ("test laptop" in adapter.sentence) == powered


def test_a_computer_without_a_system_bus(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    service, *_ = bluetooth.findings()
    assert "no system D-Bus" in service.sentence
