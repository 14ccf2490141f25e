"""Offsets from presses, from the clocks, and the choice between them."""

import numpy as np
import pytest
from simulated_run import Seen

from monitor.alignment.choose import by_hand, choose
from monitor.alignment.marks import by_marks, pair_presses
from monitor.alignment.result import Alignment, Method, NotAligned, offset_words, utc_ns
from monitor.alignment.start_times import by_start_times

START = utc_ns("2026-11-22T09:30:00+00:00")
S = 1_000_000_000


def presses(*seconds):
    return [START + round(s * S) for s in seconds]


def watch_from(second, length_s=3000):
    t_ns = START + (second + np.arange(length_s, dtype=np.int64)) * S
    return Seen(t_ns, np.full(length_s, np.nan))


def cadence(offset_s, confidence):
    return Alignment(offset_s, confidence, Method.CADENCE, "Cadence.", 1.0)


# ---------------------------------------------------------------- the convention


def test_the_convention_there_and_back():
    found = Alignment(37.0, 1.0, Method.BY_HAND, "", 0.5, drift_ppm=100.0)
    t_s = np.array([0.0, 10_000.0])
    there = found.watch_ns(START, t_s)
    assert there.tolist() == [START + 37 * S, START + 10_038 * S]
    np.testing.assert_allclose(found.run_s(START, there), t_s, atol=1e-6)


def test_a_time_keeps_its_zone_and_its_microseconds():
    assert utc_ns("2026-11-22T10:30:00.25+01:00") == START + S // 4
    with pytest.raises(ValueError, match="zone"):
        utc_ns("2026-11-22T10:30:00")


@pytest.mark.parametrize(
    ("offset_s", "words"),
    [(37.0, "+37 s"), (-0.02, "+0 s"), (-512.5, "-8 min 32 s"), (7200.0, "+2 h"), (-3.24, "-3.2 s"), (59.97, "+60 s")],
)
def test_offsets_in_words(offset_s, words):
    assert offset_words(offset_s) == words


# ---------------------------------------------------------------- marks


def test_one_pair_is_a_beginning_and_more_are_better():
    one = by_marks(START, [(100.0, presses(137)[0])])
    three = by_marks(START, list(zip((100.0, 500.0, 900.0), presses(137, 538, 937), strict=True)))
    assert isinstance(one, Alignment)
    assert isinstance(three, Alignment)
    assert (one.offset_s, three.offset_s) == (37.0, pytest.approx(37.33, abs=0.01))
    assert one.confidence < three.confidence
    assert one.uncertainty_s > three.uncertainty_s


def test_one_wrong_pair_of_four_is_left_out():
    pairs = list(zip((100.0, 500.0, 900.0, 950.0), presses(137, 537, 937, 1200), strict=True))
    found = by_marks(START, pairs)
    assert isinstance(found, Alignment)
    assert found.offset_s == 37.0
    assert "3 of 4" in found.evidence


def test_pairs_that_contradict_each_other_are_refused():
    assert isinstance(by_marks(START, list(zip((100.0, 500.0), presses(137, 900), strict=True))), NotAligned)
    assert isinstance(by_marks(START, []), NotAligned)


def test_presses_find_their_marks_among_others():
    marks = [60.0, 412.0, 1500.0, 2200.0]
    laps = presses(60 + 7200, 300, 1501 + 7200, 2199 + 7200, 5000)
    pairs = pair_presses(START, marks, laps)
    assert [t for t, _ in pairs] == [60.0, 1500.0, 2200.0]
    found = by_marks(START, pairs)
    assert isinstance(found, Alignment)
    assert found.offset_s == pytest.approx(7200.0, abs=1.0)


def test_even_laps_against_even_marks_tell_nothing():
    """A mark every 5 min and a lap every 5 min fit at many offsets equally."""
    assert pair_presses(START, [300.0, 600.0], presses(337, 637, 937)) == ()


def test_a_lone_pair_counts_only_where_the_clocks_agree():
    assert pair_presses(START, [300.0], presses(337)) == ((300.0, presses(337)[0]),)
    assert pair_presses(START, [300.0], presses(7537)) == ()
    assert pair_presses(START, [], presses(1)) == ()


def test_thousands_of_marks_are_bounded():
    many = [float(i) * 7.3 for i in range(20_000)]
    assert len(pair_presses(START, many, presses(*many))) <= 1000


# ---------------------------------------------------------------- the clocks


def test_clocks_that_overlap_mean_offset_zero():
    found = by_start_times(START, 2700.0, watch_from(-45))
    assert isinstance(found, Alignment)
    assert found.offset_s == 0.0
    assert found.confidence < 0.5


@pytest.mark.parametrize("hours", [-5, 2, 5.5])
def test_a_wrong_zone_is_a_guess_that_says_so(hours):
    found = by_start_times(START, 2700.0, watch_from(round(hours * 3600) + 20))
    assert isinstance(found, Alignment)
    assert found.offset_s == hours * 3600
    assert found.confidence <= 0.1
    assert "time zone" in found.evidence


@pytest.mark.parametrize("second", [40_000 + 700, 86_400 * 3, -86_400])
def test_another_day_is_refused(second):
    assert isinstance(by_start_times(START, 2700.0, watch_from(second)), NotAligned)


def test_a_track_without_times_is_refused():
    found = by_start_times(START, 2700.0, Seen(np.empty(0, np.int64), np.empty(0)))
    assert isinstance(found, NotAligned)
    assert "no usable times" in found.reason


# ---------------------------------------------------------------- the choice


def test_what_was_set_by_hand_wins():
    assert choose([cadence(37.0, 1.0), by_hand(12.5)]).offset_s == 12.5


def test_ways_that_agree_strengthen_each_other():
    marks = by_marks(START, [(100.0, presses(138)[0])])
    found = choose([NotAligned(Method.START_TIMES, "No."), cadence(37.2, 0.6), marks])
    assert isinstance(found, Alignment)
    assert found.offset_s == 37.2
    assert found.confidence == pytest.approx(0.76)
    assert "Cadence." in found.evidence
    assert "mark" in found.evidence


def test_ways_that_contradict_are_left_to_the_runner_unless_one_is_much_surer():
    marks = by_marks(START, [(100.0, presses(400)[0])])
    unsure = choose([cadence(37.0, 0.5), marks])
    assert isinstance(unsure, NotAligned)
    assert "+37 s" in unsure.reason
    assert "+5 min" in unsure.reason
    sure = choose([cadence(37.0, 0.9), marks])
    assert isinstance(sure, Alignment)
    assert sure.offset_s == 37.0


def test_clocks_count_only_alone():
    clocks = by_start_times(START, 2700.0, watch_from(0))
    assert choose([clocks, cadence(7200.0, 0.5)]).offset_s == 7200.0
    assert choose([clocks, NotAligned(Method.CADENCE, "Even.")]) == clocks


def test_nothing_found_gives_all_the_reasons():
    found = choose([NotAligned(Method.CADENCE, "Even."), NotAligned(Method.MARKS, "None.")])
    assert isinstance(found, NotAligned)
    assert found.reason == "Even. None."
    assert isinstance(choose([]), NotAligned)
