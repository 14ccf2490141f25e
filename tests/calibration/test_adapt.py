"""Slow adaptation: slouching is not learned beyond the cap, a slip is followed, any split gives the same bits.

SIMULATED: one-stride means with the slow wandering of a runner's head.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.adapt import DriftLimits, NeutralDrift
from monitor.alerts.dwell import DwellDetector, DwellLimits, Turn

PERIOD_S = 0.1
HOUR = round(3600 / PERIOD_S)
T_S = np.arange(HOUR) * PERIOD_S


def head(extra, seed=0):
    """Pitch of a runner who wanders by about a degree, plus what is asked for."""
    rng = np.random.default_rng(seed)
    wander = np.sin(2 * np.pi * T_S / 90) + 0.7 * np.sin(2 * np.pi * T_S / 17) + 0.3 * rng.standard_normal(HOUR)
    return wander + extra


def follow(pitch, limits=None):
    drift = NeutralDrift(PERIOD_S, limits)
    yes = np.ones(len(pitch), bool)
    return drift.push(pitch, yes, yes, ~yes), drift


def at(offset, minute):
    return offset[round(minute * 60 / PERIOD_S)]


def test_a_steady_runner_keeps_the_calibrated_zero():
    for habit in (0.0, 2.0, 3.0, -2.0, -3.0):
        offset, _ = follow(head(habit))
        assert np.abs(offset).max() < 0.6


def test_a_slip_of_three_degrees_is_followed():
    for slip in (3.0, -3.0):
        offset, _ = follow(head(np.where(T_S > 600, slip, 0.0)))
        assert abs(at(offset, 9)) < 0.6
        assert at(offset, 25) == pytest.approx(slip, abs=0.6)
        assert at(offset, 59) == pytest.approx(slip, abs=0.6)


def test_a_sudden_slouch_is_never_learned():
    offset, _ = follow(head(np.where(T_S > 1200, 15.0, 0.0)))
    assert np.abs(offset).max() < 0.6


def test_slouching_now_and_then_is_not_learned():
    """Half of every two minutes 8 deg lower: the head-up quarter counts."""
    offset, _ = follow(head(np.where(T_S % 120 > 60, 8.0, 0.0)))
    assert np.abs(offset).max() < 0.6


def test_an_hour_of_slumping_is_learned_to_the_cap_and_no_further():
    offset, drift = follow(head(10.0 * T_S / 3600))
    assert offset.max() <= 5.0
    assert drift.at_cap
    assert (head(10.0 * T_S / 3600) - offset)[-600:].mean() > 4.5, "the rest of the slump shows"


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), steps=st.lists(st.tuples(st.floats(0, 3600), st.floats(-25, 25)), max_size=6))
def test_rate_and_cap_hold_whatever_happens(seed, steps):
    extra = np.zeros(HOUR)
    for when, size in steps:
        extra += np.where(when < T_S, size, 0.0)
    offset, _ = follow(head(extra, seed))
    assert np.abs(offset).max() <= 5.0
    minute = round(60 / PERIOD_S)
    assert np.abs(offset[minute:] - offset[:-minute]).max() <= 0.5 + 1e-9


def alerts(extra, *, adapt):
    """Minutes at which a stare is reported, with the detector fed back as the pipeline would."""
    detector = DwellDetector(DwellLimits(20.0, 15.0, 6.0, 2.0, 1.5, 1e9), PERIOD_S)
    drift = NeutralDrift(PERIOD_S)
    pitch = head(extra)
    yes = np.ones(HOUR, bool)
    out, a = [], 0
    for b in drift.edges(HOUR):
        part = slice(a, b)
        offset = drift.offset_deg if adapt else 0.0
        clock, bout, moments = detector.push(pitch[part] - offset, yes[part], yes[part])
        drift.push(pitch[part], yes[part], yes[part], bout | (clock > 0))
        out += [(a + m.at) * PERIOD_S / 60 for m in moments if m.turn is Turn.REACHED]
        a = b
    return out


def stares(depth):
    """Twelve seconds every five minutes."""
    return np.where(T_S % 300 > 288, depth, 0.0)


@pytest.mark.parametrize("slump_deg_h", [0.0, 10.0])
def test_stares_are_still_found_after_an_hour(slump_deg_h):
    found = alerts(stares(27.0) + slump_deg_h * T_S / 3600, adapt=True)
    assert len(found) == 12


def test_a_slip_no_longer_causes_false_alarms():
    """Looking 14 deg down now and then is allowed; after a slip of 7 it would alarm, but for the correction."""
    extra = stares(14.0) + 3.5 * (T_S > 300) + 3.5 * (T_S > 1500)
    assert len(alerts(extra, adapt=False)) > 3
    assert len(alerts(extra, adapt=True)) <= 1


def test_what_is_doubtful_or_busy_or_no_running_does_not_count():
    pitch, yes = head(np.where(T_S > 600, 3.0, 0.0)), np.ones(HOUR, bool)
    late = T_S > 600
    for trusted, running, busy in ((~late, yes, ~yes), (yes, ~late, ~yes), (yes, yes, late)):
        assert np.abs(NeutralDrift(PERIOD_S).push(pitch, trusted, running, busy)).max() < 0.6
    gone = np.where(late, np.nan, pitch)
    offset = NeutralDrift(PERIOD_S).push(gone, yes, yes, ~yes)
    assert np.isfinite(offset).all()
    assert np.abs(offset).max() < 0.6


def test_a_rezero_starts_anew():
    _, drift = follow(head(3.0 * (T_S > 600)))
    assert drift.offset_deg > 2
    drift.restart()
    assert drift.offset_deg == 0
    assert not drift.at_cap


@settings(deadline=None, max_examples=40)
@given(cuts=st.lists(st.integers(1, HOUR // 4 - 1), max_size=12), seed=st.integers(0, 99))
def test_any_split_gives_the_same_bits(cuts, seed):
    n = HOUR // 4
    rng = np.random.default_rng(seed)
    pitch = head(np.where(T_S > 300, 3.0, 0.0), seed)[:n]
    trusted, running, busy = rng.random(n) > 0.1, rng.random(n) > 0.05, rng.random(n) > 0.95
    whole = NeutralDrift(PERIOD_S).push(pitch, trusted, running, busy)
    parts, drift = [], NeutralDrift(PERIOD_S)
    for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), n], strict=True):
        parts.append(drift.push(pitch[a:b], trusted[a:b], running[a:b], busy[a:b]))
    assert np.array_equal(whole, np.concatenate(parts))


@settings(deadline=None, max_examples=40)
@given(before=st.integers(0, 500), n=st.integers(0, 1000))
def test_edges_cut_where_the_correction_may_change(before, n):
    drift = NeutralDrift(PERIOD_S)
    no = np.zeros(before, bool)
    drift.push(np.zeros(before), no, no, no)
    edges = drift.edges(n)
    assert edges == sorted(set(edges))
    assert (edges[-1] if edges else 0) == n
    assert all((before + e) % 100 == 0 for e in edges[:-1])


def test_limits_may_be_narrower():
    offset, _ = follow(head(10.0 * T_S / 3600), DriftLimits(cap_deg=2.0, rate_deg_min=0.1))
    assert 1.5 < offset.max() <= 2.0
