"""The spacing of samples in stamped blocks: measured over blocks without a loss between them, and never across one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sensors.block_spacing import WINDOW, BlockSpacing

NOMINAL = 19_230.8  # us, 52 Hz


def pushed(t: list[int], n: list[int], nominal: float = NOMINAL) -> list[float]:
    spacing = BlockSpacing(nominal).push(np.array(t, np.int64), np.array(n, np.int64))
    return [float(each) for each in spacing]


def stamps(count: int, spacing: float, n: int = 4, first: int = 0) -> list[int]:
    """In us, as a clock of whole milliseconds gives them."""
    return [1000 * int((first + i * n * spacing) // 1000) for i in range(count)]


def test_the_first_block_has_the_nominal_spacing() -> None:
    assert pushed([123_000], [4]) == [NOMINAL]
    assert pushed([], []) == []


def test_a_sensor_that_runs_slow_is_measured_within_a_thousandth() -> None:
    true = NOMINAL * 1.04
    spacing = pushed(stamps(60, true), [4] * 60)
    assert abs(spacing[-1] / true - 1) < 1e-3
    assert np.abs(np.array(spacing[WINDOW:]) / true - 1).max() < 1e-3


def test_blocks_of_different_size_are_counted_by_their_samples() -> None:
    n = [4, 2, 8, 4, 1, 4]
    t = [int(NOMINAL * before) for before in np.concatenate(([0], np.cumsum(n)))[:-1]]
    assert np.allclose(pushed(t, n), NOMINAL, rtol=1e-4)


def test_a_loss_is_not_taken_for_a_slow_sensor_and_what_was_known_holds_on() -> None:
    true = NOMINAL * 0.96
    t = stamps(40, true)
    spacing = pushed(t[:20] + t[21:], [4] * 39)
    assert spacing[20] == spacing[19], "behind the loss there is nothing to measure by yet"
    assert abs(spacing[-1] / true - 1) < 1e-3


@given(
    st.lists(st.tuples(st.integers(-300, 4000), st.integers(1, 16)), max_size=80),
    st.lists(st.integers(0, 80), max_size=6),
)
@settings(max_examples=200, deadline=None)
def test_any_split_gives_the_same_and_stays_near_nominal(rows: list[tuple[int, int]], cuts: list[int]) -> None:
    t = np.cumsum([step * 100 for step, _ in rows], dtype=np.int64)
    n = np.array([count for _, count in rows], np.int64)
    whole = BlockSpacing(NOMINAL).push(t, n)
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    one = BlockSpacing(NOMINAL)
    parts = [one.push(t[a:b], n[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate([np.empty(0), *parts]), whole)
    assert np.all(np.abs(whole / NOMINAL - 1) < 0.1001)
