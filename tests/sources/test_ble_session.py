"""Recipe steps over GATT, against a virtual device with a characteristic of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from ble_harness import AIR, QUICK, ramp
from bleak import BleakClient, BleakScanner
from bumble.gatt import Characteristic, Service

from monitor.sensors.base import Pause, Read, Recipe, Request, Step, StreamSetup, Write
from monitor.simulator import world
from monitor.simulator.peripheral import VirtualPeripheral, VirtualSensor
from monitor.sources.ble_errors import LinkLostError
from monitor.sources.ble_session import GattSession
from monitor.values import FloatArray

SERVICE, COMMAND, ANSWER_TOLD, ANSWER_READ, ANSWER_NEVER, ANSWER_EITHER = (
    f"0000aa0{i}-1000-2000-3000-000000000000" for i in range(6)
)


class Oracle(VirtualPeripheral):
    default_name = "Oracle"
    usual_samples_per_notification = 1

    def _services(self) -> list[Service]:
        self.asked = b""
        self.told = self._characteristic(ANSWER_TOLD, notify=True)
        return [
            Service(
                SERVICE,
                [
                    self._characteristic(COMMAND, write=self._ask, read=lambda: b"hello"),
                    self.told,
                    self._characteristic(ANSWER_READ, read=lambda: b"read " + self.asked),
                    self._characteristic(ANSWER_NEVER, notify=True),
                    self._characteristic(ANSWER_EITHER, notify=True, read=lambda: b"either " + self.asked),
                ],
            )
        ]

    def _ask(self, data: bytes) -> None:
        self.asked = data
        self._notify(self.told, b"told " + data)

    @property
    def _data(self) -> Characteristic:
        return self.told

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        yield b"data"

    def _forget_setup(self) -> None:
        self.asked = b""


@pytest.fixture
async def oracle(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[GattSession, world.SimulatedRadio]]:
    monkeypatch.setitem(world.FAMILIES, "oracle", Oracle)
    radio = world.SimulatedRadio([VirtualSensor("s", "oracle", ramp(10))], air=AIR)
    backends = await radio.open()
    assert backends.scanner is not None
    device = await BleakScanner.find_device_by_name("Oracle", timeout=5, backend=backends.scanner)
    assert device is not None
    lost = asyncio.Event()
    client = BleakClient(device, disconnected_callback=lambda _: lost.set(), timeout=5, backend=backends.client)
    await client.connect()
    yield GattSession(client, lost, QUICK), radio
    await client.disconnect()
    await radio.close()


Oracled = tuple[GattSession, world.SimulatedRadio]


def one(step: Step) -> Recipe:
    answer = yield step
    return StreamSetup(answer, 1.0)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        (Read(COMMAND), b"hello"),
        (Write(COMMAND, b"x"), b""),
        (Write(COMMAND, b"x", response=False), b""),
        (Pause(0.01), b""),
        (Request(COMMAND, b"x", ANSWER_TOLD), b"told x"),
        (Request(COMMAND, b"x", ANSWER_READ), b"read x"),
        (Request(COMMAND, b"x", ANSWER_EITHER), b"either x"),
    ],
)
async def test_each_step_gives_its_answer(oracle: Oracled, step: Step, answer: bytes) -> None:
    session, _ = oracle
    assert (await session.follow(one(step))).config == answer


async def test_answers_are_not_mixed_up_over_repeated_requests(oracle: Oracled) -> None:
    session, _ = oracle
    received: list[bytes] = []
    await session.subscribe(ANSWER_TOLD, received.append)

    def recipe() -> Recipe:
        first = yield Request(COMMAND, b"1", ANSWER_TOLD)
        yield Write(COMMAND, b"unasked")
        yield Pause(0.05)
        second = yield Request(COMMAND, b"2", ANSWER_TOLD)
        return StreamSetup(first + b"|" + second, 1.0)

    assert (await session.follow(recipe())).config == b"told 1|told 2"
    assert received == [b"told 1", b"told unasked", b"told 2"]


async def test_an_answer_that_never_comes_and_cannot_be_read_is_a_timeout(oracle: Oracled) -> None:
    session, _ = oracle
    with pytest.raises(TimeoutError, match="answers a request"):
        await session.follow(one(Request(COMMAND, b"x", ANSWER_NEVER)))


@pytest.mark.parametrize("step", [Pause(30.0), Request(COMMAND, b"x", ANSWER_NEVER), Read(COMMAND)])
async def test_a_broken_link_ends_a_step_at_once(oracle: Oracled, step: Step) -> None:
    session, radio = oracle
    following = asyncio.ensure_future(session.follow(one(step)))
    await asyncio.sleep(0)
    radio.hang_up("s")
    with pytest.raises(LinkLostError):
        await asyncio.wait_for(following, 5)


async def test_a_recipe_is_closed_when_a_step_fails(oracle: Oracled) -> None:
    session, _ = oracle
    closed = []

    def recipe() -> Recipe:
        try:
            yield Request(COMMAND, b"x", ANSWER_NEVER)
        finally:
            closed.append(True)
        return StreamSetup(b"", 1.0)

    with pytest.raises(TimeoutError):
        await session.follow(recipe())
    assert closed == [True]


async def test_what_it_offers(oracle: Oracled) -> None:
    session, _ = oracle
    assert session.offers(SERVICE, COMMAND)
    assert not session.offers(COMMAND, COMMAND)
    assert not session.offers(SERVICE, SERVICE)
