"""`python -m tests.fuzz.record_seeds`: what virtual sensors say, kept in seeds.json as seeds for the fuzzing.

SIMULATED: each family's virtual sensor is set up and listened to over the virtual radio for some seconds; kept are the
answers to its set-up, the configuration that came of it, and its first notifications. To be run when a family is added.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from monitor.sensors import registry
from monitor.sensors.base import Await, NotificationSize, Read, Request, SensorFamily
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import FAMILIES, SimulatedRadio
from monitor.sources.base import SensorReady, SourceItem
from monitor.sources.ble import BleSource, SensorRequest
from monitor.values import PacketBlock, Site
from tests.fuzz.shared_vectors import SEEDS

LONGEST_S = 12.0
KEPT = 5
_ASKING = (Read, Request, Await, NotificationSize)


def main() -> int:
    """Listen to every family that can be simulated; 1 where one said nothing."""
    found = {key: listen_to(registry.BUILT_IN[key]) for key in FAMILIES if key in registry.BUILT_IN}
    SEEDS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    silent = [key for key, told in found.items() if not told["notifications"]]
    print(f"{len(found)} families; silent: {', '.join(silent) or 'none'}")
    return int(bool(silent))


def listen_to(family: SensorFamily) -> dict[str, Any]:
    """Answers, configuration and notifications of one virtual sensor, hexadecimal."""
    answers: list[str] = []
    heard: list[SourceItem] = []
    registry.BUILT_IN[family.key] = replace(family, start=partial(_overheard, family.start, answers))
    try:
        rng = np.random.default_rng(1)
        feed = ArrayFeed(rng.normal((0.0, 0.0, 9.8), 2.0, (3000, 3)), rng.normal(0.0, 1.0, (3000, 3)), 100.0)
        name = f"SIMULATED {family.key}"
        wanted = SensorRequest(Site.HEAD, family=family.key, name=name)
        source = BleSource((wanted,), SimulatedRadio([VirtualSensor("s", family.key, feed, name)]))
        source.start(heard.append, time.monotonic_ns)
        begin = time.monotonic()
        while time.monotonic() - begin < LONGEST_S and sum(isinstance(i, PacketBlock) for i in heard) < KEPT:
            time.sleep(0.05)
        source.stop()
    finally:
        registry.BUILT_IN[family.key] = family
    configs = [item.info.config for item in heard if isinstance(item, SensorReady)]
    payloads = [p for item in heard if isinstance(item, PacketBlock) for p in item.payloads()]
    return {
        "config": configs[0].hex() if configs else "",
        "answers": answers,
        "notifications": [payload.hex() for payload in payloads[:KEPT]],
    }


def _overheard(start: Callable[[float], Any], answers: list[str], rate_hz: float) -> Generator[Any, bytes, Any]:
    """The same recipe; the answers of the first time are kept."""
    recipe = start(rate_hz)
    fresh = not answers
    answer: bytes | None = None
    while True:
        try:
            step = next(recipe) if answer is None else recipe.send(answer)
        except StopIteration as finished:
            return finished.value
        answer = yield step
        if fresh and isinstance(step, _ASKING):
            answers.append(answer.hex())


if __name__ == "__main__":
    sys.exit(main())
