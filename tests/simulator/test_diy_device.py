"""The virtual DIY board keeps to the specification of the open profile, and every variant that it allows is read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ble_harness import AIR, Run, sensor
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakGATTProtocolError

from monitor.sensors import openearable
from monitor.sensors.base import SensorFamily
from monitor.sensors.scheme import DIY_I16, I16, Scheme, diy_scheme
from monitor.simulator import world
from monitor.simulator.openearable_device import OpenEarablePeripheral
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady

FRAMES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "firmware_notes" / "diy" / "frames.json").read_text("utf-8")
)
FAMILY: SensorFamily = openearable.FAMILY
XIAO = diy_scheme(I16, "g/2049.18", "dps/14.2857")


@asynccontextmanager
async def connected() -> AsyncIterator[BleakClient]:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    backends = await radio.open()
    try:
        device = await BleakScanner.find_device_by_filter(lambda *_: True, timeout=5, backend=backends.scanner)
        assert device is not None
        async with BleakClient(device, timeout=5, backend=backends.client) as client:
            yield client
    finally:
        await radio.close()
        await asyncio.sleep(0.05)


async def test_commands_are_answered_as_the_test_frames_say() -> None:
    channels = {"configuration": openearable.CONFIG, "request": openearable.SCHEME_REQUEST}
    async with connected() as client:
        for frame in FRAMES["commands"]:
            code = 0
            try:
                await client.write_gatt_char(
                    channels[frame["characteristic"]], bytes.fromhex(frame["hex"]), response=True
                )
            except BleakGATTProtocolError as error:
                code = int(error.code)
            assert code == frame["att_error"], frame["about"]


async def test_a_stream_pauses_while_nobody_listens_and_the_clock_goes_on() -> None:
    stamps: list[int] = []

    def heard(_: object, data: bytearray) -> None:
        stamps.append(int.from_bytes(data[2:10], "little"))

    async def until(count: int) -> None:
        async with asyncio.timeout(5):
            while len(stamps) < count:
                await asyncio.sleep(0.01)

    async with connected() as client:
        await client.write_gatt_char(openearable.CONFIG, bytes((0, 1, 1)), response=True)
        await client.start_notify(openearable.DATA, heard)
        await until(3)
        await client.stop_notify(openearable.DATA)
        await asyncio.sleep(0.05)
        paused = len(stamps)
        await asyncio.sleep(0.3)
        assert len(stamps) == paused
        await client.start_notify(openearable.DATA, heard)
        await until(paused + 3)
        assert stamps == sorted(stamps)
        assert stamps[paused] - stamps[paused - 1] >= 300_000, "what was measured meanwhile is not sent"


class ReadOnly(OpenEarablePeripheral):
    """As ArduinoBLE boards have it."""

    description_is_notified = False


class NotifiedOnly(OpenEarablePeripheral):
    """As a board without a value to read has it."""

    description_is_readable = False


class WholeNumbers(OpenEarablePeripheral):
    """Raw counts, eight at a time."""

    scheme = DIY_I16
    usual_samples_per_notification = 8


class Xiao(WholeNumbers):
    """The scales of the LSM6DS3TR-C."""

    scheme = XIAO


@pytest.mark.parametrize("board", [ReadOnly, NotifiedOnly, WholeNumbers, Xiao])
def test_every_board_that_the_profile_allows_streams(
    monkeypatch: pytest.MonkeyPatch, board: type[OpenEarablePeripheral]
) -> None:
    monkeypatch.setitem(world.FAMILIES, "openearable2", board)
    with Run(SimulatedRadio([sensor("openearable2")], air=AIR)) as run:
        run.wait_for_packets(6)
    (ready,) = run.of(SensorReady)
    described: Scheme = board.scheme
    assert openearable.parse(ready.info.config) == described
    (samples,) = run.decoded()
    assert samples.tick is not None
    assert set(np.diff(samples.tick).tolist()) == {10_000}
    np.testing.assert_allclose(samples.gyr[:, 2], 0.5, atol=0.002)
    np.testing.assert_allclose(np.diff(samples.acc[:, 0]), 0.01, atol=0.006)
