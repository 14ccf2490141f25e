"""Looks at one device, supported or not, and writes down what it has: for a request to support it.

Read-only by construction: connects, reads the tree of services that the platform found, and the few strings of the
standard Device Information service. Nothing is written, nothing is subscribed to, no other value is read. The serial
number is left out, since it is the owner's business; so is the address.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from monitor.errors import SensorSetupError
from monitor.sources.ble_errors import plain_reason, unavailable
from monitor.sources.ble_finder import readable_name
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.gatt_names import company_name, service_name
from monitor.sources.radio import Radio, RadioBackends

MOST_SERVICES, MOST_CHARACTERISTICS, LONGEST_STRING = 40, 200, 64
DIS_STRINGS = {
    "00002a29-0000-1000-8000-00805f9b34fb": "maker",
    "00002a24-0000-1000-8000-00805f9b34fb": "model",
    "00002a26-0000-1000-8000-00805f9b34fb": "firmware",
    "00002a27-0000-1000-8000-00805f9b34fb": "hardware",
    "00002a28-0000-1000-8000-00805f9b34fb": "software",
}
"""What of the Device Information service is read: never the serial number (2A25)."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One characteristic; `properties` as bleak names them ('read', 'notify', ...)."""

    uuid: str
    name: str
    properties: tuple[str, ...]
    largest_write: int


@dataclass(frozen=True, slots=True)
class Service:
    """One service with its characteristics; `name` is the standard one, or ''."""

    uuid: str
    name: str
    characteristics: tuple[Characteristic, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What a device announced and what it has. `cut`: it has more than is described."""

    name: str
    announced: tuple[str, ...]
    makers: tuple[str, ...]
    information: dict[str, str]
    services: tuple[Service, ...]
    cut: bool
    simulated: bool

    def as_json(self) -> dict[str, object]:
        """Values that `json.dumps` takes."""
        return {
            "format": "headsup-device",
            "version": 1,
            "simulated": self.simulated,
            "name": self.name,
            "announced_services": [{"uuid": uuid, "name": service_name(uuid)} for uuid in self.announced],
            "makers": list(self.makers),
            "information": self.information,
            "services": [
                {
                    "uuid": s.uuid,
                    "name": s.name,
                    "characteristics": [
                        {
                            "uuid": c.uuid,
                            "name": c.name,
                            "properties": list(c.properties),
                            "largest_write": c.largest_write,
                        }
                        for c in s.characteristics
                    ],
                }
                for s in self.services
            ],
            "cut": self.cut,
        }


async def inspect(radio: Radio, ident: str, seconds: float, timing: LinkTiming | None = None) -> Description:
    """Find the device with this id or name within `seconds`, connect, look, and part.

    Raises BluetoothUnavailableError where this computer cannot scan; SensorSetupError where the device is not there, is
    not the only one of its name, or does not let itself be looked at.
    """
    timing = timing if timing is not None else LinkTiming()
    try:
        backends = await within(timing.radio_s, "opening the radio", radio.open())
    except Exception as error:
        raise unavailable(error) from error
    try:
        device, heard = await _find(backends, ident, seconds, timing)
        return await _look(backends, device, heard, timing)
    finally:
        with contextlib.suppress(Exception):
            await within(timing.farewell_s, "closing the radio", radio.close())


async def _find(
    backends: RadioBackends, ident: str, seconds: float, timing: LinkTiming
) -> tuple[BLEDevice, AdvertisementData]:
    scanner = BleakScanner(backend=backends.scanner)
    try:
        await within(timing.radio_s, "starting the scan", scanner.start())
        try:
            await asyncio.sleep(seconds)
        finally:
            await within(timing.radio_s, "stopping the scan", scanner.stop())
    except Exception as error:
        raise unavailable(error) from error
    heard = list(scanner.discovered_devices_and_advertisement_data.values())
    found = [pair for pair in heard if pair[0].address.lower() == ident.lower()]
    found = found or [pair for pair in heard if readable_name(*pair).casefold() == ident.casefold()]
    if not found:
        raise SensorSetupError(
            ident, "looking for it", f"not heard within {seconds:g} s; is it switched on and close by"
        )
    if len(found) > 1:
        ids = " or ".join(device.address for device, _ in found[:3])
        raise SensorSetupError(
            ident, "looking for it", f"{len(found)} devices bear this name; say which by its id: {ids}"
        )
    return found[0]


async def _look(
    backends: RadioBackends, device: BLEDevice, heard: AdvertisementData, timing: LinkTiming
) -> Description:
    name = readable_name(device, heard)
    client = BleakClient(device, timeout=timing.connect_s, backend=backends.client)
    try:
        await within(timing.connect_s, "connecting", client.connect())
        information = await _information(client, timing)
        services, cut = _tree(client)
    except Exception as error:
        raise SensorSetupError(name or device.address, "looking at it", plain_reason(error)) from error
    finally:
        with contextlib.suppress(Exception):
            await within(timing.farewell_s, "disconnecting", client.disconnect())
    return Description(
        name,
        tuple(str(uuid).lower() for uuid in heard.service_uuids[:MOST_SERVICES]),
        tuple(company_name(number) for number in list(heard.manufacturer_data)[:8]),
        information,
        services,
        cut,
        backends.simulated,
    )


async def _information(client: BleakClient, timing: LinkTiming) -> dict[str, str]:
    """The readable strings of the Device Information service; one that does not answer is left out."""
    found = {}
    for characteristic in list(client.services.characteristics.values())[:MOST_CHARACTERISTICS]:
        what = DIS_STRINGS.get(characteristic.uuid.lower())
        if what is None or "read" not in characteristic.properties:
            continue
        with contextlib.suppress(Exception):
            data = await within(timing.step_s, "reading it", client.read_gatt_char(characteristic))
            found[what] = readable(bytes(data))
    return found


def readable(data: bytes) -> str:
    """A device's string fit for a terminal and a file: bounded, without what cannot be printed."""
    text = data[: 4 * LONGEST_STRING].decode("utf-8", "replace").rstrip("\0")
    return "".join(c for c in text if c.isprintable())[:LONGEST_STRING].strip()


def _tree(client: BleakClient) -> tuple[tuple[Service, ...], bool]:
    """The services in the order of their handles, as many as are bounded; whether something was left out."""
    left = MOST_CHARACTERISTICS
    services = sorted(client.services, key=lambda service: service.handle)
    found = []
    cut = len(services) > MOST_SERVICES
    for service in services[:MOST_SERVICES]:
        characteristics = sorted(service.characteristics, key=lambda each: each.handle)
        cut = cut or len(characteristics) > left
        taken = tuple(_characteristic(each) for each in characteristics[:left])
        left -= len(taken)
        found.append(Service(service.uuid.lower(), service_name(service.uuid), taken))
    return tuple(found), cut


def _characteristic(each: BleakGATTCharacteristic) -> Characteristic:
    properties = tuple(sorted(str(word) for word in each.properties))
    return Characteristic(
        each.uuid.lower(), service_name(each.uuid), properties, int(each.max_write_without_response_size)
    )


def inspect_blocking(radio: Radio, ident: str, seconds: float, timing: LinkTiming | None = None) -> Description:
    """`inspect` for callers without an event loop. Runs in a thread of its own, as Windows wants it."""
    result: list[Description] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            result.append(asyncio.run(inspect(radio, ident, seconds, timing)))
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="bluetooth inspection", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return result[0]
