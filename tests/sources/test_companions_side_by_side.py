"""Several sources as one stream, as a run uses them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from ble_harness import AIR, HEAD, QUICK, sensor, stamps_of

from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import Sink, SourceItem
from monitor.sources.ble import BleSource
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.side_by_side import SideBySide
from monitor.values import Ground, HeartRate, PacketBlock


class Counting:
    """A source that counts as fast as it can, from a thread of its own."""

    def __init__(self, name: str, n: int = 500, fails: str = "") -> None:
        self.name, self.n, self.fails = name, n, fails
        self.stopped = 0
        self.thread: threading.Thread | None = None

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        if self.fails == "start":
            raise ValueError(f"{self.name} cannot start")

        def count() -> None:
            for k in range(self.n):
                sink(Ground(k + 1, 3.0, 0.0, self.name))

        self.thread = threading.Thread(target=count)
        self.thread.start()

    def stop(self) -> None:
        self.stopped += 1
        if self.thread is not None:
            self.thread.join()
        if self.fails == "stop":
            raise ValueError(f"{self.name} cannot stop")


def test_each_sources_items_come_complete_in_their_order_and_one_at_a_time() -> None:
    items: list[SourceItem] = []
    inside = threading.Lock()

    def sink(item: SourceItem) -> None:
        assert inside.acquire(blocking=False), "two at a time"
        items.append(item)
        inside.release()

    both = SideBySide(Counting("a"), Counting("b"))
    both.start(sink, time.monotonic_ns)
    both.stop()
    for name in "ab":
        assert [item.t_ns for item in items if isinstance(item, Ground) and item.source == name] == [*range(1, 501)]


def test_where_one_cannot_start_the_others_are_stopped() -> None:
    first, last = Counting("first"), Counting("last")
    with pytest.raises(ValueError, match="second cannot start"):
        SideBySide(first, Counting("second", fails="start"), last).start(lambda item: None, time.monotonic_ns)
    assert (first.stopped, last.stopped) == (1, 0)


def test_where_one_cannot_stop_the_others_are_stopped_and_it_is_told() -> None:
    last = Counting("last")
    both = SideBySide(Counting("first", fails="stop"), last)
    both.start(lambda item: None, time.monotonic_ns)
    with pytest.raises(ValueError, match="first cannot stop"):
        both.stop()
    assert last.stopped == 1


def test_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one"):
        SideBySide()


def test_posture_sensor_treadmill_and_heart_strap_in_one_stream() -> None:
    timing = replace(QUICK, stale_intervals=0.0, lost_intervals=0.0)
    wanted = [CompanionRequest(CompanionKind.TREADMILL), CompanionRequest(CompanionKind.HEART_STRAP)]
    companions = SimulatedRadio([treadmill(rate_hz=20.0), heart_strap(rate_hz=20.0)], air=AIR)
    posture = BleSource([HEAD], SimulatedRadio([sensor()], air=AIR), QUICK)
    items: list[SourceItem] = []
    kinds: set[type] = set()
    all_there = threading.Event()

    def sink(item: SourceItem) -> None:
        items.append(item)
        kinds.add(type(item))
        if {PacketBlock, Ground, HeartRate} <= kinds:
            all_there.set()

    both = SideBySide(posture, CompanionSource(wanted, companions, timing))
    both.start(sink, time.monotonic_ns)
    assert all_there.wait(20)
    both.stop()
    count = len(items)
    for of_companions in (False, True):
        stamps = [s for item in items if _accompanies(item) is of_companions for s in stamps_of(item)]
        assert all(a < b for a, b in pairwise(stamps))
    assert len(items) == count
    assert not [t for t in threading.enumerate() if t.name in ("bluetooth", "companions", "stopping")]


def _accompanies(item: SourceItem) -> bool:
    return isinstance(item, (Ground, HeartRate)) or getattr(item, "sensor", "") in set(CompanionKind)
