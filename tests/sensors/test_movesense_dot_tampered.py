"""Movesense and DOT notifications that are repeated, swapped or garbled on the way: nothing false comes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from movesense_streams import DPS, IMU52, TOGETHER, motion, run
from sensor_streams import block

from monitor.sensors.dot_frames import encode
from monitor.simulator.tampering import Garbling, Repeating, Swapping, Tamper
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import PacketBlock, SensorInfo, Site

TAMPERS = [lambda: Repeating(0.2), lambda: Swapping(0.2), lambda: Garbling(0.2)]


def movesense() -> tuple[SensorInfo, list[bytes], float]:
    """Notifications, and how many a second."""
    info = SensorInfo("head", Site.HEAD, "movesense", "Movesense", "x", 52.0, TOGETHER)
    return info, run(IMU52, 400), 13.0


def dot() -> tuple[SensorInfo, list[bytes], float]:
    """The same motion from the other sensor."""
    acc, gyr_dps = motion(0, 1600)
    rows = [{"t_us": round(i * 1e6 / 60), "acc": acc[i], "gyr_dps": gyr_dps[i]} for i in range(len(acc))]
    return SensorInfo("head", Site.HEAD, "dot", "Movella DOT", "x", 60.0), [encode(21, row) for row in rows], 60.0


def tampered(payloads: Sequence[bytes], rate_hz: float, tamper: Tamper) -> PacketBlock:
    """What arrives, and when."""
    out = [(each, i) for i, payload in enumerate(payloads) for each in tamper(payload)]
    made = block([each for each, _ in out])
    arrival = np.array([round(1e9 * (i + 1) / rate_hz) for _, i in out], np.int64) + np.arange(len(out))
    return PacketBlock(made.sensor, arrival, made.ends, made.data)


# A garbled DOT notification is left out here: of 28 random bytes some read as numbers that an IMU could measure, and
# its layout has nothing to tell them by.
CASES = [(movesense, tamper) for tamper in TAMPERS] + [(dot, tamper) for tamper in TAMPERS[:2]]


@pytest.mark.parametrize(
    ("make", "tamper"), CASES, ids=["movesense repeated", "swapped", "garbled", "dot repeated", "swapped"]
)
def test_every_sample_is_the_motion_at_its_own_place(
    make: Callable[[], tuple[SensorInfo, list[bytes], float]], tamper: Callable[[], Tamper]
) -> None:
    info, payloads, rate_hz = make()
    slots = SensorSlots(info)
    grid = slots.push(tampered(payloads, rate_hz, tamper()))
    real = np.concatenate([part.real for part in grid])
    seen = np.concatenate([part.acc for part in grid])[real]
    first = round(float(seen[0, 0]) * 64)
    acc, gyr = motion(first, len(real))
    np.testing.assert_allclose(seen, acc[real], rtol=1e-7)
    np.testing.assert_allclose(np.concatenate([part.gyr for part in grid])[real], gyr[real] * DPS, rtol=1e-6)
    assert first + len(real) == 1600
    assert not any(part.restart for part in grid[1:])
    # A notification that was overtaken is late, and left out; the others are all there.
    assert real.mean() > (0.75 if isinstance(tamper(), Swapping) else 0.999)
    assert (slots.quality().rejected > 0) == isinstance(tamper(), Garbling)
