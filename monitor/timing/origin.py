"""When a run begins: the time of the first sample that its first notification carries."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.sensors.registry import family
from monitor.values import NS_PER_S, PacketBlock, SensorInfo


def first_sample_ns(info: SensorInfo, packets: PacketBlock) -> int:
    """Log time (ns) of the first sample in the first notification of `packets`."""
    kind = family(info.family)
    if kind.exact_clock:
        return 0  # such stamps count from the run's first sample
    first = PacketBlock(packets.sensor, packets.t_ns[:1], packets.ends[:1], packets.data[: int(packets.ends[0])])
    if kind.samples_in is not None:
        held = kind.samples_in(info.config, first.data)
    else:
        held = len(kind.decoder(info.config).push(first).samples)
    return int(packets.t_ns[0]) - round(max(0, held - 1) * NS_PER_S / info.rate_hz)


def origin_ns(infos: Iterable[SensorInfo], packets: Iterable[PacketBlock]) -> int:
    """Log time (ns) of the run's first sample, from each sensor's first packets. Raises ValueError for no packets."""
    known = {info.key: info for info in infos}
    first = min(packets, key=lambda block: int(block.t_ns[0]))
    return first_sample_ns(known[first.sensor], first)
