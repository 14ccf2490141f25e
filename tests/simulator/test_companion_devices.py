"""Virtual treadmills, foot pods and heart straps as plain bleak sees them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bleak import BleakClient, BleakScanner

from monitor.simulator.heart_device import encode_heart_rate, heart_strap, warming_up
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.radio import AirSettings
from monitor.simulator.treadmill_device import (
    CONTROL_POINT,
    Belt,
    easy_run,
    encode_running_speed,
    encode_split,
    encode_treadmill,
    foot_pod,
    steps,
    treadmill,
)
from monitor.simulator.world import SimulatedRadio
from monitor.sources import ftms, heart_rate, running_speed
from monitor.sources.companions import CompanionKind, recognise
from monitor.values import FloatArray

AIR = AirSettings(connection_interval_s=0.005, supervision_timeout_s=0.4, advertising_loss=0.0)
NAN = math.nan


@asynccontextmanager
async def connected(radio: SimulatedRadio) -> AsyncIterator[BleakClient]:
    backends = await radio.open()
    try:
        device = await BleakScanner.find_device_by_filter(lambda *_: True, timeout=5, backend=backends.scanner)
        assert device is not None
        async with BleakClient(device, timeout=5, backend=backends.client) as client:
            yield client
    finally:
        await radio.close()


async def messages(client: BleakClient, characteristic: str, n: int) -> list[bytes]:
    got: list[bytes] = []
    enough = asyncio.Event()

    def take(_: object, data: bytearray) -> None:
        got.append(bytes(data))
        if len(got) >= n:
            enough.set()

    await client.start_notify(characteristic, take)
    async with asyncio.timeout(10):
        await enough.wait()
    await client.stop_notify(characteristic)
    return got


async def test_each_announces_its_name_and_service() -> None:
    radio = SimulatedRadio([treadmill(), foot_pod(), heart_strap()], air=AIR)
    backends = await radio.open()
    scanner = BleakScanner(backend=backends.scanner)
    await scanner.start()
    async with asyncio.timeout(5):
        while len(scanner.discovered_devices) < 3:
            await asyncio.sleep(0.02)
    await scanner.stop()
    await radio.close()
    heard = {
        said.local_name: recognise(said.service_uuids)
        for _, said in scanner.discovered_devices_and_advertisement_data.values()
    }
    assert heard == {
        "Treadmill SIMULATED": (CompanionKind.TREADMILL,),
        "Foot pod SIMULATED": (CompanionKind.FOOT_POD,),
        "Heart SIMULATED": (CompanionKind.HEART_STRAP,),
    }


async def test_a_treadmill_follows_its_script_and_counts_the_way() -> None:
    script = steps((0.0, Belt(2.0, 0.0)), (0.5, Belt(4.0, 0.05)))
    async with connected(SimulatedRadio([treadmill(script=script, rate_hz=20.0)], air=AIR)) as client:
        records = [ftms.decode(data) for data in await messages(client, ftms.TREADMILL_DATA, 21)]
    assert {(record.speed_m_s, round(record.grade, 3)) for record in records} == {(2.0, 0.0), (4.0, 0.05)}
    assert records[0].speed_m_s == 2.0
    assert records[-1].distance_m == pytest.approx(0.5 * 2 + 0.5 * 4, abs=0.75)


async def test_a_treadmill_that_stops_says_so_on_its_status_channel_too() -> None:
    script = steps((0.0, Belt(2.0)), (0.3, Belt(0.0)))
    async with connected(SimulatedRadio([treadmill(script=script, rate_hz=20.0)], air=AIR)) as client:
        said: list[bytes] = []
        await client.start_notify(ftms.MACHINE_STATUS, lambda _, data: said.append(bytes(data)))
        records = [ftms.decode(data) for data in await messages(client, ftms.TREADMILL_DATA, 12)]
    assert records[-1].speed_m_s == 0.0
    assert [ftms.tells_stop(data) for data in said] == [True]


async def test_a_treadmill_keeps_what_is_written_to_it_and_runs_on() -> None:
    radio = SimulatedRadio([treadmill(rate_hz=20.0)], air=AIR)
    async with connected(radio) as client:
        await client.write_gatt_char(CONTROL_POINT, b"\x08\x01", response=True)
        records = [ftms.decode(data) for data in await messages(client, ftms.TREADMILL_DATA, 2)]
    assert radio.peripherals["treadmill"].commands == [b"\x08\x01"]
    assert records[-1].speed_m_s == 3.0


async def test_a_raw_message_or_silence_in_place_of_a_belt() -> None:
    def script(t_s: float) -> bytes | None:
        return b"raw" if round(20 * t_s) % 2 else None

    async with connected(SimulatedRadio([foot_pod(script=script, rate_hz=20.0)], air=AIR)) as client:
        assert await messages(client, running_speed.MEASUREMENT, 3) == [b"raw"] * 3


async def test_a_strap_follows_its_heart() -> None:
    def script(t_s: float) -> float:
        return 100.0 if t_s < 0.3 else NAN

    async with connected(SimulatedRadio([heart_strap(script=script, rate_hz=20.0)], air=AIR)) as client:
        beats = [heart_rate.decode(data) for data in await messages(client, heart_rate.MEASUREMENT, 12)]
    assert beats[0] == heart_rate.HeartBeat(100, True, None, (614 / 1024,))
    assert beats[-1] == heart_rate.HeartBeat(0, contact=False)


@pytest.mark.parametrize(("speed_m_s", "grade"), [(0.0, 0.0), (3.0, 0.15), (6.25, -0.03)])
def test_what_is_encoded_is_decoded(speed_m_s: float, grade: float) -> None:
    belt = Belt(speed_m_s, grade)
    whole = ftms.decode(encode_treadmill(belt, 1234.4, 70_000))
    assert (whole.speed_m_s, whole.grade, whole.distance_m) == pytest.approx((speed_m_s, grade, 1234))
    records = ftms.TreadmillRecords()
    first, last = encode_split(belt, 1234.4, 70_000)
    assert records.push(first) is None
    assert records.push(last) == whole
    assert running_speed.decode(encode_running_speed(speed_m_s)).speed_m_s == speed_m_s


def test_a_treadmill_without_incline_tells_none() -> None:
    assert math.isnan(ftms.decode(encode_treadmill(Belt(3.0, NAN), 0, 0)).grade)


def test_scripts() -> None:
    script = steps((1.0, Belt(2.0)), (2.0, Belt(3.0)))
    assert [script(t_s) for t_s in (0.0, 1.0, 1.9, 2.0, 99.0)] == [
        Belt(0.0), Belt(2.0), Belt(2.0), Belt(3.0), Belt(3.0),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="in order"):
        steps((2.0, Belt(2.0)), (1.0, Belt(3.0)))
    assert easy_run(0.0) == easy_run(1e6)
    assert 89 < warming_up(0.0) < warming_up(60.0) < warming_up(1e6) <= 145
    assert heart_rate.decode(encode_heart_rate(warming_up(1e6))).bpm == 145


async def test_a_name_that_does_not_fit_beside_the_service_is_refused() -> None:
    radio = SimulatedRadio([treadmill(name="Treadmill SIMULATED no 4")], air=AIR)
    with pytest.raises(ValueError, match="at most 22 bytes"):
        await radio.open()


async def test_a_plain_virtual_sensor_of_these_kinds_plays_the_usual_script() -> None:
    plain = treadmill()
    sensor = VirtualSensor("t", "treadmill", plain.feed)
    async with connected(SimulatedRadio([sensor], air=AIR)) as client:
        (data,) = (await messages(client, ftms.TREADMILL_DATA, 1))[:1]
    assert ftms.decode(data).speed_m_s == 3.0


def test_what_lies_still_reads_nothing() -> None:
    acc: FloatArray
    acc, gyr = treadmill().feed.block(1_000_000, 3)
    assert acc.shape == gyr.shape == (3, 3)
    assert not acc.any()
    assert not gyr.any()
