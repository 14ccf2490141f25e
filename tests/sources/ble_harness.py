"""Runs a `BleSource` over the virtual radio and keeps what it emits, for the tests of this folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from monitor.sensors import registry
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.radio import AirSettings
from monitor.sources.base import SensorReady, SourceItem
from monitor.sources.ble import BleSource, LinkTiming, SensorRequest
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import Radio
from monitor.values import LinkChange, LinkState, PacketBlock, SampleBlock, Site, join_packets

QUICK = LinkTiming(
    search_s=0.4,
    choose_s=0.0,
    same_name_s=0.3,
    radio_s=2.0,
    connect_s=1.0,
    step_s=1.0,
    answer_s=0.3,
    setup_s=3.0,
    battery_s=0.2,
    stale_s=0.25,
    stale_intervals=3.0,
    lost_s=0.6,
    lost_intervals=5.0,
    retry_s=0.05,
    retry_longest_s=0.2,
    farewell_s=1.0,
)
"""As the real timing, but for tests that last about a second."""

AIR = AirSettings(connection_interval_s=0.005, supervision_timeout_s=0.4, advertising_loss=0.1)
HEAD = SensorRequest(Site.HEAD)
PATIENCE_S = 20.0
"""How long a condition is waited for before a test fails; never how long something must take."""

T = TypeVar("T")


def ramp(n: int, rate_hz: float = 100.0) -> ArrayFeed:
    """Motion in which every sample is different, so that order and completeness show; it ends after n samples."""
    k = np.arange(n, dtype=float)
    acc = np.stack((k * 0.01 - 70, 9.81 + 0.001 * k, -0.005 * k), axis=1)
    gyr = np.stack((0.0025 * k, -0.0025 * k, np.full(n, 0.5)), axis=1)
    return ArrayFeed(acc, gyr, rate_hz)


def sensor(
    family: str = "witmotion", feed: ArrayFeed | None = None, key: str = "s", **changes: object
) -> VirtualSensor:
    """A virtual sensor that plays a long ramp."""
    return replace(VirtualSensor(key, family, feed if feed is not None else ramp(20_000)), **changes)  # type: ignore[arg-type]


class Run:
    """A running source. Use as a context manager: leaving it stops the source and checks that nothing is left."""

    def __init__(
        self, radio: Radio, *wanted: SensorRequest, timing: LinkTiming = QUICK, desk: IdentityDesk | None = None
    ) -> None:
        self.source = BleSource(wanted or (HEAD,), radio, timing, desk)
        self._items: list[SourceItem] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Run:
        self.source.start(self._sink, time.monotonic_ns)
        return self

    def __exit__(self, *_: object) -> None:
        self.source.stop()
        before = len(self.items)
        assert not [thread for thread in threading.enumerate() if thread.name == "bluetooth"]
        stamps = [stamp for item in self.items for stamp in stamps_of(item)]
        assert all(a < b for a, b in pairwise(stamps)), "time stamps must strictly increase"
        assert len(self.items) == before

    def _sink(self, item: SourceItem) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    @property
    def items(self) -> list[SourceItem]:
        """All that came so far."""
        with self._changed:
            return list(self._items)

    def of(self, kind: type[T], key: str | None = None) -> list[T]:
        """All items of one kind, of one sensor."""
        return [
            item
            for item in self.items
            if isinstance(item, kind) and (key is None or getattr(item, "sensor", key) == key)
        ]

    def wait(self, condition: Callable[[], object], what: str = "condition") -> None:
        """Until `condition` holds; it is looked at after every item."""
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come about; last: {self._items[-5:]}"
                self._changed.wait(min(left, 0.1))

    def wait_for_state(self, state: LinkState, why: str = "", count: int = 1, key: str | None = None) -> LinkChange:
        """Until this state was reported `count` times with `why` among its reason; the last such report."""

        def found() -> list[LinkChange]:
            return [c for c in self.of(LinkChange, key) if c.state is state and why in c.why]

        self.wait(lambda: len(found()) >= count, f"{state} {why!r} x{count}")
        return found()[count - 1]

    def wait_for_packets(self, n: int, key: str | None = None) -> None:
        """Until n packets came."""
        self.wait(lambda: len(self.of(PacketBlock, key)) >= n, f"{n} packets")

    def states(self, key: str | None = None) -> list[LinkState]:
        """The states in the order they were reported."""
        return [change.state for change in self.of(LinkChange, key)]

    def decoded(self, key: str = "head") -> list[SampleBlock]:
        """The samples of each connection, as the family's decoder reads them; asserts that nothing was refused."""
        blocks: list[SampleBlock] = []
        packets: list[PacketBlock] = []
        info = None
        for item in [*self.items, None]:
            if isinstance(item, PacketBlock) and item.sensor == key:
                packets.append(item)
            elif item is None or (isinstance(item, SensorReady) and item.info.key == key):
                if info is not None and packets:
                    result = registry.family(info.family).decoder(info.config).push(join_packets(packets))
                    assert result.errors == ()
                    blocks.append(result.samples)
                if item is not None:
                    info, packets = item.info, []
        return blocks


def stamps_of(item: SourceItem) -> list[int]:
    """The time stamps of an item, one for each packet."""
    return item.t_ns.tolist() if isinstance(item, PacketBlock) else [item.t_ns]


def numbers(samples: SampleBlock) -> np.ndarray:
    """The sample numbers of a decoded `ramp`."""
    return np.rint((samples.acc[:, 0] + 70) / 0.01).astype(int)
