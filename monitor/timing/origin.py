"""When a run begins: the time of its first sample, which the first notification need not carry (a battery's answer)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from monitor.sensors.base import Decoder, SensorFamily
from monitor.sensors.registry import family
from monitor.values import NS_PER_S, LinkChange, LinkState, LogEntry, PacketBlock, SensorInfo, join_packets


class OriginSearch:
    """Looks through the log of a run, in order of arrival, until its first sample is found.

    Any split of the log gives the same time. Every sensor is added before its first notification.
    """

    def __init__(self) -> None:
        self._probes: dict[str, _Probe] = {}

    def add_sensor(self, info: SensorInfo) -> None:
        """Make a sensor known, or known anew. Raises UnknownSensorError for a family that is not known."""
        known = self._probes.get(info.key)
        if known is None or not known.fits(info):
            self._probes[info.key] = _Probe(info)

    def relink(self, sensor: str) -> None:
        """The link was lost: what comes next may begin in the middle of anything."""
        if sensor in self._probes:
            self._probes[sensor].decoder.reset()

    def push(self, blocks: Iterable[PacketBlock]) -> int | None:
        """Log time (ns) of the run's first sample, from one block of each sensor; None where there is none in them."""
        found = (self._probes[block.sensor].first_sample(block) for block in blocks)
        return min((each for each in found if each is not None), default=(0, None))[1]

    def take(self, entries: Sequence[LogEntry]) -> int | None:
        """The same from a time slice of the log; notifications of sensors that were never added are ignored."""
        pending: dict[str, list[PacketBlock]] = {}
        for entry in [*entries, None]:
            if isinstance(entry, PacketBlock):
                if entry.sensor in self._probes and len(entry.t_ns):
                    pending.setdefault(entry.sensor, []).append(entry)
                continue
            origin_ns = self.push(map(join_packets, pending.values()))
            if origin_ns is not None:
                return origin_ns
            pending = {}
            if isinstance(entry, LinkChange) and entry.state is LinkState.LOST:
                self.relink(entry.sensor)
        return None


class _Probe:
    """Decodes the notifications of one sensor until one holds a sample."""

    def __init__(self, info: SensorInfo) -> None:
        self._info = info
        self._kind: SensorFamily = family(info.family)
        self.decoder: Decoder = self._kind.decoder(info.config)

    def fits(self, info: SensorInfo) -> bool:
        """Whether a sensor that comes back is decoded as this one."""
        ours = self._info
        return (ours.family, ours.config, ours.rate_hz) == (info.family, info.config, info.rate_hz)

    def first_sample(self, block: PacketBlock) -> tuple[int, int] | None:
        """Arrival of the first notification with a sample, and the time of that sample (log time, ns)."""
        if self._kind.exact_clock:
            return int(block.t_ns[0]), 0  # such stamps count from the run's first sample
        begin, count = 0, 1
        while begin < len(block.t_ns):
            # Mostly the very first has one; where none has, few large pieces are decoded quickly.
            found = self._held(_piece(block, begin, begin + count))
            if found is not None:
                arrival_ns, held = found
                return arrival_ns, arrival_ns - round((held - 1) * NS_PER_S / self._info.rate_hz)
            begin, count = begin + count, 2 * count
        return None

    def _held(self, piece: PacketBlock) -> tuple[int, int] | None:
        """Arrival of the first notification with samples, and how many it holds."""
        if self._kind.samples_in is not None:
            for t_ns, payload in zip(piece.t_ns.tolist(), piece.payloads(), strict=True):
                if held := self._kind.samples_in(self._info.config, payload):
                    return t_ns, held
            return None
        arrivals = self.decoder.push(piece).samples.arrival_ns
        return (int(arrivals[0]), int(np.count_nonzero(arrivals == arrivals[0]))) if len(arrivals) else None


def _piece(block: PacketBlock, begin: int, end: int) -> PacketBlock:
    """Notifications `begin` to `end` of a block."""
    ends = block.ends[begin:end]
    start = int(block.ends[begin - 1]) if begin else 0
    return PacketBlock(block.sensor, block.t_ns[begin:end], ends - start, block.data[start : int(ends[-1])])
