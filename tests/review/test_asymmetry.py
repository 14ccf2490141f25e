"""Left against right on made tracks: joined by time, and never more told than both calibrations allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import HEAD, RATE_HZ, analysis, cut, prompt, seconds_where, site, track

from calibration.directions import as_vector, basis, unit
from calibration.fit import fit_shoulders, nuisance_deg2
from calibration.model import Pose
from monitor.alerts.rules import rules_for
from monitor.posture.channel import PostureChannel
from monitor.posture.shoulders import score
from monitor.review.asymmetry import HIGHER_BY, UNTOLD, Shoulder, left_minus_right
from monitor.review.metrics import summarise
from monitor.review.shoulders import Sight
from monitor.settings import Settings, ShoulderRule
from monitor.values import NS_PER_S, Activity, EventKind, GridBlock, Mode, Reason, SensorInfo, Site, Track

LEFT = SensorInfo("left_shoulder", Site.LEFT_SHOULDER, "demo", "Left IMU", "1", 100.0)
RIGHT = SensorInfo("right_shoulder", Site.RIGHT_SHOULDER, "demo", "Right IMU", "2", 52.0)


def worn(left: Track, right: Track, d_primes=(3.0, 3.0), **changes):
    """A run with both shoulder sensors."""
    sites = {LEFT.key: site(LEFT, d_primes[0]), RIGHT.key: site(RIGHT, d_primes[1])}
    seconds = float(left.t_ns[-1]) / NS_PER_S if len(left) else 0.0
    return analysis(left, right, seconds=seconds, sensors=(LEFT, RIGHT), sites=sites, quality=(), **changes)


def side(info: SensorInfo, seconds: float, score, rate_hz: float = RATE_HZ, **columns) -> Track:
    """A track whose score is a function of time, at any rate."""
    n = round(seconds * rate_hz)
    t_ns = np.rint(np.arange(n) * NS_PER_S / rate_hz).astype(np.int64)
    values = score(t_ns / NS_PER_S) if callable(score) else np.full(n, score)
    plain = track(info.key, n / RATE_HZ, shoulder=values, **columns)
    return replace(plain, t_ns=t_ns, arrival_ns=t_ns)


def thinned(whole: Track, keep: np.ndarray) -> Track:
    return replace(whole, **{n: getattr(whole, n)[keep] for n in whole.__slots__ if n != "sensor"})


def swap(run):
    """The same run with the sensors on the other shoulders."""
    tracks = {LEFT.key: run.tracks[RIGHT.key], RIGHT.key: run.tracks[LEFT.key]}
    return replace(run, tracks={k: replace(t, sensor=k) for k, t in tracks.items()})


# ---------------------------------------------------------------- the numbers


def test_a_shoulder_that_is_always_higher():
    a = summarise(worn(side(LEFT, 100, 0.7), side(RIGHT, 100, 0.1))).asymmetry
    assert (a.seconds, a.mean, a.sd) == pytest.approx((100, 0.6, 0.0))
    assert (a.left_higher_share, a.right_higher_share) == (1.0, 0.0)
    assert a.standard_error == pytest.approx(np.hypot(0.4 / 3.0, 0.4 / 3.0))
    assert a.higher is Shoulder.LEFT
    assert a.words.startswith("Your left shoulder was higher on average: by 60 % of a shrug, give or take 38 %")
    assert "100 % of the time" in a.words


def test_it_is_the_same_the_other_way_round():
    run = worn(side(LEFT, 100, lambda t: np.where(t < 70, 0.9, 0.0)), side(RIGHT, 100, 0.1))
    one, other = summarise(run).asymmetry, summarise(swap(run)).asymmetry
    assert (one.higher, other.higher) == (Shoulder.LEFT, Shoulder.RIGHT)
    assert other.mean == pytest.approx(-one.mean)
    assert (other.sd, other.seconds) == pytest.approx((one.sd, one.seconds))
    assert (other.right_higher_share, other.left_higher_share) == (one.left_higher_share, one.right_higher_share)


def test_shares_count_only_beyond_a_third_of_a_shrug():
    score = np.repeat([HIGHER_BY + 0.01, HIGHER_BY - 0.01, -HIGHER_BY + 0.01, -HIGHER_BY - 0.01], 25 * RATE_HZ)
    a = summarise(worn(track(LEFT.key, 100, shoulder=score), side(RIGHT, 100, 0.0))).asymmetry
    assert (a.left_higher_share, a.right_higher_share) == pytest.approx((0.25, 0.25))
    assert a.mean == pytest.approx(0.0)
    assert a.higher is None


def test_only_running_that_both_could_trust_counts():
    left = track(
        LEFT.key, 100, shoulder=0.8,
        activity=np.where(seconds_where(100, (0, 10)), Activity.WALK, Activity.RUN),
        valid=~seconds_where(100, (20, 30)),
        reason=np.where(seconds_where(100, (20, 30)), Reason.GAP, Reason.OK),
    )  # fmt: skip
    right = track(RIGHT.key, 100, shoulder=np.where(seconds_where(100, (40, 60)), np.nan, 0.0))
    a = summarise(worn(left, right)).asymmetry
    assert a.seconds == pytest.approx(60)
    assert a.mean == pytest.approx(0.8)


# ---------------------------------------------------------------- the join


def slow(t_s: np.ndarray) -> np.ndarray:
    return 0.4 + 0.4 * np.sin(2 * np.pi * t_s / 30)


@pytest.mark.parametrize("rates", [(25.0, 26.0), (26.0, 25.0), (25.0, 12.5), (100.0, 25.0), (25.0, 24.9)])
def test_different_rates_are_joined_by_time(rates):
    left, right = side(LEFT, 300, slow, rates[0]), side(RIGHT, 300, lambda t: slow(t) - 0.5, rates[1])
    difference, weight_s = left_minus_right(left, right)
    assert weight_s.sum() == pytest.approx(300, abs=0.2)
    # Half a slot apart, a score that moves at most 0.084 a second differs by this much.
    assert difference == pytest.approx(0.5, abs=0.084 * 0.5 / min(rates) + 1e-9)


def test_lost_samples_and_a_clock_of_its_own_start_do_not_pair_what_does_not_belong_together():
    rng = np.random.default_rng(5)
    left, right = side(LEFT, 600, slow), side(RIGHT, 600, slow, 26.0)
    left = thinned(left, rng.random(len(left)) > 0.3)
    right = thinned(cut(right, 100, 160), rng.random(len(cut(right, 100, 160))) > 0.3)
    late = replace(right, t_ns=right.t_ns + 7)
    difference, weight_s = left_minus_right(left, late)
    assert np.abs(difference).max() < 0.084 * 0.1
    assert weight_s.sum() == pytest.approx(540, rel=0.02)


def test_runs_that_never_overlap_and_empty_tracks_say_nothing():
    left = side(LEFT, 60, 0.5)
    far = replace(side(RIGHT, 60, 0.1), t_ns=side(RIGHT, 60, 0.1).t_ns + 3600 * NS_PER_S)
    for right in (far, thinned(far, np.zeros(len(far), bool))):
        a = summarise(worn(left, right)).asymmetry
        assert (a.seconds, a.mean, a.sd, a.higher, a.left_higher_share) == (0.0, None, None, None, None)
        assert a.words == f"{UNTOLD}: both saw only 0 s of running together."


# ---------------------------------------------------------------- what is told


@pytest.mark.parametrize(
    ("mean", "d_primes", "told"),
    [
        (0.37, (3.0, 3.0), False),
        (0.40, (3.0, 3.0), True),
        (0.40, (3.0, 2.1), False),
        (0.40, (2.1, 3.0), False),
        (0.50, (3.0, 2.1), True),
        (0.20, (6.0, 6.0), True),
        (0.12, (6.0, 6.0), False),
    ],
)
def test_a_difference_is_told_only_beyond_twice_its_error(mean, d_primes, told):
    for sign in (1, -1):
        a = summarise(worn(side(LEFT, 100, sign * mean), side(RIGHT, 100, 0.0), d_primes)).asymmetry
        assert (abs(a.mean) > 2 * a.standard_error) is told
        assert a.higher is ((Shoulder.LEFT if sign > 0 else Shoulder.RIGHT) if told else None)
        assert a.words.startswith("Your " if told else f"{UNTOLD}: on average")


def test_the_error_is_that_of_a_score_whose_clip_sits_otherwise():
    """What varies from wearing to wearing, drawn as the calibration supposes it, spreads the score by 0.4 / d'."""
    neutral = Pose("neutral", (0.0, 0.0, 1.0), 0.4, 8.0, False)
    shrug = Pose("shrug", as_vector(unit(np.array([0.2, 0.05, 1.0]))), 0.6, 5.0, False)
    shoulders = fit_shoulders(neutral, [shrug])
    tilt = np.random.default_rng(1).multivariate_normal([0, 0], nuisance_deg2(neutral, [shrug], None), 20_000)
    up = np.array(neutral.up) + np.radians(tilt) @ np.stack(basis(np.array(neutral.up)))
    each = float(np.std(score(up, shoulders)))
    assert each == pytest.approx(0.4 / shoulders.d_prime, rel=0.03)
    a = summarise(worn(side(LEFT, 100, 0.5), side(RIGHT, 100, 0.0), (shoulders.d_prime, shoulders.d_prime))).asymmetry
    assert a.standard_error == pytest.approx(np.sqrt(2) * each, rel=0.03)


def test_an_hour_more_does_not_make_it_surer():
    short, long = (
        summarise(worn(side(LEFT, s, 0.3), side(RIGHT, s, 0.0))).asymmetry for s in (60.0, 600.0)
    )  # fmt: skip
    assert short.standard_error == long.standard_error
    assert long.higher is None


@pytest.mark.parametrize(
    ("d_primes", "words"),
    [
        ((3.0, 1.5), "the right sensor sees its shoulder only weakly"),
        ((1.96, 3.0), "the left sensor sees its shoulder only weakly"),
        ((1.3, 1.9), "both sensors see their shoulders only weakly"),
    ],
)
def test_a_weak_side_tells_no_difference(d_primes, words):
    def column(d_prime):
        return {"valid": d_prime >= 2, "reason": Reason.OK if d_prime >= 2 else Reason.CANNOT_SEE}

    left, right = side(LEFT, 100, 1.5, **column(d_primes[0])), side(RIGHT, 100, 0.0, **column(d_primes[1]))
    a = summarise(worn(left, right, d_primes)).asymmetry
    assert a.mean == pytest.approx(1.5)
    assert a.higher is None
    assert a.words == f"{UNTOLD}: {words}."


def test_a_shoulder_without_a_shrug_has_no_asymmetry():
    run = worn(side(LEFT, 100, 1.0), side(RIGHT, 100, 0.0))
    for sites in ({RIGHT.key: site(RIGHT, 3.0)}, {LEFT.key: site(LEFT, trunk=True), RIGHT.key: site(RIGHT, 3.0)}):
        m = summarise(replace(run, sites=sites))
        assert m.asymmetry is None
        assert (m.shoulder_sensors[0].sees, m.shoulder_sensors[0].d_prime) == (Sight.UNCALIBRATED, None)


def test_a_few_seconds_tell_no_difference():
    a = summarise(worn(side(LEFT, 29, 1.0), side(RIGHT, 29, 0.0))).asymmetry
    assert a.higher is None
    assert "only 29 s" in a.words


def test_a_sensor_that_may_have_moved_tells_no_difference():
    moved = prompt(50, EventKind.SENSOR_MOVED, RIGHT.key)
    a = summarise(worn(side(LEFT, 100, 1.0), side(RIGHT, 100, 0.0), events=(moved,))).asymmetry
    assert a.higher is None
    assert a.words == f"{UNTOLD}: the right sensor may have moved."


def test_one_shoulder_or_one_that_cannot_be_seen_has_no_asymmetry():
    left = side(LEFT, 100, 0.5)
    assert summarise(analysis(left, seconds=100.0, sensors=(LEFT,))).asymmetry is None
    blind = side(RIGHT, 100, np.nan, valid=False, reason=Reason.CANNOT_SEE)
    m = summarise(worn(left, blind, (3.0, 0.9)))
    assert m.asymmetry is None
    assert [s.sees for s in m.shoulder_sensors] == [Sight.CLEAR, Sight.NONE]
    assert m.shoulder_sensors[1].mean is None


# ---------------------------------------------------------------- clear, weak, not visible


@pytest.mark.parametrize("d_prime", [0.0, 1.19, 1.2, 1.96, 1.9999, 2.0, 3.94, 11.0])
def test_sight_is_what_the_core_makes_of_the_same_calibration(d_prime):
    """Clear where a rule rests on it, weak where the channel still scores it, and the calibration's words agree."""
    worn_there = site(RIGHT, d_prime)
    found = summarise(worn(side(LEFT, 60, 0.5), side(RIGHT, 60, np.nan), (3.0, d_prime))).shoulder_sensors[1]
    ruled = any(r.kind is EventKind.SHOULDERS_UP for r in rules_for(worn_there, Settings(), Mode.ROAD))
    up = np.tile([0.1, 0.0, 1.0], (100, 1))
    block = GridBlock(
        0, 0.01, np.arange(100) * 10**7, np.arange(100) * 10**7, 9.81 * up, 0 * up, np.ones(100, bool),
        np.zeros(100, bool),
    )  # fmt: skip
    scored = bool(np.isfinite(PostureChannel(True, worn_there).push(block).shoulder).any())
    assert (found.sees is Sight.CLEAR, found.sees is Sight.WEAK) == (ruled, scored and not ruled)
    assert found.sees is (Sight.CLEAR if ruled else Sight.WEAK if scored else Sight.NONE)
    assert ("Sees raised shoulders (d'" in worn_there.sees) is ruled
    assert ("Cannot see raised shoulders" in worn_there.sees) is (not scored)
    assert found.d_prime == d_prime
    assert found.mean is None


def test_a_weak_sensor_shows_its_score_and_claims_nothing():
    weak = side(RIGHT, 100, 0.9, valid=False, reason=Reason.CANNOT_SEE)
    m = summarise(analysis(weak, seconds=100.0, sensors=(RIGHT,), sites={RIGHT.key: site(RIGHT, 1.5)}))
    assert m.shoulders is m.shoulder_sensors[0]
    plain = m.as_json()["shoulders"]
    assert plain == {
        "sensor": "right_shoulder", "site": "right_shoulder", "sees": "weak", "d_prime": 1.5, "mean": 0.9, "p95": 0.9,
        "past_share": None, "bouts": None,
    }  # fmt: skip


def test_a_head_that_is_well_seen_lends_nothing_to_a_weak_shoulder():
    """A neckband that sees the head has valid values; its shoulder score stays weak."""
    both = side(LEFT, 100, 0.9, sustained_deg=5.0)
    neckband = {LEFT.key: site(LEFT, 1.5, head=True)}
    m = summarise(analysis(both, seconds=100.0, sensors=(LEFT,), sites=neckband))
    assert m.shoulders.sees is Sight.WEAK
    assert m.shoulders.past_share is None


def test_a_wearer_who_asks_for_more_gets_fewer_claims():
    """No rule watches a shoulder below the wearer's own d' limit, so the numbers claim nothing either."""
    both = side(LEFT, 100, 0.9, sustained_deg=5.0)
    asks = Settings(shoulders=ShoulderRule(claim_d_prime=3.5))
    m = summarise(
        analysis(both, seconds=100.0, sensors=(LEFT,), sites={LEFT.key: site(LEFT, 3.0)}, settings=asks)
    )  # fmt: skip
    assert (m.shoulders.sees, m.shoulders.past_share) == (Sight.WEAK, None)


def test_a_clear_view_comes_before_a_weak_one():
    weak, clear = side(LEFT, 100, 0.9, valid=False, reason=Reason.CANNOT_SEE), side(RIGHT, 50, 0.2)
    m = summarise(worn(weak, clear, (1.5, 3.0)))
    assert m.shoulders.sensor == RIGHT.key


def test_a_head_sensor_is_not_asked_about_shoulders():
    head = track("head", 60, sustained_deg=5.0, angle_deg=5.0)
    m = summarise(analysis(head, seconds=60.0, sensors=(HEAD,)))
    assert m.shoulder_sensors == ()
    assert m.as_json()["shoulders"] == "not visible from here"
