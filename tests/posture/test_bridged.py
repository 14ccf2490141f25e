"""Bridge and gait together: the same bits as hole by hole, whatever the stride does and however the slots are split."""

from itertools import pairwise

import numpy as np
import pytest

from monitor.orientation.bridge import GapBridge
from monitor.posture.bridged import BridgedGait
from monitor.posture.gait import GaitTracker

RATE_HZ = 100.0


def runner(seed: int, *, lost: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """acc, gyr (n,3) and real (n,) of a SIMULATED minute: standing, then running with a cadence that wanders, holes."""
    rng = np.random.default_rng(seed)
    n = 6000
    cadence_hz = 2.7 + 0.35 * np.sin(np.arange(n) / 700) + 0.1 * np.cumsum(rng.standard_normal(n)) / np.sqrt(n)
    phase = 2 * np.pi * np.cumsum(cadence_hz) / RATE_HZ
    moving = (np.arange(n) > 500)[:, None]
    shapes = np.stack([np.sin(phase / 2 * k + k) for k in (1, 2, 3)], axis=1)
    acc = np.array([0.0, 0.0, 9.81]) + moving * 6 * shapes + 0.1 * rng.standard_normal((n, 3))
    gyr = moving * shapes[:, ::-1] + 0.02 * rng.standard_normal((n, 3))
    real = np.repeat(rng.random(n // 4) >= lost, 4)
    real[3000:3120] = False
    real[[0, -1]] = True
    acc[~real] = gyr[~real] = np.nan
    return acc, gyr, real


def hole_by_hole(acc: np.ndarray, gyr: np.ndarray, real: np.ndarray) -> list[np.ndarray]:
    """The definition: each hole with the stride known just before it. Filled acc, gyr, and the gait's three columns."""
    bridge, gait = GapBridge(1 / RATE_HZ), GaitTracker(1 / RATE_HZ)
    starts = [i for i in range(1, len(real)) if not real[i] and real[i - 1]]
    rows = []
    for a, b in pairwise([0, *starts, len(real)]):
        filled, turned = bridge.push(acc[a:b], gyr[a:b], real[a:b], gait.stride_slots)
        seen = gait.push(filled)
        rows.append((filled, turned, seen.activity, seen.cadence_spm, seen.stride_slots))
    return [np.concatenate(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("lost", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("size", [37, 1000, 6000])
def test_it_is_the_same_as_going_hole_by_hole(lost, size):
    acc, gyr, real = runner(5, lost=lost)
    bridged = BridgedGait(1 / RATE_HZ)
    rows = []
    a = 0
    while a < len(real):
        b = min(a + size, len(real))
        while not real[b - 1]:  # a block of a grid ends with a sample that came
            b += 1
        filled, turned, seen = bridged.push(acc[a:b], gyr[a:b], real[a:b])
        rows.append((filled, turned, seen.activity, seen.cadence_spm, seen.stride_slots))
        a = b
    found = [np.concatenate(column) for column in zip(*rows, strict=True)]
    expected = hole_by_hole(acc, gyr, real)
    strides = np.rint(expected[4][(expected[2] == 3)])
    assert len(np.unique(strides)) > 5  # the stride did change
    for have, want in zip(found, expected, strict=True):
        assert have.tobytes() == want.tobytes()


def test_after_a_restart_nothing_is_remembered():
    acc, gyr, real = runner(6, lost=0.05)
    bridged = BridgedGait(1 / RATE_HZ)
    first = bridged.push(acc, gyr, real)
    bridged.restart()
    again = bridged.push(acc, gyr, real)
    assert first[0].tobytes() == again[0].tobytes()
    assert first[2].stride_slots.tobytes() == again[2].stride_slots.tobytes()
