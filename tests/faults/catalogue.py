"""Everything that can go wrong with a link, as acts on the stage, and what the runner is to be told of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from monitor.simulator.peripheral import SampleLoss
from monitor.simulator.tampering import Garbling, Repeating, Swapping, Tamper, nonsense, untouched
from monitor.sources.ble import LinkTiming
from tests.faults.stage import PATHS, Act, Stage

US_WRAP_S = 2**32 / 1e6
"""A u32 of microseconds begins again after 71.6 minutes."""
MANY = 10**6


_OFTEN = LinkTiming(battery_s=5.0)
"""The product's own timing, but with a battery that is asked more often, as it dies so fast here."""


@dataclass(frozen=True)
class Case:
    """A fault. `told`: how often the runner is told that a sensor is lost (and back), by sensor."""

    name: str
    act: Act
    told: dict[str, int] = field(default_factory=dict)
    paths: tuple[str, ...] = ("Bumble",)
    family: str = "openearable2"
    head: dict[str, Any] = field(default_factory=dict)
    timing: LinkTiming | None = None
    """None: the product's own."""
    battery_told: int = 0


def _away(seconds: float, *keys: str) -> Act:
    async def act(stage: Stage) -> None:
        for key in keys:
            stage.world.out_of_range(key)
        await asyncio.sleep(seconds)
        for key in keys:
            stage.world.back_in_range(key)

    return act


async def _stalls(stage: Stage) -> None:
    for _ in range(8):
        stage.world.stall("head", 0.8)
        await asyncio.sleep(2.0)


async def _hang_up(stage: Stage) -> None:
    stage.head.hang_up()


async def _hang_up_at_every_step(stage: Stage) -> None:
    """Reconnecting fails at one request after the other, of the discovery and of the set-up."""
    stage.head.troubles.ends_at = 1
    stage.head.hang_up()
    for request in range(1, 100, 2):
        stage.head.troubles.ends_at = request
        await asyncio.sleep(5.5)
        if stage.head.is_streaming:
            break  # it needs no more requests than that
    stage.head.troubles.ends_at = None


async def _refused_subscription(stage: Stage) -> None:
    stage.head.troubles.refused_subscriptions = MANY
    stage.head.hang_up()
    await asyncio.sleep(15.0)
    stage.head.troubles.refused_subscriptions = 0


async def _refused_commands(stage: Stage) -> None:
    stage.head.refuse(MANY)
    stage.head.hang_up()
    await asyncio.sleep(15.0)
    stage.head.refuse(0)


def _silent(seconds: float) -> Act:
    async def act(stage: Stage) -> None:
        stage.head.set_silent(True)
        await asyncio.sleep(seconds)
        stage.head.set_silent(False)

    return act


def _tampered(make: Callable[[], Tamper]) -> Act:
    async def act(stage: Stage) -> None:
        stage.head.tamper = make()
        await asyncio.sleep(15.0)
        stage.head.tamper = untouched

    return act


async def _loses_samples(stage: Stage) -> None:
    stage.head.loss = SampleLoss(0.2)
    await asyncio.sleep(15.0)
    stage.head.loss = SampleLoss()


async def _reboot(stage: Stage) -> None:
    stage.world.reboot("head")
    await asyncio.sleep(2.05)


async def _battery_dies(stage: Stage) -> None:
    """Falls from 12 % to 0; then nothing, until a charged one is put in."""
    for percent in (12, 4, 0):
        stage.head.set_battery(percent)
        await asyncio.sleep(_OFTEN.battery_s + 1.0)
    stage.began_s = stage.clock.now_s()
    stage.world.out_of_range("head")
    await asyncio.sleep(30.0)
    stage.head.set_battery(100)
    stage.head.reboot()
    stage.world.back_in_range("head")


async def _two_at_once(stage: Stage) -> None:
    stage.head.hang_up()
    stage.world.peripherals["collar"].set_silent(True)
    await asyncio.sleep(12.0)
    stage.world.peripherals["collar"].set_silent(False)


async def _nothing(stage: Stage) -> None:
    await asyncio.sleep(15.0)


async def _adapter_off(stage: Stage) -> None:
    await stage.adapter(False)
    await asyncio.sleep(8.0)
    await stage.adapter(True)


def _bluez(begin: str, end: str, seconds: float) -> Act:
    async def act(stage: Stage) -> None:
        assert stage.bluez is not None
        await getattr(stage.bluez, begin)()
        await asyncio.sleep(seconds)
        await getattr(stage.bluez, end)()

    return act


_HEAD, _BOTH = {"head": 1}, {"head": 1, "collar": 1}
_BLUEZ = ("BlueZ",)

CASES = (
    Case("away for 1.5 s: held up, then a burst", _away(1.5, "head"), paths=PATHS),
    Case("eight stalls of 0.8 s, one every 2 s", _stalls),
    Case("out of range for 5 s (supervision timeout)", _away(5.0, "head"), _HEAD, PATHS),
    Case("out of range for 45 s", _away(45.0, "head"), _HEAD, PATHS),
    Case("both sensors out of range for 10 s", _away(10.0, "head", "collar"), _BOTH, PATHS),
    Case("the sensor hangs up", _hang_up, _HEAD, PATHS),
    Case("hangs up at one step of the set-up after the other", _hang_up_at_every_step, _HEAD, PATHS),
    Case("refuses the subscription for 15 s", _refused_subscription, _HEAD, PATHS),
    Case("refuses every command for 15 s", _refused_commands, _HEAD, PATHS),
    Case("connected, but silent for 3 s", _silent(3.0)),
    Case("connected, but silent for 20 s", _silent(20.0), _HEAD, PATHS),
    Case("sends only what cannot be read", _tampered(lambda: nonsense), _HEAD, PATHS),
    Case("only what cannot be read, without stamps", _tampered(lambda: nonsense), _HEAD, family="witmotion"),
    Case("head hangs up while the collar is silent", _two_at_once, _BOTH, PATHS),
    Case("every fifth notification twice", _tampered(lambda: Repeating(0.2))),
    Case("every fifth notification overtaken", _tampered(lambda: Swapping(0.2))),
    Case("garbage and wrong sizes in between", _tampered(lambda: Garbling(0.3))),
    Case("garbage in between, without stamps", _tampered(lambda: Garbling(0.3, cut=False)), family="witmotion"),
    Case("every fifth notification lost in bursts", _loses_samples),
    Case("reboot: clock and counter anew", _reboot, _HEAD, PATHS),
    Case("clock of 32 bits (µs) wraps", _nothing, family="dot", head={"clock_offset_s": US_WRAP_S - 40.0}),
    Case("clock 0.5 % fast", _nothing, head={"clock_ppm": 5_000.0}),
    Case("clock 2 % slow", _nothing, head={"clock_ppm": -20_000.0}),
    Case("samples at 90 Hz for 100", _nothing, head={"rate_scale": 0.9}),
    Case("without stamps, samples at 92 Hz for 100", _nothing, family="witmotion", head={"rate_scale": 0.92}),
    Case("the battery dies, and is charged", _battery_dies, _HEAD, timing=_OFTEN, battery_told=1, paths=PATHS),
    Case("Bluetooth switched off for 8 s", _adapter_off, _BOTH, PATHS),
    Case("the adapter is pulled out for 8 s", _bluez("unplug", "plug_in", 8.0), _BOTH, _BLUEZ),
    Case("bluetoothd is gone for 8 s", _bluez("crash", "revive", 8.0), _BOTH, _BLUEZ),
    Case("bluetoothd restarts at once", _bluez("crash", "revive", 0.2), _BOTH, _BLUEZ),
    Case("bluetoothd hangs for 15 s", _bluez("hang", "come_round", 15.0), _BOTH, _BLUEZ),
    Case("the bus is gone for 8 s", _bluez("lose_bus", "restore_bus", 8.0), _BOTH, _BLUEZ),
)
