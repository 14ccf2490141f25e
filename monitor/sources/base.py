"""The one interface between a run and where its data comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from monitor.values import BatteryLevel, Ground, HeartRate, LinkChange, PacketBlock, SensorInfo


@dataclass(frozen=True, slots=True)
class SensorReady:
    """A sensor was set up and is about to stream; sent on every (re)connection, before its first packet."""

    t_ns: int
    info: SensorInfo


SourceItem: TypeAlias = SensorReady | PacketBlock | LinkChange | BatteryLevel | Ground | HeartRate
Sink: TypeAlias = Callable[[SourceItem], None]
"""Called from the source's thread; must only append to a queue. Items come in order of `t_ns`."""


class Source(Protocol):
    """Something that streams. `start` returns at once; `stop` returns when no more items will come."""

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None: ...

    def stop(self) -> None: ...
