"""The standard Battery Service of the Bluetooth SIG: one byte, percent."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from monitor.sensors.base import Read, Step

BATTERY_LEVEL: Final = "00002a19-0000-1000-8000-00805f9b34fb"


def read_battery() -> Generator[Step, bytes, int | None]:
    """Percent from the standard battery service, None where its value makes no sense."""
    answer = yield Read(BATTERY_LEVEL)
    return answer[0] if len(answer) == 1 and answer[0] <= 100 else None
