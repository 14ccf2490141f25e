"""Whether this computer is fast enough to follow a run as it happens: measured on the pipeline itself."""

from __future__ import annotations

import os
import struct
import time

from monitor.doctor.child import Answer, ask
from monitor.doctor.finding import Finding, State

_TOPIC = "Speed"
SENSORS = ("head", "collar")
RATE_HZ = 100
SLICE_S = 0.1
"""The live run hands on what came in about so often."""
MEASURED_S = 8.0
LIMITED, TOO_MUCH = 0.35, 0.8
"""Share of one core that the pipeline may take: the window wants a quarter more, the system its part."""

PROBE = """
import json
from monitor.doctor.speed import measure
print(json.dumps({"load": measure()}))
"""


def check_speed(answer: Answer, cores: int) -> list[Finding]:
    """Whether two sensors can be followed live, from the share of one core that a child measured."""
    load = answer.values.get("load")
    if answer.late:
        sentence = "This computer is too slow just now to try how fast it follows a run."
        return [Finding(_TOPIC, State.WARNING, sentence, "Close other programs, and run headsup doctor again.")]
    if not isinstance(load, float):
        return []  # a package is missing: said by the packages
    share = f"{100 * load:.0f} % of one of its {cores} cores" if cores > 1 else f"{100 * load:.0f} % of its one core"
    if load > TOO_MUCH:
        return [
            Finding(
                _TOPIC,
                State.MISSING,
                f"This computer cannot follow two sensors as they send: that takes {share}.",
                "Use a faster computer for live runs; recorded ones can be reviewed here.",
            )
        ]
    if load > LIMITED:
        sentence = f"Following two sensors takes {share}: cues may be late with the window open."
        return [Finding(_TOPIC, State.WARNING, sentence, "Close other programs, or go without the window: --no-gui")]
    return [Finding(_TOPIC, State.OK, f"Following two sensors takes {share}.")]


def measure() -> float:
    """The share of one core that two sensors at 100 Hz take, by this thread's own time: other programs do not count."""
    from monitor.pipeline import Pipeline
    from monitor.settings import Settings
    from monitor.values import NS_PER_S, SensorInfo, Site, packet

    sensors = [SensorInfo(key, Site(key), "witmotion", "trial", "", float(RATE_HZ)) for key in SENSORS]
    pipeline = Pipeline(sensors, None, Settings(), shown=True)
    per_slice = round(SLICE_S * RATE_HZ)
    used_s = followed_s = 0.0
    for first in range(0, round(MEASURED_S * RATE_HZ), per_slice):
        entries = [
            packet(key, (k * NS_PER_S) // RATE_HZ + place, _frame(k))
            for k in range(first, first + per_slice)
            for place, key in enumerate(SENSORS)
        ]
        began_s = time.thread_time()
        pipeline.push(entries)
        if first * 2 >= MEASURED_S * RATE_HZ:  # the first half loads and compiles what is used
            used_s += time.thread_time() - began_s
            followed_s += SLICE_S
    return used_s / followed_s


def _frame(k: int) -> bytes:
    """A frame of a sensor that bounces as on a runner: 1 g up, half a g of bounce, some turning."""
    bounce = 1000 * ((k * 7) % 17 - 8)
    return struct.pack(
        "<2B9h", 0x55, 0x61, bounce // 4, bounce // 3, 2048 + bounce // 8, k % 300, -(k % 200), 0, 0, 0, 0
    )


def findings() -> list[Finding]:
    """The speed of this computer."""
    return check_speed(ask(PROBE), os.cpu_count() or 1)
