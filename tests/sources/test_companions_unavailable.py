"""Companions on computers without usable Bluetooth, and backends that misbehave; and a whole session with them."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ble_harness import AIR, HEAD, QUICK, sensor
from bleak.backends.client import BaseBleakClient
from bleak.exc import BleakError
from test_ble_unavailable import FailingRadio
from test_companions_ble import FAST, HEART, TIMING, TREADMILL, Companions, at

from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.session import Session
from monitor.settings import Settings
from monitor.simulator.companion_radio import companion_radio, endless_belt
from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import Belt, steps, treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources import ftms
from monitor.sources.ble import BleSource
from monitor.sources.ble_companions import CompanionRequest, CompanionSource
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.radio import RadioBackends
from monitor.sources.side_by_side import SideBySide
from monitor.values import Control, Ground, HeartRate, LinkChange, LinkState, Mode, PacketBlock, RunInfo


@pytest.mark.parametrize(
    "make_error",
    [
        lambda: FileNotFoundError(2, "No such file"),
        lambda: ZeroDivisionError("a bug"),
        lambda: asyncio.CancelledError(),
    ],
)
def test_it_keeps_trying_says_why_once_and_streams_when_bluetooth_comes_back(
    make_error: Callable[[], BaseException],
) -> None:
    radio = FailingRadio(make_error, SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR))
    with Companions(radio, TREADMILL) as run:
        run.wait_for_state(LinkState.SEARCHING, "Bluetooth is not available")
        run.wait(lambda: radio.starts >= 3, "three attempts")
        assert len(run.of(LinkChange)) == 2
        radio.works = True
        run.wait_for_ground(at(3.0, 0.01))


def test_a_radio_that_does_not_open_is_tried_again() -> None:
    inner = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    attempts = []

    class Stuck:
        async def open(self) -> RadioBackends:
            attempts.append(1)
            if len(attempts) < 3:
                raise OSError("the stick was pulled out")
            return await inner.open()

        async def close(self) -> None:
            await inner.close()

    with Companions(Stuck(), TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
    assert [c.why for c in run.of(LinkChange) if "stick" in c.why] == ["Bluetooth trouble: the stick was pulled out"]


def test_a_radio_that_never_opens_is_left_when_stopped() -> None:
    class Stuck:
        async def open(self) -> RadioBackends:
            return await asyncio.Event().wait()  # type: ignore[return-value]

        async def close(self) -> None:
            pass

    with Companions(Stuck(), TREADMILL, HEART) as run:
        run.wait_for_state(LinkState.SEARCHING, "no answer", count=2)
    assert run.states()[-2:] == [LinkState.STOPPED] * 2


class Spoiled:
    """A radio whose connections go wrong as often as asked for, in one of several ways."""

    def __init__(self, inner: SimulatedRadio, how: str, times: int) -> None:
        self.inner, self.how, self.left = inner, how, times
        self.callback: Callable[[bytearray], None] = bytes

    async def open(self) -> RadioBackends:
        backends = await self.inner.open()
        spoiled, real = self, backends.client
        assert real is not None

        class Client(real):  # type: ignore[misc, valid-type]
            async def connect(self, pair: bool, **kwargs: Any) -> None:
                if spoiled.goes_wrong("connect fails"):
                    raise BleakError("le-connection-abort-by-local")
                if spoiled.goes_wrong("connect is cancelled"):
                    raise asyncio.CancelledError
                if spoiled.goes_wrong("connect hangs"):
                    await asyncio.Event().wait()
                await super().connect(pair, **kwargs)

            async def start_notify(self, *args: Any, **kwargs: Any) -> None:
                if spoiled.goes_wrong("subscribe fails"):
                    raise BleakError("refused")
                if args[0].uuid == ftms.TREADMILL_DATA:
                    spoiled.callback = args[1]
                await super().start_notify(*args, **kwargs)

            async def disconnect(self) -> None:
                await super().disconnect()
                if spoiled.goes_wrong("speaks after the end"):
                    five_m_s = bytearray.fromhex("00000807")
                    asyncio.get_running_loop().call_later(0.01, spoiled.callback, five_m_s)
                if spoiled.goes_wrong("disconnect fails"):
                    raise BleakError("cannot")

        assert issubclass(Client, BaseBleakClient)
        return RadioBackends(backends.scanner, Client, simulated=True)

    def goes_wrong(self, how: str) -> bool:
        if how != self.how or self.left == 0:
            return False
        self.left -= 1
        return True

    async def close(self) -> None:
        await self.inner.close()


@pytest.mark.parametrize(
    "how", ["connect fails", "connect is cancelled", "connect hangs", "subscribe fails", "disconnect fails"]
)
def test_a_connection_that_goes_wrong_is_tried_again(how: str) -> None:
    inner = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    radio = Spoiled(inner, how, times=1)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
        inner.hang_up("treadmill")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert radio.left == 0


def test_a_latecomer_of_a_connection_that_is_over_is_not_heard() -> None:
    inner = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    radio = Spoiled(inner, "speaks after the end", times=1)
    with Companions(radio, TREADMILL, timing=replace(TIMING, retry_s=0.2)) as run:
        run.wait_for_ground(at(3.0, 0.01))
        inner.hang_up("treadmill")
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert radio.left == 0
    assert repr([ground.speed_m_s for ground in run.of(Ground)]) == repr([3.0, math.nan, 3.0])
    states = run.states()
    assert [a for a, b in pairwise(states) if b is LinkState.STREAMING] == [LinkState.CONNECTING] * 2


def test_a_session_records_posture_ground_and_heart_in_one_log(tmp_path: Path) -> None:
    script = steps((0.0, Belt(3.0, 0.02)), (1.0, Belt(0.0, 0.02)))
    companions = SimulatedRadio([treadmill(script=script, rate_hz=FAST), heart_strap(rate_hz=FAST)], air=AIR)
    source = SideBySide(
        BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), QUICK),
        CompanionSource([CompanionRequest(TREADMILL), CompanionRequest(HEART)], companions, TIMING),
    )
    heard: list[Control] = []
    stopped = threading.Event()

    class Listener:
        def sensor(self, info: object) -> None:
            pass

        def output(self, output: object) -> None:
            pass

        def control(self, entry: Control) -> None:
            heard.append(entry)
            if any(isinstance(e, HeartRate) for e in heard) and any(
                isinstance(e, Ground) and e.speed_m_s == 0 for e in heard
            ):
                stopped.set()

    settings = Settings()
    path = tmp_path / "run.headsup"
    info = RunInfo("run", "2026-11-22T09:30:00+00:00", Mode.ROAD, True, "0")
    writer = RecordingWriter(path, info, settings.to_json(), "")
    session = Session(source, settings, None, writer, [Listener()])
    session.start()
    assert stopped.wait(20)
    session.stop()
    writer.close()
    assert session.failure is None
    with open_recording(path) as recording:
        entries = [entry for part in recording.entries(None, None, 10.0) for entry in part]
    assert any(isinstance(entry, PacketBlock) for entry in entries)
    recorded = [entry for entry in entries if isinstance(entry, (Ground, HeartRate))]
    assert recorded == [entry for entry in heard if isinstance(entry, (Ground, HeartRate))]
    assert [e.speed_m_s for e in recorded if isinstance(e, Ground)] == [3.0, 0.0]
    assert {e.sensor for e in heard if isinstance(e, LinkChange)} == {"head", "treadmill", "heart_strap"}


def test_the_simulated_companions_of_a_simulated_run() -> None:
    # They send once a second, as real ones do: watched with the product's own patience, not with that of quick tests.
    with Companions(companion_radio(), TREADMILL, HEART, timing=LinkTiming()) as run:
        run.wait_for_ground(lambda ground: ground.speed_m_s in (0, 2, 3) and math.isclose(ground.grade, 0.01))
        run.wait_for_bpm(lambda bpm: 85 < bpm < 180)
    assert not {LinkState.STALE, LinkState.LOST} & set(run.states())
    assert endless_belt(10.0) == endless_belt(610.0) == Belt(3.0, 0.01)
