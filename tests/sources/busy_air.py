"""A SIMULATED radio as strict as the poorest adapter: one scan at a time, no connecting meanwhile, one connect."""

from __future__ import annotations

from typing import Any

from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakDBusError

from monitor.simulator.world import SimulatedRadio
from monitor.sources.radio import RadioBackends


class StrictRadio:
    """Counts what it was asked for, and refuses what BlueZ refuses.

    `refusals`: so many of the next scans are refused although nobody else scans.
    """

    def __init__(self, inner: SimulatedRadio, refusals: int = 0) -> None:
        self.inner = inner
        self.refusals = refusals
        self.scanning = self.connecting = 0
        self.scans = self.attempts = 0
        self.broken: list[str] = []
        """Rules that were broken, in words."""

    async def open(self) -> RadioBackends:
        backends = await self.inner.open()
        assert backends.scanner is not None
        assert backends.client is not None
        return RadioBackends(self._scanner(backends.scanner), self._client(backends.client), simulated=True)

    async def close(self) -> None:
        await self.inner.close()

    def _refuse(self, rule: str) -> None:
        self.broken.append(rule)
        raise BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])

    def _scanner(self, behind: Any) -> type[BaseBleakScanner]:
        radio = self

        class Scanner(behind):
            _on = False

            async def start(self) -> None:
                radio.attempts += 1
                if radio.scanning:
                    radio._refuse("a second scan")
                if radio.connecting:
                    radio._refuse("a scan while somebody connects")
                if radio.refusals:
                    radio.refusals -= 1
                    raise BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])
                radio.scanning += 1
                radio.scans += 1
                self._on = True
                await super().start()

            async def stop(self) -> None:
                if self._on:
                    self._on = False
                    radio.scanning -= 1
                    await super().stop()

        return Scanner

    def _client(self, behind: Any) -> Any:
        radio = self

        class Client(behind):
            async def connect(self, pair: bool, **kwargs: Any) -> None:
                if radio.scanning:
                    radio._refuse("connecting while a scan is on")
                if radio.connecting:
                    radio._refuse("two connect at once")
                radio.connecting += 1
                try:
                    await super().connect(pair, **kwargs)
                finally:
                    radio.connecting -= 1

        return Client
