"""Does anything grow with the hours: memory, threads, file handles, tasks, objects of any type?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.dashboard.run_log import MOST_LINES
from monitor.outputs.player import LOG_LENGTH
from tests.soak.soak_gauges import Gauge
from tests.soak.verdict import Verdict

SETTLED_S = 2 * 3600.0
"""Until then caches and ring buffers fill; the growth from then on counts."""
LONG_S = 4 * 3600.0
"""A shorter run says nothing of its memory, and of the rest from the second count on."""
MEMORY_MB_PER_H = 0.5
OBJECTS_PER_H = 20.0
"""Of one type."""
OWN_PER_H = 2.0
"""Of one type of the program, of Bluetooth or of asyncio."""
_OWN = ("monitor.", "calibration.", "bumble.", "bleak.", "asyncio.", "_asyncio.", "tests.")
BOUNDED = {"monitor.dashboard.live_view.LogLine": MOST_LINES, "monitor.outputs.player.PlayRecord": LOG_LENGTH}
"""What is kept on purpose, and how many at most: it may grow until then."""
_AT_LEAST = 10
"""Fewer more in all are no growth: a connection more or less at the moment of counting."""


def slope(gauges: Sequence[Gauge], values: Sequence[float]) -> float:
    """Growth per hour: the line of least squares through all that was counted."""
    hours = np.array([g.at_s for g in gauges]) / 3600
    return float(np.polyfit(hours, values, 1)[0]) if len(gauges) > 1 else 0.0


def judge_growth(gauges: Sequence[Gauge]) -> list[Verdict]:
    """From when all is settled to the end."""
    long = gauges[-1].at_s >= LONG_S
    late = [g for g in gauges if g.at_s >= SETTLED_S] if long else list(gauges[1:])
    first, last = late[0], late[-1]
    per_h = slope(late, [g.memory_mb for g in late])
    memory = f"{per_h:+.2f} MB/h; {first.memory_mb:.1f} MB after {_when(first)}, {last.memory_mb:.1f} MB at the end"
    target = f"at most {MEMORY_MB_PER_H:g} MB/h" + ("" if long else f", of runs of {LONG_S / 3600:g} h or longer")
    return [
        Verdict("memory", memory, target, (f"{per_h:.2f} MB/h",) if long and per_h > MEMORY_MB_PER_H else ()),
        _constant("threads", [g.threads for g in late]),
        _constant("file handles", [g.open_files for g in late], [g.handles for g in late]),
        _constant("asyncio tasks", [g.tasks for g in late]),
        _objects(late),
    ]


def _when(g: Gauge) -> str:
    return f"{g.at_s / 3600:.3g} h"


def _constant(what: str, counts: list[int], kinds: list[dict[str, int]] | None = None) -> Verdict:
    findings: tuple[str, ...] = ()
    if max(counts[1:], default=counts[0]) > counts[0]:
        told = f": {kinds[0]} became {kinds[-1]}" if kinds else ""
        findings = (f"{what} grew from {counts[0]} to {max(counts)}{told}",)
    return Verdict(what, f"{min(counts)} to {max(counts)}, {counts[-1]} at the end", "no growth", findings)


def _objects(late: list[Gauge]) -> Verdict:
    findings = []
    for name in sorted(late[-1].objects):
        counts = [g.objects.get(name, 0) for g in late]
        per_h = slope(late, counts)
        if counts[-1] <= BOUNDED.get(name, 0):
            continue
        limit = OWN_PER_H if name.startswith(_OWN) else OBJECTS_PER_H
        if counts[-1] - counts[0] >= _AT_LEAST and per_h > limit:
            findings.append(f"{name}: {counts[0]} became {counts[-1]}, {per_h:.1f} an hour")
    totals = [sum(g.objects.values()) for g in late]
    figure = f"{totals[0]} to {totals[-1]}, {slope(late, totals):+.1f} an hour"
    target = f"per type at most {OBJECTS_PER_H:g} an hour, {OWN_PER_H:g} of our own and of Bluetooth's"
    return Verdict("objects", figure, target, tuple(findings))
