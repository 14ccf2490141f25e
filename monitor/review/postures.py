"""One sensor of a recording at full rate: what calibration from a recording and the best estimate are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

import numpy as np

from calibration.model import SiteCalibration
from monitor.posture.channel import PostureBlock, PostureChannel
from monitor.sensors.registry import family
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import GridBlock, LinkChange, LinkState, LogEntry, PacketBlock, SensorInfo


def grid_blocks(info: SensorInfo, slices: Iterable[Sequence[LogEntry]]) -> list[GridBlock]:
    """All grid blocks of one sensor, from the log's slices in order."""
    slots = SensorSlots(info)
    blocks: list[GridBlock] = []
    for entries in slices:
        for entry in entries:
            if isinstance(entry, PacketBlock) and entry.sensor == info.key:
                blocks += slots.push(entry)
            elif isinstance(entry, LinkChange) and entry.sensor == info.key and entry.state is LinkState.LOST:
                slots.relink()
    return blocks


def postures(
    info: SensorInfo,
    blocks: Sequence[GridBlock],
    calibration: SiteCalibration | None = None,
    *,
    known_bias: bool = False,
    offline: bool = False,
) -> list[PostureBlock]:
    """Posture of a whole recording.

    known_bias : run twice; the second time the gyroscope bias found at the end of the first is known from the start,
        so that poses taken early are not bent by its learning
    offline : smooth the orientation in both directions (not causal)
    """
    has_gyro = family(info.family).has_gyro
    if offline:
        channel = PostureChannel(has_gyro, calibration, offline=True)
        return [channel.push(block) for block in _whole_stretches(blocks)]
    channel = PostureChannel(has_gyro, calibration)
    out = [channel.push(block) for block in blocks]
    if known_bias and has_gyro and out:
        channel = PostureChannel(has_gyro, calibration, gyro_bias=channel.gyro_bias)
        out = [channel.push(block) for block in blocks]
    return out


def _whole_stretches(blocks: Sequence[GridBlock]) -> list[GridBlock]:
    """Blocks joined into whole stretches between restarts."""
    groups: list[list[GridBlock]] = []
    for block in blocks:
        if not groups or block.restart or block.period_s != groups[-1][-1].period_s:
            groups.append([])
        groups[-1].append(block)
    arrays = [f.name for f in fields(GridBlock) if f.name not in ("index", "period_s", "restart")]
    return [
        GridBlock(
            index=group[0].index,
            period_s=group[0].period_s,
            restart=group[0].restart,
            **{name: np.concatenate([getattr(b, name) for b in group]) for name in arrays},
        )
        for group in groups
    ]
