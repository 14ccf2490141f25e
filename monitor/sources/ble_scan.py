"""What is in range: a look around, without connecting to anything."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

from bleak import BleakScanner

from monitor.sensors import registry
from monitor.sources.ble_errors import unavailable
from monitor.sources.ble_finder import readable_name
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.companions import recognise
from monitor.sources.radio import Radio
from monitor.sources.radio_air import SharedAir


@dataclass(frozen=True, slots=True)
class Seen:
    """A device that announced itself; `family` is the key of the supported family it seems to be, if any;
    `companion` what it may be beside the posture sensors ('treadmill', 'foot pod', 'heart strap'), or ''; `services`
    what it announces (UUIDs in small letters), `makers` its manufacturer numbers."""

    name: str
    address: str
    rssi_dbm: int
    family: str | None
    companion: str = ""
    services: tuple[str, ...] = ()
    makers: tuple[int, ...] = ()


MOST_ANNOUNCED = 16
"""Of each kind; more does not fit into an announcement anyway."""


async def scan(radio: Radio, seconds: float, timing: LinkTiming | None = None) -> list[Seen]:
    """All that announce themselves within `seconds`: supported sensors first, then by signal strength.

    Raises BluetoothUnavailableError with a remedy when this computer cannot scan.
    """
    timing = timing if timing is not None else LinkTiming()
    limit_s = timing.radio_s
    try:
        backends = await within(limit_s, "opening the radio", radio.open())
        try:
            scanner = BleakScanner(backend=SharedAir(backends, timing).backends.scanner)
            await within(limit_s, "starting the scan", scanner.start())
            try:
                await asyncio.sleep(seconds)
            finally:
                await within(limit_s, "stopping the scan", scanner.stop())
            heard = scanner.discovered_devices_and_advertisement_data
        finally:
            await within(limit_s, "closing the radio", radio.close())
    except Exception as error:
        raise unavailable(error) from error
    plug_ins = registry.plug_ins().families
    found = []
    for device, advertisement in heard.values():
        name = readable_name(device, advertisement)
        family = registry.match(name, advertisement.service_uuids, plug_ins)
        kinds = () if family is not None else recognise(advertisement.service_uuids, advertisement.service_data)
        companion = kinds[0].label if kinds else ""
        key = family.key if family is not None else None
        services = tuple(str(uuid).lower() for uuid in advertisement.service_uuids[:MOST_ANNOUNCED])
        makers = tuple(int(number) for number in list(advertisement.manufacturer_data)[:MOST_ANNOUNCED])
        found.append(Seen(name, device.address, advertisement.rssi, key, companion, services, makers))
    return sorted(found, key=lambda s: (s.family is None, not s.companion, -s.rssi_dbm, s.name, s.address))


def scan_blocking(radio: Radio, seconds: float, timing: LinkTiming | None = None) -> list[Seen]:
    """`scan` for callers without an event loop. Runs in a thread of its own, as Windows wants it."""
    result: list[Seen] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            result.extend(asyncio.run(scan(radio, seconds, timing)))
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="bluetooth scan", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return result
