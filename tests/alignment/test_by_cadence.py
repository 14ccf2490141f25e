"""Cadence alone finds the offset between watch and recording, and says no where it cannot."""

import numpy as np
import pytest
from simulated_run import Seen, head_cadence, moving_average

from monitor.alignment.cadence import MOST_ALIKE, by_cadence
from monitor.alignment.result import Alignment, Method, NotAligned
from monitor.interop.reading import read_watch

FILES = {
    "fenix2": "activity-small-fenix2-run.fit",
    "stryd": "developer-types-sample.fit",
    "fr70": "compressed-speed-distance.fit",
}


@pytest.fixture(scope="module")
def watches(shared_data):
    return {name: read_watch(shared_data / "watch" / file) for name, file in FILES.items()}


def length_s(watch):
    return (watch.t_ns[-1] - watch.t_ns[0]) / 1e9 - 20


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("offset_s", [0.0, 37.0, -512.5, 7200.0])
def test_the_whole_run_within_half_a_second(watches, name, offset_s):
    watch = watches[name]
    found = by_cadence(*head_cadence(watch, 5.0, length_s(watch), offset_s), watch)
    assert isinstance(found, Alignment), found
    assert found.offset_s == pytest.approx(offset_s, abs=0.5)
    assert found.method is Method.CADENCE
    assert found.runner_up < MOST_ALIKE
    assert found.drift_ppm == 0.0
    assert found.overlap_s > 0.6 * length_s(watch)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("offset_s", [0.0, -512.5, 7200.0])
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6])
def test_a_quarter_of_an_hour_of_the_run_is_enough(watches, name, offset_s, part):
    watch = watches[name]
    found = by_cadence(*head_cadence(watch, part * length_s(watch), 900.0, offset_s, seed=3), watch)
    assert isinstance(found, Alignment), found
    assert found.offset_s == pytest.approx(offset_s, abs=0.8)


@pytest.mark.parametrize("name", ["fenix2", "stryd"])
def test_a_watch_that_averages_ten_seconds(watches, name):
    watch = watches[name]
    run = head_cadence(watch, 5.0, length_s(watch), 37.0)
    found = by_cadence(*run, moving_average(watch, 11))
    assert isinstance(found, Alignment)
    assert found.offset_s == pytest.approx(37.0, abs=0.5)


def test_a_watch_that_shows_the_last_ten_seconds_is_five_seconds_late_as_the_text_says(watches):
    watch = watches["fenix2"]
    run = head_cadence(watch, 5.0, length_s(watch), 37.0)
    found = by_cadence(*run, moving_average(watch, 11, trailing=True))
    assert isinstance(found, Alignment)
    assert found.offset_s == pytest.approx(37.0 + 5.0, abs=0.5)


def test_bad_conditions_are_refused_or_right(watches):
    """SIMULATED: noise of 3 steps/min, a third lost, picks at half the rate."""
    accepted = 0
    for name, watch in watches.items():
        for seed in range(3):
            run = head_cadence(watch, 300.0, 1500.0, 37.0, seed=seed, noise_spm=3.0, lost=0.3, half=0.06)
            found = by_cadence(*run, watch)
            if isinstance(found, Alignment):
                accepted += 1
                assert found.offset_s == pytest.approx(37.0, abs=3.0), (name, seed)
    assert accepted >= 5


def test_a_run_wholly_picked_at_half_the_rate_is_refused(watches):
    watch = watches["stryd"]
    started_ns, t_s, cadence = head_cadence(watch, 5.0, 1500.0, 0.0)
    assert isinstance(by_cadence(started_ns, t_s, cadence / 2, watch), NotAligned)


def test_an_auto_pause_leaves_the_offset(watches):
    """The watch stops its points for three minutes; its clock goes on."""
    watch = watches["fenix2"]
    run = head_cadence(watch, 5.0, length_s(watch), -512.5)
    t_s = (watch.t_ns - watch.t_ns[0]) / 1e9
    kept = (t_s < 900) | (t_s > 1080)
    found = by_cadence(*run, Seen(watch.t_ns[kept], watch.cadence_spm[kept]))
    assert isinstance(found, Alignment)
    assert found.offset_s == pytest.approx(-512.5, abs=0.5)


def test_a_large_drift_is_told_and_taken_off(watches):
    watch = watches["stryd"]
    run = head_cadence(watch, 5.0, length_s(watch), 37.0, ppm=900.0)
    found = by_cadence(*run, watch)
    assert isinstance(found, Alignment)
    assert found.drift_ppm == pytest.approx(900.0, abs=250.0)
    ends = np.array([0.0, length_s(watch)])
    expected = run[0] + np.rint((37.0 + ends * (1 + 900e-6)) * 1e9)
    np.testing.assert_allclose((found.watch_ns(run[0], ends) - expected) / 1e9, 0.0, atol=0.7)


# ---------------------------------------------------------------- what must be refused


@pytest.mark.parametrize("jitter_spm", [0.0, 0.3])
def test_a_steady_treadmill_fits_everywhere_and_is_refused(jitter_spm):
    """SIMULATED: 170 steps/min for 47 min on both sides, each with its own jitter."""
    rng = np.random.default_rng(5)
    t_ns = 1_700_000_000_000_000_000 + np.arange(2820, dtype=np.int64) * 1_000_000_000
    watch = Seen(t_ns, 170.0 + rng.normal(0, jitter_spm, 2820).round())
    t_s = np.arange(0.0, 2500.0, 0.04)
    cadence = 170.0 + np.repeat(rng.normal(0, jitter_spm, len(t_s) // 50 + 1), 50)[: len(t_s)]
    found = by_cadence(int(t_ns[0]), t_s, cadence, watch)
    assert isinstance(found, NotAligned)
    assert "even" in found.reason


def test_another_run_is_refused(watches):
    """SIMULATED runs from each file against the others, as they are, at the same mean cadence, and reversed."""
    tried = 0
    for name, source in watches.items():
        for start_s, seconds in ((5.0, length_s(source)), (300.0, 900.0), (1200.0, 1500.0)):
            _, t_s, cadence = head_cadence(source, start_s, seconds, 0.0, seed=int(seconds))
            for other, watch in watches.items():
                same_mean = np.nanmedian(cadence) - np.nanmedian(watch.cadence_spm)
                wrong = [watch.cadence_spm[::-1]]
                if other != name:
                    wrong += [watch.cadence_spm, watch.cadence_spm + same_mean, watch.cadence_spm[::-1] + same_mean]
                for values in wrong:
                    for ahead_s in (0, 200, 100_000):
                        found = by_cadence(int(watch.t_ns[0]) + ahead_s * 10**9, t_s, cadence, Seen(watch.t_ns, values))
                        tried += 1
                        assert isinstance(found, NotAligned), (name, other, seconds, ahead_s, found)
    assert tried == 3 * 3 * 3 * (1 + 2 * 4)


def test_the_other_part_of_the_same_run_is_refused(watches):
    for watch in watches.values():
        half = len(watch) // 2
        later = Seen(watch.t_ns[half:], watch.cadence_spm[half:])
        middle_s = (watch.t_ns[half] - watch.t_ns[0]) / 1e9
        found = by_cadence(*head_cadence(watch, 5.0, middle_s - 40.0, 0.0), later)
        assert isinstance(found, NotAligned)


@pytest.mark.parametrize("seconds", [0, 1, 200])
def test_too_little_is_said_in_a_sentence(watches, seconds):
    watch = watches["fenix2"]
    t_s = np.arange(0.0, seconds, 0.04)
    found = by_cadence(0, t_s, np.full(len(t_s), 170.0), watch)
    assert isinstance(found, NotAligned)
    assert "Five minutes" in found.reason


def test_a_watch_without_cadence(watches):
    watch = watches["fenix2"]
    for values in (np.full(len(watch), np.nan), np.where(np.arange(len(watch)) == 5, 170.0, np.nan)):
        found = by_cadence(0, np.arange(600.0), np.full(600, 170.0), Seen(watch.t_ns, values))
        assert isinstance(found, NotAligned)
        assert "no cadence" in found.reason


def test_a_run_without_any_rhythm(watches):
    found = by_cadence(0, np.arange(600.0), np.full(600, np.nan), watches["fenix2"])
    assert isinstance(found, NotAligned)
