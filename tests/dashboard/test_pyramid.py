"""The min/max pyramid: nothing is lost, nothing is joined across a hole, and what is drawn is little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.review.pyramid import FINEST_S, Pyramid, Shares, Times

RATE_HZ = 25


def noise(seconds: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return t_s, np.random.default_rng(seed).normal(0, 5, len(t_s))


@pytest.mark.parametrize("slots", [50, 700, 3800])
@pytest.mark.parametrize("span", [(0.0, 3600.0), (1000.0, 1900.0), (1800.0, 1830.0)])
def test_extremes_survive_at_every_zoom(slots, span):
    t_s, values = noise(3600)
    values[45_500] = 90.0  # one sample at 1820 s
    line = Pyramid(Times(t_s), values).line(*span, slots=slots)
    inside = (t_s >= span[0]) & (t_s <= span[1])
    assert np.nanmax(line.y) == pytest.approx(values[inside].max(), abs=1e-5)
    assert np.nanmin(line.y) <= values[inside].min() + 1e-5


@pytest.mark.parametrize("hours", [1, 24])
def test_a_frame_has_few_points_whatever_the_length(hours):
    t_s, values = noise(3600 * hours)
    pyramid = Pyramid(Times(t_s), values)
    for span_s in (5.0, 60.0, 900.0, 3600.0, 3600.0 * hours):
        assert len(pyramid.line(0.0, span_s, slots=1000).x_s) <= 4100
    assert 500 <= len(pyramid.line(0.0, 3600.0 * hours, slots=1000).x_s) <= 4100


@pytest.mark.parametrize("slots", [20, 400, 100_000])
def test_a_hole_stays_a_hole_at_every_zoom(slots):
    t_s, values = noise(1000)
    keep = (t_s < 400) | (t_s >= 600)
    line = Pyramid(Times(t_s[keep]), values[keep]).line(0.0, 1000.0, slots=slots)
    slot_s = max(1000 / slots, 0.25)
    within = (line.x_s > 400 + slot_s) & (line.x_s < 600 - slot_s)
    assert np.isnan(line.y[within]).all()
    drawn = np.isfinite(line.y)
    pairs = drawn[1:] & drawn[:-1]
    assert np.diff(line.x_s)[pairs].max() <= 2 * slot_s


def test_what_is_not_trusted_is_not_joined():
    t_s, values = noise(60)
    values[500:700] = np.nan
    line = Pyramid(Times(t_s), values).line(0.0, 60.0, slots=1000)
    pixel_s = 60.0 / 1000
    gone = (line.x_s >= t_s[500] + pixel_s) & (line.x_s <= t_s[699] - pixel_s)
    assert gone.any()
    assert np.isnan(line.y[gone]).all()


@given(
    gaps=st.lists(st.floats(0.005, 3.0), min_size=1, max_size=120),
    start=st.floats(0.0, 50.0),
    span=st.floats(0.5, 100.0),
    slots=st.integers(1, 500),
)
def test_any_rhythm_of_samples(gaps, start, span, slots):
    t_s = np.cumsum(gaps)
    values = np.sin(t_s)
    line = Pyramid(Times(t_s), values).line(start, start + span, slots=slots)
    inside = (t_s >= start) & (t_s <= start + span)
    assert len(line.x_s) == len(line.y)
    assert (np.diff(line.x_s) >= 0).all()
    if inside.any():
        assert np.nanmax(line.y) >= values[inside].max() - 1e-6
        assert np.nanmin(line.y) <= values[inside].min() + 1e-6


def test_nothing_at_all():
    empty = Pyramid(Times(np.empty(0)), np.empty(0))
    assert empty.bounds is None
    assert len(empty.line(0.0, 1.0, slots=100).x_s) == 0
    blank = Pyramid(Times(np.arange(100) / 25), np.full(100, np.nan))
    assert blank.bounds is None
    assert not np.isfinite(blank.line(0.0, 4.0, slots=2).y).any()


def test_shares_add_up_to_the_time_that_is_known():
    t_s, _ = noise(600)
    codes = (np.arange(len(t_s)) // 1000 % 3).astype(np.int8)
    codes[5000:6000] = -1
    shares = Shares(Times(t_s), codes, np.full(len(t_s), 1 / RATE_HZ), 3)
    edges = np.linspace(0, 600, 11)
    seconds = shares.seconds(edges)
    assert seconds.sum() == pytest.approx(600 - 40, abs=1e-6)
    for code in range(3):
        assert seconds[code].sum() == pytest.approx((codes == code).sum() / RATE_HZ, abs=1e-6)
    fine = shares.seconds(np.array([40.0, 40.1, 40.2]))
    assert fine[1] == pytest.approx([0.1, 0.1], abs=0.05)
    assert shares.seconds(np.array([600 + FINEST_S, 700.0])).sum() == 0.0
    assert Shares(Times(np.empty(0)), np.empty(0, np.int8), np.empty(0), 2).seconds(np.array([0.0, 1.0])).sum() == 0.0


@pytest.mark.parametrize("span_s", [30.0, 60.0, 150.0, 240.0])
def test_a_level_line_has_no_steps_smaller_than_a_pixel_and_no_holes(span_s):
    t_s = np.arange(0, 300 * RATE_HZ) / RATE_HZ
    line = Pyramid(Times(t_s), np.full(len(t_s), 170.0)).line(10.0, 10.0 + span_s, slots=1000)
    steps = np.diff(np.unique(line.x_s[2:])) / span_s * 1000  # the first lies before what is shown
    assert np.isfinite(line.y).all()
    assert (steps >= 0.5).all()
    assert len(line.x_s) <= 2 * 1002
