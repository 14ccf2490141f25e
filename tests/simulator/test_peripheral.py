"""What a virtual sensor measures and when: feeds, rates, clocks, losses."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.simulator.motion import ArrayFeed, Timeline, rows_at
from monitor.simulator.peripheral import SampleLoss, VirtualSensor


def line(n: int, rate_hz: float = 100.0, loop: bool = False) -> ArrayFeed:
    k = np.arange(n, dtype=float)
    return ArrayFeed(np.stack((k, 2 * k, -k), axis=1), np.stack((0.1 * k, k, k), axis=1), rate_hz, loop)


def test_arrays_end_or_go_round() -> None:
    acc, gyr = line(10).block(8, 5)
    assert acc[:, 0].tolist() == [8, 9]
    assert len(gyr) == 2
    assert len(line(10).block(50, 5)[0]) == 0
    assert line(10, loop=True).block(8, 5)[0][:, 0].tolist() == [8, 9, 0, 1, 2]


@pytest.mark.parametrize(("acc", "gyr"), [((0, 3), (0, 3)), ((4, 3), (5, 3)), ((4, 2), (4, 2)), ((3,), (3,))])
def test_arrays_of_a_wrong_shape_are_refused(acc: tuple[int, ...], gyr: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must both be"):
        ArrayFeed(np.zeros(acc), np.zeros(gyr), 100.0)


def test_motion_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        ArrayFeed(np.full((3, 3), np.nan), np.zeros((3, 3)), 100.0)


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_rates_are_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        line(5, rate_hz)


@given(first=st.integers(0, 400), n=st.integers(1, 50), rate_hz=st.sampled_from([25.0, 50.0, 52.0, 100.0, 200.0]))
def test_samples_at_another_rate_lie_on_the_motion(first: int, n: int, rate_hz: float) -> None:
    acc, gyr = rows_at(line(10_000), first, n, rate_hz)
    assert len(acc) == len(gyr) == n
    expected = np.arange(first, first + n) * 100.0 / rate_hz
    assert np.allclose(acc[:, 0], expected)
    assert np.allclose(gyr[:, 0], 0.1 * expected)


def test_at_another_rate_the_motion_ends_too() -> None:
    assert len(rows_at(line(10), 0, 100, 50.0)[0]) == 5
    assert len(rows_at(line(10), 50, 4, 50.0)[0]) == 0


@pytest.mark.parametrize("fraction", [0.0, 0.05, 0.3])
def test_losses_come_in_bursts_and_at_the_rate_asked_for(fraction: float) -> None:
    loss = SampleLoss(fraction, mean_burst=4.0)
    lost = np.array([loss.next_is_lost() for _ in range(100_000)])
    assert lost.mean() == pytest.approx(fraction, rel=0.1, abs=1e-9)
    if fraction:
        bursts = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], lost.astype(int), [0])))))[::2]
        assert bursts.mean() == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize(("fraction", "burst"), [(-0.1, 3.0), (0.95, 3.0), (float("nan"), 3.0), (0.1, 0.5)])
def test_impossible_losses_are_refused(fraction: float, burst: float) -> None:
    with pytest.raises(ValueError, match="cannot lose"):
        SampleLoss(fraction, burst)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 27},
        {"battery_percent": 101},
        {"samples_per_notification": -1},
        {"clock_ppm": float("nan")},
        {"clock_offset_s": -1.0},
    ],
)
def test_impossible_sensors_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"impossible|at most"):
        VirtualSensor("s", "witmotion", line(5), **changes)  # type: ignore[arg-type]


async def test_the_timeline_starts_once_and_wakes_who_waits() -> None:
    timeline = Timeline()
    assert timeline.now_s() == 0.0
    waiting = asyncio.ensure_future(timeline.wait(0.05))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    timeline.start()
    began = timeline.now_s()
    timeline.start()
    await waiting
    assert timeline.now_s() >= 0.05 > began
