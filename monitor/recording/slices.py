"""Putting packets and control entries of one time slice into the order in which they arrived."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.recording.blocks import cut
from monitor.values import Control, LogEntry, PacketBlock


def in_log_order(packets: Sequence[PacketBlock], controls: Sequence[Control]) -> list[LogEntry]:
    """Control entries in their order (sorted by time), with the packet blocks cut around them.

    Before a control entry stand exactly the packets with t_ns <= its own. Between two control entries there is at
    most one block per sensor, sorted by first arrival; blocks of different sensors may overlap in time.
    """
    times = np.array([entry.t_ns for entry in controls], np.int64)
    bounds = [[0, *np.searchsorted(p.t_ns, times, side="right").tolist(), len(p.t_ns)] for p in packets]
    out: list[LogEntry] = []
    for i in range(len(controls) + 1):
        pieces = [
            piece
            for block, bound in zip(packets, bounds, strict=True)
            if (piece := cut(block, bound[i], bound[i + 1])) is not None
        ]
        pieces.sort(key=lambda piece: int(piece.t_ns[0]))
        out.extend(pieces)
        if i < len(controls):
            out.append(controls[i])
    return out
