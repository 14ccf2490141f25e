"""The samples themselves, as their sensors measured them: tables for the lab, and for `headsup import`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from monitor.interop.columns import CHUNK_ROWS, Column, Columns
from monitor.recording.reader import Recording
from monitor.review.replay import run_origin_ns
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import NS_PER_S, FloatArray, GridBlock, IntArray, LinkChange, LinkState, PacketBlock, SensorInfo

AXES = "xyz"


def sample_chunks(recording: Recording, info: SensorInfo, span_s: tuple[float, float]) -> Iterator[Columns]:
    """The samples of one sensor in m/s² and rad/s, in its own axes, when they were measured; at least one chunk.

    The columns are those that `headsup import` reads; without a gyroscope those of the angular rate are absent.
    Lost samples are absent, never filled in.
    """
    begin_ns = run_origin_ns(recording) or 0
    slots = SensorSlots(info)
    last_ns: int | None = None
    held: list[GridBlock] = []
    empty = True
    for block in _blocks(recording, slots):
        held.append(block)
        if sum(len(b) for b in held) < CHUNK_ROWS:
            continue
        columns, last_ns = _columns(held, slots.has_gyro, begin_ns, last_ns, span_s)
        held, empty = [], False
        yield columns
    if held or empty:
        yield _columns(held, slots.has_gyro, begin_ns, last_ns, span_s)[0]


def _blocks(recording: Recording, slots: SensorSlots) -> Iterator[GridBlock]:
    key = slots.info.key
    for entries in recording.entries():
        for entry in entries:
            if isinstance(entry, PacketBlock) and entry.sensor == key:
                yield from slots.push(entry)
            elif isinstance(entry, LinkChange) and entry.sensor == key and entry.state is LinkState.LOST:
                slots.relink()


def _columns(
    blocks: list[GridBlock], has_gyro: bool, begin_ns: int, last_ns: int | None, span_s: tuple[float, float]
) -> tuple[Columns, int | None]:
    """The columns of these blocks, and the time of their last sample."""
    t_ns = np.concatenate([b.t_ns[b.real] for b in blocks] or [np.empty(0, np.int64)]) - begin_ns
    acc = np.concatenate([b.acc[b.real] for b in blocks] or [np.empty((0, 3))])
    gyr = np.concatenate([b.gyr[b.real] for b in blocks] or [np.empty((0, 3))])
    t_ns = _increasing(t_ns, last_ns)
    keep = (t_ns >= span_s[0] * NS_PER_S) & (t_ns < span_s[1] * NS_PER_S)
    columns = [Column("t_s", t_ns[keep] / NS_PER_S, "s", "time since the run's first sample", 9)]
    columns += _axes("a", "_m_s2", acc[keep], "m/s^2", "specific force")
    if has_gyro:
        columns += _axes("g", "_rad_s", gyr[keep], "rad/s", "angular rate")
    return tuple(columns), int(t_ns[-1]) if len(t_ns) else last_ns


def _axes(letter: str, unit_name: str, values: FloatArray, unit: str, what: str) -> list[Column]:
    return [
        Column(f"{letter}{axis}{unit_name}", values[:, i], unit, f"{what}, sensor {axis} axis", None)
        for i, axis in enumerate(AXES)
    ]


def _increasing(t_ns: IntArray, last_ns: int | None) -> IntArray:
    """The same times (n,), later by the few nanoseconds that make each later than the one before."""
    if len(t_ns) == 0:
        return t_ns
    count = np.arange(len(t_ns))
    floor = t_ns[0] if last_ns is None else max(int(t_ns[0]), last_ns + 1)
    moved = np.concatenate(([floor], t_ns[1:] - count[1:]))
    return np.asarray(np.maximum.accumulate(moved) + count, np.int64)
