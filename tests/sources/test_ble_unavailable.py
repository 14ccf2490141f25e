"""Computers without usable Bluetooth, and backends that misbehave: the loop goes on and says why."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ble_harness import AIR, HEAD, QUICK, Run, sensor
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from monitor.errors import BluetoothUnavailableError
from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource, scan, scan_blocking
from monitor.sources.radio import RadioBackends
from monitor.values import LinkState


class FailingRadio:
    """A radio whose scans fail by `make_error` until `works` is set; then those of `inner`, if any, are used."""

    def __init__(self, make_error: Callable[[], BaseException], inner: SimulatedRadio | None = None) -> None:
        self.inner = inner
        self.works = False
        self.starts = 0
        radio = self

        class Scanner(BaseBleakScanner):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(args[0], None)
                self._real = radio.backends.scanner(*args, **kwargs) if radio.works and radio.backends else None

            async def start(self) -> None:
                radio.starts += 1
                self.seen_devices = {}
                if self._real is None:
                    raise make_error()
                await self._real.start()

            async def stop(self) -> None:
                if self._real is not None:
                    await self._real.stop()

        self.scanner = Scanner
        self.backends: Any = None

    async def open(self) -> RadioBackends:
        if self.inner is None:
            return RadioBackends(self.scanner)
        self.backends = await self.inner.open()
        return replace(self.backends, scanner=self.scanner)

    async def close(self) -> None:
        if self.inner is not None:
            await self.inner.close()


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what D-Bus raises")
NO_BLUETOOTH = [
    pytest.param(lambda: FileNotFoundError(2, "No such file"), "no Bluetooth service", marks=ON_LINUX),
    (lambda: BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["x"]), "service is not running"),
    (lambda: BleakBluetoothNotAvailableError("x", BleakBluetoothNotAvailableReason.NO_BLUETOOTH), "no Bluetooth adap"),
    (lambda: BleakBluetoothNotAvailableError("x", BleakBluetoothNotAvailableReason.POWERED_OFF), "switched off"),
    (lambda: BleakError("Bluetooth device is turned off"), "turned off"),
    pytest.param(lambda: EOFError(), "no Bluetooth service", marks=ON_LINUX),
    (lambda: TimeoutError(), "does not answer"),
    (lambda: PermissionError(13, "Permission denied"), "may not use"),
    (lambda: ZeroDivisionError("a bug"), "a bug"),
]


@pytest.mark.parametrize(("make_error", "words"), NO_BLUETOOTH)
def test_it_keeps_trying_and_says_why(make_error: Callable[[], BaseException], words: str) -> None:
    radio = FailingRadio(make_error)
    with Run(radio) as run:
        why = run.wait_for_state(LinkState.SEARCHING, "Bluetooth is not available").why
        run.wait(lambda: radio.starts >= 3, "three attempts")
    assert words in why
    assert run.states()[-1] is LinkState.STOPPED


def test_it_streams_as_soon_as_bluetooth_comes_back() -> None:
    radio = FailingRadio(lambda: FileNotFoundError(), SimulatedRadio([sensor()], air=AIR))
    with Run(radio) as run:
        run.wait_for_state(LinkState.SEARCHING, "not available")
        radio.works = True
        run.wait_for_packets(3)


def test_a_scan_that_never_starts_is_given_up() -> None:
    class Deaf(BaseBleakScanner):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(args[0], None)

        async def start(self) -> None:
            await asyncio.Event().wait()

        async def stop(self) -> None:
            await asyncio.Event().wait()

    class DeafRadio:
        async def open(self) -> RadioBackends:
            return RadioBackends(Deaf)

        async def close(self) -> None:
            await asyncio.Event().wait()

    timing = replace(QUICK, radio_s=0.1, search_s=1.0, farewell_s=0.2)
    with Run(DeafRadio(), timing=timing) as run:
        run.wait_for_state(LinkState.SEARCHING, "does not answer")
    with pytest.raises(BluetoothUnavailableError, match="does not answer"):
        scan_blocking(DeafRadio(), 0.1, timing)


def test_a_radio_that_does_not_open_at_first() -> None:
    class Late(SimulatedRadio):
        attempts = 0

        async def open(self) -> RadioBackends:
            self.attempts += 1
            if self.attempts < 3:
                raise BluetoothUnavailableError("still booting", "Wait a moment.")
            return await super().open()

    with Run(Late([sensor()], air=AIR)) as run:
        run.wait_for_state(LinkState.SEARCHING, "still booting")
        run.wait_for_packets(1)


def test_stopping_while_the_radio_does_not_open() -> None:
    class Never(SimulatedRadio):
        async def open(self) -> RadioBackends:
            raise OSError("no")

    with Run(Never([sensor()], air=AIR)) as run:
        run.wait_for_state(LinkState.SEARCHING, "no")
    assert run.states()[-1] is LinkState.STOPPED


@pytest.mark.parametrize("stray", [asyncio.CancelledError, EOFError, OSError, KeyError])
def test_a_client_that_fails_strangely_is_tried_again(stray: type[BaseException]) -> None:
    class Flaky(SimulatedRadio):
        async def open(self) -> RadioBackends:
            backends = await super().open()
            assert backends.client is not None
            attempts = []

            class Client(backends.client):  # type: ignore[name-defined, misc]
                async def connect(self, pair: bool, **kwargs: Any) -> None:
                    attempts.append(1)
                    if len(attempts) < 3:
                        raise stray
                    await super().connect(pair, **kwargs)

            return replace(backends, client=Client)

    with Run(Flaky([sensor()], air=AIR)) as run:
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states()
    assert len([s for s in run.states() if s is LinkState.CONNECTING]) == 3


def test_a_client_that_will_not_disconnect_does_not_hold_up_the_stop() -> None:
    class Clingy(SimulatedRadio):
        async def open(self) -> RadioBackends:
            backends = await super().open()
            assert backends.client is not None

            class Client(backends.client):  # type: ignore[name-defined, misc]
                async def disconnect(self) -> None:
                    await asyncio.Event().wait()

            return replace(backends, client=Client)

    with Run(Clingy([sensor()], air=AIR), timing=replace(QUICK, farewell_s=0.2)) as run:
        run.wait_for_packets(3)
    assert run.states()[-1] is LinkState.STOPPED


def test_nothing_comes_after_stop_even_from_a_thread_left_behind() -> None:
    items: list[object] = []
    source = BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), replace(QUICK, farewell_s=0.0))
    source.start(items.append, time.monotonic_ns)
    source.stop()
    count = len(items)
    for thread in threading.enumerate():
        if thread.name == "bluetooth":
            thread.join()
    assert len(items) == count


# ---------------------------------------------------------------------- a look around


def test_scan_lists_supported_sensors_first_then_by_signal() -> None:
    radio = SimulatedRadio(
        [
            sensor(key="tv", name="Telly", rssi_dbm=-30),
            sensor(key="far", name="WT-far", rssi_dbm=-80),
            sensor("openearable2", key="near", rssi_dbm=-50),
        ],
        air=AIR,
    )
    seen = scan_blocking(radio, 0.4)
    assert [(s.name, s.family, s.rssi_dbm) for s in seen] == [
        ("HeadsUp-SIMULATED", "openearable2", -50),
        ("WT-far", "witmotion", -80),
        ("Telly", None, -30),
    ]
    assert len({s.address for s in seen}) == 3


def test_scan_names_treadmills_and_straps_between_the_sensors_and_the_strangers() -> None:
    radio = SimulatedRadio(
        [
            sensor(key="tv", name="Telly", rssi_dbm=-30),
            heart_strap(name="Strap", rssi_dbm=-70),
            treadmill(name="Belt 7", rssi_dbm=-50),
            sensor("openearable2", key="cap", name="OpenEarable-1", rssi_dbm=-85),
        ],
        air=AIR,
    )
    assert [(s.name, s.family, s.companion) for s in scan_blocking(radio, 0.4)] == [
        ("OpenEarable-1", "openearable2", ""),
        ("Belt 7", None, "treadmill"),
        ("Strap", None, "heart strap"),
        ("Telly", None, ""),
    ]


async def test_scan_with_nothing_around_is_an_empty_list() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    radio.out_of_range("s")
    assert await scan(radio, 0.1) == []


@pytest.mark.parametrize(("make_error", "words"), NO_BLUETOOTH)
async def test_scan_without_bluetooth_says_what_to_do(make_error: Callable[[], BaseException], words: str) -> None:
    with pytest.raises(BluetoothUnavailableError) as caught:
        await scan(FailingRadio(make_error), 0.1)
    assert words in str(caught.value)
    assert caught.value.remedy.endswith((".", "`"))


def test_the_radio_interface_can_be_imported_without_bleak() -> None:
    code = "import sys, monitor.sources.radio; print({m.split('.')[0] for m in sys.modules} & {'bleak', 'bumble'})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
