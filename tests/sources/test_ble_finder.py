"""The shared scan: who gets which device. Against a scanner and an adapter made for the test, without a radio."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from ble_harness import QUICK
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

from monitor.sensors import witmotion
from monitor.sensors.base import SensorFamily
from monitor.sources import ble_finder
from monitor.sources.ble_finder import Candidate, DeviceFinder, readable_name

FAMILY = witmotion.FAMILY


def anything(_: Candidate) -> SensorFamily | None:
    return FAMILY


def nothing(_: Candidate) -> SensorFamily | None:
    return None


class Air:
    """What can be heard, and a count of the scans."""

    def __init__(self) -> None:
        self.devices: list[tuple[str, str, int]] = []
        self.starts = 0
        self.scanning = 0
        air = self

        class Scanner(BaseBleakScanner):
            def __init__(self, callback: Any, *args: Any, **kwargs: Any) -> None:
                super().__init__(callback, None)

            async def start(self) -> None:
                self.seen_devices = {}
                air.starts += 1
                air.scanning += 1
                self._task = asyncio.ensure_future(self._advertise())

            async def _advertise(self) -> None:
                while True:
                    for address, name, rssi in air.devices:
                        heard = AdvertisementData(name, {}, {}, [], None, rssi, ())
                        device = self.create_or_update_device(address, address, name, None, heard)
                        self.call_detection_callbacks(device, heard)
                    await asyncio.sleep(0.01)

            async def stop(self) -> None:
                air.scanning -= 1
                self._task.cancel()

        self.scanner = Scanner


async def test_one_scan_serves_two_searches_and_gives_each_its_own_device() -> None:
    air = Air()
    air.devices = [("A", "WT-a", -50), ("B", "WT-b", -60)]
    finder = DeviceFinder(air.scanner, QUICK)
    one, two = await asyncio.gather(finder.find("head", anything), finder.find("collar", anything))
    await finder.close()
    assert one is not None
    assert two is not None
    assert {one.candidate.address, two.candidate.address} == {"A", "B"}
    assert air.starts == 1
    assert air.scanning == 0


async def test_a_claimed_device_is_free_again_only_after_its_owner_released_it() -> None:
    air = Air()
    air.devices = [("A", "WT-a", -50)]
    finder = DeviceFinder(air.scanner, replace(QUICK, search_s=0.1))
    assert await finder.find("head", anything) is not None
    assert await finder.find("collar", anything) is None
    finder.release("collar", "A")
    assert await finder.find("collar", anything) is None, "only the owner can release"
    finder.release("head", "a")
    assert await finder.find("collar", anything) is not None
    await finder.close()


async def test_two_free_choices_share_out_the_two_strongest() -> None:
    air = Air()
    air.devices = [("A", "WT-a", -90), ("B", "WT-b", -40), ("C", "WT-c", -50)]
    finder = DeviceFinder(air.scanner, replace(QUICK, search_s=2.0))
    found = await asyncio.gather(*(finder.find(owner, anything, choose_s=0.05) for owner in ("head", "collar")))
    await finder.close()
    assert {f.candidate.address for f in found if f is not None} == {"B", "C"}


async def test_no_scan_while_someone_connects_and_the_search_goes_on_after() -> None:
    air = Air()
    finder = DeviceFinder(air.scanner, replace(QUICK, search_s=2.0))
    searching = asyncio.ensure_future(finder.find("collar", anything))
    await asyncio.sleep(0.03)
    assert air.scanning == 1
    async with finder.quiet():
        assert air.scanning == 0
        await asyncio.sleep(0.05)
        assert air.scanning == 0
    air.devices = [("A", "WT-a", -50)]
    assert await searching is not None
    await finder.close()
    assert air.scanning == 0


async def test_only_one_connects_at_a_time() -> None:
    finder = DeviceFinder(Air().scanner, QUICK)
    inside = 0

    async def connect() -> None:
        nonlocal inside
        async with finder.quiet():
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(connect() for _ in range(3)))


async def test_a_cancelled_search_ends_the_scan() -> None:
    air = Air()
    finder = DeviceFinder(air.scanner, QUICK)
    searching = asyncio.ensure_future(finder.find("head", nothing))
    await asyncio.sleep(0.03)
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    await asyncio.sleep(0.03)
    assert air.scanning == 0
    await finder.close()


async def test_a_long_search_renews_its_scan() -> None:
    air = Air()
    finder = DeviceFinder(air.scanner, replace(QUICK, search_s=0.1))
    searches = [asyncio.ensure_future(finder.find("head", nothing))]
    await asyncio.sleep(0.05)
    searches.append(asyncio.ensure_future(finder.find("collar", nothing)))
    assert await asyncio.gather(*searches) == [None, None]
    await finder.close()
    assert air.starts == 2


async def test_devices_still_held_by_the_computer_are_offered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # After a crash BlueZ keeps the old connection: the sensor does not advertise, and only this list shows it.
    air = Air()
    asked: list[list[str]] = []

    class Adapter:
        @classmethod
        async def get(cls) -> Adapter:
            return cls()

        async def get_connected_devices(self, services: list[str]) -> list[BLEDevice]:
            asked.append(services)
            return [BLEDevice("A", "WT-held", None)]

    def scanner(callback: Any, backend: None) -> BaseBleakScanner:
        assert backend is None
        return air.scanner(callback)

    monkeypatch.setattr(ble_finder, "BleakAdapter", Adapter)
    monkeypatch.setattr(ble_finder, "BleakScanner", scanner)
    finder = DeviceFinder(None, replace(QUICK, search_s=0.2), [FAMILY.service])
    found = await finder.find("head", lambda c: FAMILY if FAMILY.service in c.services else None)
    assert found is not None
    assert found.candidate.name == "WT-held"
    assert await finder.find("collar", nothing) is None
    await finder.close()
    assert asked == [[FAMILY.service]]


@pytest.mark.parametrize(
    ("advertised", "readable"),
    [
        ("WT901", "WT901"),
        ("\x1b[2J\x1b[31mWT\r\n", "[2J[31mWT"),
        ("a" * 10_000, "a" * 64),
        ("\u202eWT", "WT"),
        ("  ", ""),
        (None, ""),
    ],
)
def test_names_from_strangers_are_made_harmless(advertised: str | None, readable: str) -> None:
    heard = AdvertisementData(advertised, {}, {}, [], None, -50, ())
    assert readable_name(BLEDevice("A", None, None), heard) == readable
