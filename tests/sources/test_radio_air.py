"""The one real scan: who hears it, when it rests, and what of its troubles is told. Without a radio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from ble_harness import QUICK
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakDBusError, BleakError

from monitor.errors import BluetoothUnavailableError
from monitor.sources import radio_air
from monitor.sources.ble_scan import scan
from monitor.sources.radio import RadioBackends
from monitor.sources.radio_air import SharedAir

IN_PROGRESS = ("org.bluez.Error.InProgress", ["Operation already in progress"])


class Adapter:
    """A scanner and a client that do what the test says, and a count of what is on."""

    def __init__(self) -> None:
        self.on: list[Any] = []
        self.starts = self.connecting = self.most_connecting = 0
        self.on_start: Callable[[], Awaitable[None]] | None = None
        self.on_stop: Callable[[], Awaitable[None]] | None = None
        self.on_connect: Callable[[], Awaitable[None]] | None = None
        adapter = self

        class Scanner(BaseBleakScanner):
            def __init__(self, callback: Any, *args: Any, **kwargs: Any) -> None:
                super().__init__(callback, None)

            async def start(self) -> None:
                adapter.starts += 1
                if adapter.on_start:
                    await adapter.on_start()
                adapter.on.append(self)

            async def stop(self) -> None:
                if self in adapter.on:
                    adapter.on.remove(self)
                if adapter.on_stop:
                    await adapter.on_stop()

        class Client:
            def __init__(self, device: BLEDevice, **_: Any) -> None:
                self.address = device.address

            async def connect(self, pair: bool) -> None:
                assert not adapter.on, "a scan is on"
                adapter.connecting += 1
                adapter.most_connecting = max(adapter.most_connecting, adapter.connecting)
                try:
                    await (adapter.on_connect() if adapter.on_connect else asyncio.sleep(0.01))
                finally:
                    adapter.connecting -= 1

            async def disconnect(self) -> None:
                pass

        self.backends = RadioBackends(Scanner, Client)  # type: ignore[arg-type]

    def announce(self, name: str) -> None:
        heard = AdvertisementData(name, {}, {}, ["1816"], None, -50, ())
        for scanner in list(self.on):
            scanner.call_detection_callbacks(BLEDevice(f"of {name}", name, None), heard)


def listener(air: SharedAir, heard: list[str], **options: Any) -> BleakScanner:
    return BleakScanner(lambda _, said: heard.append(str(said.local_name)), backend=air.backends.scanner, **options)


def client(air: SharedAir, address: str = "A") -> BleakClient:
    return BleakClient(BLEDevice(address, "x", None), backend=air.backends.client)


async def test_all_hear_the_one_scan_and_the_last_to_leave_ends_it() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)
    one, two, neither = [], [], []
    first, second = listener(air, one), listener(air, two)
    third = listener(air, neither, service_uuids=["180d"])
    await first.start()
    adapter.announce("a")
    await asyncio.gather(second.start(), third.start())
    adapter.announce("b")
    await first.stop()
    await first.stop()
    adapter.announce("c")
    assert (one, two, neither) == (["a", "b"], ["b", "c"], [])
    assert [d.name for d in second.discovered_devices] == ["b", "c"]
    assert (adapter.starts, len(adapter.on)) == (1, 1)
    await second.stop()
    await third.stop()
    assert adapter.on == []


async def test_one_who_fails_at_what_it_hears_does_not_deafen_the_others(caplog: pytest.LogCaptureFixture) -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)
    heard: list[str] = []
    fails = BleakScanner(lambda _, __: heard.append(str(1 / 0)), backend=air.backends.scanner)
    await fails.start()
    await listener(air, heard).start()
    adapter.announce("a")
    assert heard == ["a"]
    assert "could not be handed on" in caplog.text
    await air.close()
    assert adapter.on == []


async def test_the_scan_rests_while_one_after_the_other_connects_and_goes_on_after() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)
    heard: list[str] = []
    await listener(air, heard).start()
    await asyncio.gather(*(client(air, address).connect() for address in "ABC"))
    assert adapter.most_connecting == 1
    while not adapter.on:
        await asyncio.sleep(0.001)
    adapter.announce("again")
    assert heard == ["again"]
    await air.close()


async def test_who_begins_to_listen_while_somebody_connects_waits_for_nothing() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)
    connected = asyncio.Event()
    adapter.on_connect = connected.wait
    connecting = asyncio.create_task(client(air).connect())
    await asyncio.sleep(0.01)
    await asyncio.wait_for(listener(air, []).start(), 1)
    assert adapter.on == []
    connected.set()
    await connecting
    while not adapter.on:
        await asyncio.sleep(0.001)
    await air.close()


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
async def test_a_connection_that_fails_gives_the_turn_and_the_scan_back(how: str) -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)
    await listener(air, []).start()

    async def fail() -> None:
        if how == "fails":
            raise BleakError("no")
        await asyncio.Event().wait()

    adapter.on_connect = fail
    with pytest.raises((BleakError, TimeoutError)):
        await asyncio.wait_for(client(air).connect(), 0.05)
    adapter.on_connect = None
    await client(air).connect()
    while not adapter.on:
        await asyncio.sleep(0.001)
    await air.close()


async def test_other_faults_of_the_scan_are_raised_at_once_and_leave_nothing_behind() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)

    async def fail() -> None:
        raise BleakDBusError("org.bluez.Error.NotReady", ["off"])

    adapter.on_start = fail
    with pytest.raises(BleakDBusError):
        await listener(air, []).start()
    assert adapter.starts == 1
    adapter.on_start = None
    heard: list[str] = []
    await listener(air, heard).start()
    adapter.announce("a")
    assert heard == ["a"]
    await air.close()


async def test_a_busy_adapter_does_not_keep_somebody_from_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_air, "PAUSES_S", (0.05,) * 1000)
    adapter = Adapter()
    air = SharedAir(adapter.backends, QUICK)

    async def refuse() -> None:
        raise BleakDBusError(*IN_PROGRESS)

    adapter.on_start = refuse
    searching = asyncio.create_task(listener(air, []).start())
    await asyncio.sleep(0.01)
    await asyncio.wait_for(client(air).connect(), 1)
    adapter.on_start = None
    await asyncio.wait_for(searching, 1)
    while not adapter.on:
        await asyncio.sleep(0.001)
    await air.close()


async def test_an_old_scan_is_renewed_when_somebody_joins() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, replace(QUICK, search_s=0.02))
    await listener(air, []).start()
    await listener(air, []).start()
    assert adapter.starts == 1
    await asyncio.sleep(0.03)
    await listener(air, []).start()
    assert (adapter.starts, len(adapter.on)) == (2, 1)
    await air.close()


async def test_a_stop_that_fails_or_hangs_is_overlooked() -> None:
    adapter = Adapter()
    air = SharedAir(adapter.backends, replace(QUICK, farewell_s=0.05))

    async def refuse() -> None:
        raise BleakDBusError(*IN_PROGRESS)

    async def hang() -> None:
        await asyncio.Event().wait()

    for trouble in (refuse, hang):
        adapter.on_stop = trouble
        ear = listener(air, [])
        await ear.start()
        await ear.stop()
        assert adapter.on == []


async def test_a_look_around_keeps_what_it_heard_although_the_scan_does_not_stop_well() -> None:
    adapter = Adapter()

    async def refuse() -> None:
        raise BleakDBusError(*IN_PROGRESS)

    class Radio:
        async def open(self) -> RadioBackends:
            return adapter.backends

        async def close(self) -> None:
            pass

    adapter.on_stop = refuse
    asyncio.get_running_loop().call_later(0.05, adapter.announce, "Belt 7")
    assert [seen.name for seen in await scan(Radio(), 0.1, QUICK)] == ["Belt 7"]


async def test_a_look_around_says_when_the_adapter_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_air, "PAUSES_S", (0.01, 0.01))
    adapter = Adapter()

    async def refuse() -> None:
        raise BleakDBusError(*IN_PROGRESS)

    class Radio:
        async def open(self) -> RadioBackends:
            return adapter.backends

        async def close(self) -> None:
            pass

    adapter.on_start = refuse
    with pytest.raises(BluetoothUnavailableError, match="busy with another search"):
        await scan(Radio(), 0.1, QUICK)
    assert adapter.starts == 3


# ---------------------------------------------------------------- devices that the computer still holds


async def test_devices_still_held_are_heard_by_all_until_somebody_tries_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adapter = Adapter()
    asked: list[list[str]] = []

    class System:
        @classmethod
        async def get(cls) -> System:
            return cls()

        async def get_connected_devices(self, services: list[str]) -> list[BLEDevice]:
            asked.append(services)
            return [BLEDevice("A", "Belt", None)] if services != ["180d"] else []

    def scanner(callback: Any, backend: None) -> BaseBleakScanner:
        assert backend is None
        return adapter.backends.scanner(callback)  # type: ignore[misc, arg-type, call-arg]

    monkeypatch.setattr(radio_air, "BleakAdapter", System)
    monkeypatch.setattr(radio_air, "BleakScanner", scanner)
    air = SharedAir(RadioBackends(None, adapter.backends.client), QUICK, ["1826", "180d", "1814"])
    services: list[list[str]] = []
    ears = [BleakScanner(lambda _, h: services.append(h.service_uuids), backend=air.backends.scanner) for _ in range(3)]
    await ears[0].start()
    await ears[1].start()
    assert services == [["1826", "1814"]] * 2
    assert asked == [["1826"], ["180d"], ["1814"]]
    belt = client(air)
    await belt.connect()
    await ears[2].start()
    assert len(services) == 2, "now it is held rightly"
    await belt.disconnect()
    for ear in ears:
        await ear.stop()
    await ears[0].start()
    assert len(services) == 2, "it was tried just now"
    await ears[0].stop()
    await asyncio.sleep(QUICK.same_name_s)
    await ears[0].start()
    assert len(services) == 3, "the computer still holds it: letting go has failed"
    await air.close()


async def test_on_a_virtual_radio_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class System:
        @classmethod
        async def get(cls) -> System:
            raise AssertionError

    monkeypatch.setattr(radio_air, "BleakAdapter", System)
    air = SharedAir(Adapter().backends, QUICK, ["1826"])
    await listener(air, []).start()
    await air.close()
