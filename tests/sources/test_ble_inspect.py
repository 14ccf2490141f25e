"""A closer look at one device over the virtual radio: what it has is told, and nothing is ever written to it."""

from __future__ import annotations

import json

import pytest
from ble_harness import AIR, QUICK, sensor
from bumble.gatt import GATT_DEVICE_INFORMATION_SERVICE, Characteristic, Service
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import BluetoothUnavailableError, SensorSetupError
from monitor.sensors import openearable
from monitor.simulator.world import FAMILIES, SimulatedRadio
from monitor.sources import ble_inspect
from monitor.sources.ble_inspect import inspect_blocking, readable
from monitor.sources.gatt_names import COMPANIES, company_name, service_name, short_uuid

EAR, STRAP = "F2:51:00:00:00:0A", "F2:51:00:00:00:0B"


def around() -> SimulatedRadio:
    return SimulatedRadio(
        [
            sensor("openearable2", key="ear", name="Twin", address=EAR),
            sensor("polar_acc", key="strap", name="Twin", address=STRAP),
        ],
        air=AIR,
    )


def test_a_device_is_described_as_it_is_and_nothing_is_written_to_it() -> None:
    radio = around()
    found = inspect_blocking(radio, EAR.lower(), 0.4, QUICK)
    assert found.simulated
    assert (found.name, found.cut) == ("Twin", False)
    services = {service.uuid: service for service in found.services}
    data = {c.uuid: c for c in services[openearable.FAMILY.service].characteristics}[openearable.FAMILY.data]
    assert data.properties == ("notify",)
    assert services["0000180f-0000-1000-8000-00805f9b34fb"].name == "Battery Service"
    assert radio.peripherals["ear"].commands == []
    assert radio.peripherals["strap"].commands == []
    assert not radio.peripherals["ear"].is_streaming
    text = json.dumps(found.as_json())
    assert EAR not in text.upper()


def test_device_information_is_read_without_the_serial_number(monkeypatch: pytest.MonkeyPatch) -> None:
    radio = around()
    readable_flag, read = Characteristic.READABLE, Characteristic.Properties.READ
    table = {"2A29": b"Maker\0", "2A24": b"M\x1b[31m1", "2A25": b"SECRET-42", "2A26": b"x" * 300, "2A23": b"12345678"}
    extra = Service(
        GATT_DEVICE_INFORMATION_SERVICE,
        [Characteristic(uuid, read, readable_flag, value) for uuid, value in table.items()],
    )
    kind = FAMILIES["openearable2"]
    own = kind._services
    monkeypatch.setattr(kind, "_services", lambda self: [*own(self), extra])
    found = inspect_blocking(radio, EAR, 0.4, QUICK)
    assert found.information == {"maker": "Maker", "model": "M[31m1", "firmware": "x" * 64}
    assert "SECRET" not in json.dumps(found.as_json())


def test_what_has_far_too_much_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ble_inspect, "MOST_SERVICES", 2)
    monkeypatch.setattr(ble_inspect, "MOST_CHARACTERISTICS", 3)
    found = inspect_blocking(around(), EAR, 0.4, QUICK)
    assert found.cut
    assert len(found.services) == 2
    assert sum(len(service.characteristics) for service in found.services) <= 3


def test_a_name_that_two_bear_is_refused_with_both_ids() -> None:
    with pytest.raises(SensorSetupError) as refused:
        inspect_blocking(around(), "twin", 0.5, QUICK)
    assert EAR in str(refused.value)
    assert STRAP in str(refused.value)


def test_what_is_not_there_is_said_in_a_sentence() -> None:
    radio = around()
    with pytest.raises(SensorSetupError, match="not heard within"):
        inspect_blocking(radio, "F0:00:00:00:00:00", 0.2, QUICK)


def test_no_bluetooth_is_said_with_its_remedy() -> None:
    class Broken:
        async def open(self) -> None:
            raise FileNotFoundError("/run/dbus/system_bus_socket")

        async def close(self) -> None: ...

    with pytest.raises(BluetoothUnavailableError):
        inspect_blocking(Broken(), EAR, 0.2, QUICK)  # type: ignore[arg-type]


@given(st.binary(max_size=400))
def test_a_devices_strings_are_bounded_and_printable(data: bytes) -> None:
    text = readable(data)
    assert len(text) <= ble_inspect.LONGEST_STRING
    assert text.isprintable()


def test_names_of_services_and_makers() -> None:
    from bleak.backends._manufacturers import MANUFACTURERS

    assert service_name("0000180F-0000-1000-8000-00805f9b34fb") == "Battery Service"
    assert service_name(openearable.FAMILY.service) == ""
    assert short_uuid("0000180f-0000-1000-8000-00805f9b34fb") == "180F"
    assert short_uuid("0000ffe5-0000-1000-8000-00805f9a34fb").startswith("0000ffe5-"), "not on the SIG's base"
    assert company_name(0x1234) == "maker 0x1234"
    for number, name in COMPANIES.items():  # what bleak's list holds as well says the same
        assert name.split()[0] in MANUFACTURERS.get(number, name)
