"""One connection to one sensor: carries out recipe steps over GATT, each with a time-out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from monitor.sensors.base import Await, NotificationSize, Pause, Read, Request, Step, Write
from monitor.sources.ble_errors import LinkLostError
from monitor.sources.ble_timing import LinkTiming, within

T = TypeVar("T")

_MOST_ANSWERS = 64
"""Kept for a recipe: a device that answers without end must not fill the memory."""
ATT_HEADER = 3
"""Bytes of an ATT MTU that are not a notification's payload."""
SMALLEST_NOTIFICATION = 20
_LARGEST_NOTIFICATION = 512
"""Bytes: the smallest ATT MTU is 23, and no attribute is longer than 512 (Bluetooth Core, Vol 3, Part F, 3.2.9)."""


class GattSession:
    """Everything asked of a connected client. A broken link ends each step at once with LinkLostError.

    `lost` is set by the client's disconnected callback.
    """

    def __init__(self, client: BleakClient, lost: asyncio.Event, timing: LinkTiming) -> None:
        self._client = client
        self._lost = lost
        self._timing = timing
        self._answers: dict[str, asyncio.Queue[bytes]] = {}
        self._awaited: dict[str, Callable[[bytes], bool] | None] = {}

    def offers(self, service: str, characteristic: str) -> bool:
        """The sensor has this characteristic in this service."""
        found = self._client.services.get_service(service)
        return found is not None and found.get_characteristic(characteristic) is not None

    def notification_size(self) -> int:
        """Bytes that one notification can carry: the ATT MTU less 3. BlueZ tells it only per characteristic."""
        most = [each.max_write_without_response_size for each in self._client.services.characteristics.values()]
        return min(max([SMALLEST_NOTIFICATION, *most]), _LARGEST_NOTIFICATION)

    async def subscribe(self, characteristic: str, on_data: Callable[[bytes], None]) -> None:
        """Have `on_data` called with each notification, within the loop; also feeds `Request` steps."""
        answers = self._answers[characteristic] = asyncio.Queue(_MOST_ANSWERS)
        awaited = self._awaited

        def notified(_: BleakGATTCharacteristic, data: bytearray) -> None:
            payload = bytes(data)
            on_data(payload)
            if characteristic not in awaited or answers.full():
                return
            is_answer = awaited[characteristic]
            if is_answer is None or is_answer(payload):
                answers.put_nowait(payload)

        await self._step("subscribing to its data", self._client.start_notify(characteristic, notified))

    async def follow(self, recipe: Generator[Step, bytes, T]) -> T:
        """Carry out a recipe and return what it returns. Raises what a step raises, and what the recipe raises."""
        try:
            step = next(recipe)
            while True:
                step = recipe.send(await self._perform(step))
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            self._awaited.clear()
            recipe.close()

    async def _perform(self, step: Step) -> bytes:
        match step:
            case Read(characteristic):
                return bytes(await self._step("reading from it", self._client.read_gatt_char(characteristic)))
            case Write(characteristic, data, response):
                await self._write(characteristic, data, response)
                return b""
            case Pause(seconds):
                await self._unless_lost(asyncio.sleep(seconds))
                return b""
            case Request():
                return await self._request(step)
            case Await(answer, is_answer):
                return await self._await(answer, is_answer)
            case NotificationSize():
                return self.notification_size().to_bytes(2, "little")

    async def _write(self, characteristic: str, data: bytes, response: bool) -> None:
        await self._step("writing to it", self._client.write_gatt_char(characteristic, data, response=response))

    async def _request(self, request: Request) -> bytes:
        """Write, then the next notification of `answer`; where none comes in time, what can be read there."""
        channel = self._client.services.get_characteristic(request.answer)
        properties = channel.properties if channel is not None else []
        if "notify" in properties or "indicate" in properties:
            if request.answer not in self._answers:
                await self.subscribe(request.answer, lambda _: None)
            answers = self._answers[request.answer]
            while not answers.empty():
                answers.get_nowait()
            # Awaited until the recipe ends: an answer in several parts may come faster than it is asked for.
            self._awaited[request.answer] = request.is_answer
            await self._write(request.characteristic, request.data, response=True)
            try:
                return await self._await(request.answer, request.is_answer)
            except TimeoutError:
                if "read" not in properties:
                    raise
        else:
            await self._write(request.characteristic, request.data, response=True)
        return bytes(await self._step("reading its answer", self._client.read_gatt_char(request.answer)))

    async def _await(self, answer: str, is_answer: Callable[[bytes], bool] | None) -> bytes:
        """The next notification of a channel that a `Request` has subscribed to."""
        if answer not in self._answers:
            await self.subscribe(answer, lambda _: None)
        self._awaited[answer] = is_answer
        work = within(self._timing.answer_s, "it answers a request", self._answers[answer].get())
        return await self._unless_lost(work)

    async def _step(self, doing: str, work: Awaitable[T]) -> T:
        return await self._unless_lost(within(self._timing.step_s, doing, work))

    async def _unless_lost(self, work: Awaitable[T]) -> T:
        """The result of `work`, or LinkLostError as soon as the link breaks (some systems never end the call then)."""
        task = asyncio.ensure_future(work)
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({task, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() or task.cancelled():
                raise LinkLostError
            error = task.exception()
            if error is not None and self._lost.is_set():
                raise LinkLostError from error
            return task.result()
        finally:
            lost.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            elif not task.cancelled():
                task.exception()  # asked for, so that a cancelled step leaves no complaint behind
