"""Whether a recording of `writer_child` is right: every notification in its place, nothing wrong, and up to when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from monitor.recording.reader import open_recording
from monitor.values import Mark, PacketBlock
from tests.durability.writer_child import SENSORS, payload


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file gave back."""

    last_ns: int
    """Arrival of the latest notification or mark; -1 for none."""
    first_lost_ns: int
    """The earliest time from which a sensor has nothing: the smallest of the sensors' latest arrivals; -1 for none."""
    notifications: int
    closed: bool


class WrongError(Exception):
    """The file gave something else than what was recorded."""


def kept(path: Path, *, damaged: bool = False) -> Kept:
    """Read everything and compare it with what was recorded. Raises RecordingError, or WrongError.

    damaged : the reader may report damage, and rows may be missing; what there is must be right all the same
    """
    with open_recording(path) as recording:
        count = dict.fromkeys(SENSORS, 0)
        last = dict.fromkeys(SENSORS, -1)
        marks, latest_mark = 0, -1
        for entry in itertools.chain.from_iterable(recording.entries()):
            if isinstance(entry, PacketBlock):
                want = [payload(entry.sensor, count[entry.sensor] + k) for k in range(len(entry.t_ns))]
                if entry.payloads() != want and not damaged:
                    raise WrongError(f"'{entry.sensor}' has wrong notifications after {count[entry.sensor]}")
                count[entry.sensor] += len(entry.t_ns)
                last[entry.sensor] = int(entry.t_ns[-1])
            elif isinstance(entry, Mark):
                if entry.label != str(50 + 100 * marks) and not damaged:
                    raise WrongError(f"the mark '{entry.label}' is out of place")
                marks, latest_mark = marks + 1, entry.t_ns
        if recording.damage and not damaged:
            raise WrongError(f"damage: {recording.damage[0]}")
        return Kept(max(*last.values(), latest_mark), min(last.values()), sum(count.values()), recording.closed)
