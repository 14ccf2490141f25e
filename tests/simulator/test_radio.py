"""The virtual air and bleak's backend on it, without the reader: what a link layer does and Bumble leaves out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError, BleakGATTProtocolError

from monitor.errors import UnknownSensorError
from monitor.sensors import openearable
from monitor.sensors.battery_level import BATTERY_LEVEL
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.radio import AirSettings
from monitor.simulator.world import Fault, FaultKind, SimulatedRadio
from monitor.sources.radio import RadioBackends

AIR = AirSettings(connection_interval_s=0.005, supervision_timeout_s=0.3, advertising_loss=0.0)
FEED = ArrayFeed(np.full((100, 3), 1.0), np.zeros((100, 3)), 100.0, loop=True)
SENSOR = VirtualSensor("s", "openearable2", FEED)
START = bytes((0, 1, 1))


@asynccontextmanager
async def opened(radio: SimulatedRadio) -> AsyncIterator[RadioBackends]:
    before = asyncio.all_tasks()
    backends = await radio.open()
    try:
        yield backends
    finally:
        await radio.close()
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() <= before, "the radio left tasks behind"


async def find(backends: RadioBackends, timeout: float = 5.0) -> BLEDevice | None:
    assert backends.scanner is not None
    return await BleakScanner.find_device_by_filter(lambda *_: True, timeout=timeout, backend=backends.scanner)


@asynccontextmanager
async def connected(
    backends: RadioBackends, on_loss: Callable[[BleakClient], None] | None = None
) -> AsyncIterator[BleakClient]:
    device = await find(backends)
    assert device is not None
    async with BleakClient(device, disconnected_callback=on_loss, timeout=5, backend=backends.client) as client:
        yield client


async def test_services_are_the_real_layout_and_the_mtu_is_negotiated() -> None:
    async with opened(SimulatedRadio([SENSOR], air=AIR)) as backends, connected(backends) as client:
        config = client.services.get_characteristic(openearable.CONFIG)
        assert config is not None
        assert config.service_uuid == openearable.SERVICE
        assert config.max_write_without_response_size == 244
        assert await client.read_gatt_char(openearable.SENSOR_LIST) == bytes((1, 0))
        assert await client.read_gatt_char(BATTERY_LEVEL) == bytes((87,))
        assert client.name == "HeadsUp-SIMULATED"


@pytest.mark.parametrize(("command", "code"), [(b"\0", 0x0D), (bytes((0, 9, 1)), 0x13), (bytes((5, 0, 1)), 0x13)])
async def test_a_bad_command_gets_an_att_error_with_its_code(command: bytes, code: int) -> None:
    async with opened(SimulatedRadio([SENSOR], air=AIR)) as backends, connected(backends) as client:
        with pytest.raises(BleakGATTProtocolError) as caught:
            await client.write_gatt_char(openearable.CONFIG, command, response=True)
        assert caught.value.code == code


async def test_stop_notify_stops() -> None:
    received: list[bytes] = []
    async with opened(SimulatedRadio([SENSOR], air=AIR)) as backends, connected(backends) as client:
        await client.start_notify(openearable.DATA, lambda _, data: received.append(bytes(data)))
        await client.write_gatt_char(openearable.CONFIG, START, response=True)
        while len(received) < 2:
            await asyncio.sleep(0.02)
        await client.stop_notify(openearable.DATA)
        await asyncio.sleep(0.02)
        count = len(received)
        await asyncio.sleep(0.2)
        assert len(received) == count


async def test_a_link_lost_during_a_read_is_a_bleak_error_not_a_cancellation() -> None:
    radio = SimulatedRadio([SENSOR], air=AIR)
    lost: list[BleakClient] = []
    async with opened(radio) as backends, connected(backends, lost.append) as client:
        radio.out_of_range("s")
        await asyncio.sleep(0)
        with pytest.raises(BleakError, match="disconnected"):
            await client.read_gatt_char(BATTERY_LEVEL)
        assert lost == [client]
        assert not client.is_connected
        with pytest.raises(BleakError):
            await client.read_gatt_char(BATTERY_LEVEL)


async def test_after_a_timed_out_connect_the_next_one_works() -> None:
    radio = SimulatedRadio([SENSOR], air=AIR)
    async with opened(radio) as backends:
        device = await find(backends)
        assert device is not None
        radio.out_of_range("s")
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await BleakClient(device, timeout=0.2, backend=backends.client).connect()
        radio.back_in_range("s")
        async with connected(backends) as client:
            assert client.is_connected


async def test_out_of_range_is_not_heard_by_a_scan() -> None:
    radio = SimulatedRadio([SENSOR], air=AIR)
    async with opened(radio) as backends:
        radio.out_of_range("s")
        await asyncio.sleep(0)
        assert await find(backends, 0.2) is None
        radio.back_in_range("s")
        assert await find(backends) is not None


async def test_a_goodbye_nobody_heard_keeps_the_sensor_busy_until_the_supervision_timeout() -> None:
    radio = SimulatedRadio([SENSOR], air=AIR)
    async with opened(radio) as backends:
        async with connected(backends):
            radio.out_of_range("s")
            await asyncio.sleep(0)
        radio.back_in_range("s")
        assert radio.peripherals["s"].controller.le_connections, "the sensor still believes in the link"
        assert await find(backends, 5.0) is not None
        assert not radio.peripherals["s"].controller.le_connections


async def test_lost_advertisements_delay_but_do_not_prevent_a_find() -> None:
    radio = SimulatedRadio([SENSOR], air=replace(AIR, advertising_loss=0.8))
    async with opened(radio) as backends:
        assert await find(backends) is not None


async def test_two_scanners_share_the_radio() -> None:
    async with opened(SimulatedRadio([SENSOR], air=AIR)) as backends:
        found = await asyncio.gather(find(backends), find(backends))
        assert all(found)
        assert await find(backends) is not None


async def test_faults_may_be_called_from_other_threads() -> None:
    radio = SimulatedRadio([SENSOR], air=AIR)
    gone = asyncio.Event()
    async with opened(radio) as backends, connected(backends, lambda _: gone.set()):
        await asyncio.to_thread(radio.hang_up, "s")
        await asyncio.wait_for(gone.wait(), 5)


def test_impossible_worlds_are_refused() -> None:
    with pytest.raises(ValueError, match="key of its own"):
        SimulatedRadio([SENSOR, SENSOR])
    with pytest.raises(UnknownSensorError):
        SimulatedRadio([replace(SENSOR, family="toaster")])
    with pytest.raises(ValueError, match="no virtual sensor 'x'"):
        SimulatedRadio([SENSOR], script=[Fault(1.0, FaultKind.HANG_UP, "x")])
    radio = SimulatedRadio([SENSOR], air=AIR)
    with pytest.raises(ValueError, match="no virtual sensor"):
        radio.hang_up("nobody")
    with pytest.raises(ValueError, match="survives"):
        radio.stall("s", 0.3)
