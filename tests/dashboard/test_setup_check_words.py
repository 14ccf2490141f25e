"""The words of the 10-second check, the battery against the run, and the pure check behind the page."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from setup_fakes import COLLAR_SITE, HEAD_SITE, PROFILE, STRAP, checked, place_check

from calibration.check import Verdict
from calibration.held import Seen
from monitor.dashboard.setup.battery import duration, judged
from monitor.dashboard.setup.check_words import advice, heading, lines, no_signal
from monitor.dashboard.setup.checkup import Checkup
from monitor.values import Activity

STRAP_PLACE = replace(place_check(), key="collar", name=STRAP.name, battery_pct=None)


def test_as_calibrated():
    view = checked(place_check(off_deg=2.2), STRAP_PLACE, strangers=("OpenEarable-9F9F",))
    assert heading(view) == "✓  As calibrated."
    assert advice(view) == ()
    batteries = {"head": judged(87, 80.0), "collar": judged(None, 80.0)}
    assert lines(view, batteries) == (
        "·  Head: as calibrated, within 2°; battery 87 %, enough for 1 h 20 min",
        "·  Shoulder strap or collar: as calibrated, within 2°; battery not told",
        "·  OpenEarable-9F9F is in range, but not in your calibration: it is not used.",
    )


def test_moved_by_six_degrees():
    view = checked(place_check(Verdict.MOVED, 6.2), STRAP_PLACE)
    assert heading(view) == "!  The head sensor sits 6° differently."
    assert [words.split()[0] for words in advice(view)] == ["Re-zero", "Or", "Or"]
    assert lines(view, {})[0].startswith("!  Head: 6° off")


def test_a_lowered_head_is_not_called_a_moved_sensor():
    place = place_check(Verdict.MOVED, 9.0)
    view = checked(replace(place, check=replace(place.check, bowed=True)))
    assert heading(view) == "!  Your head is 9° lower than it was."
    assert advice(view)[0].startswith("Lift your eyes")


def test_two_that_sit_quite_differently_may_be_swapped():
    other = replace(place_check(Verdict.WORN_ANEW, 48.0), key="collar", name=STRAP.name)
    view = checked(place_check(Verdict.WORN_ANEW, 66.0), other)
    assert advice(view)[0] == ("Are they swapped? OpenEarable-1A2B: head, WT901BLE67: shoulder strap or collar.")
    assert "swapped" not in " ".join(advice(checked(place_check(Verdict.WORN_ANEW, 66.0))))


def test_a_battery_that_is_too_low_has_advice():
    assert "Charge it" in advice(checked(), enough=False)[0]


def test_a_silent_sensor_is_told_with_the_reason():
    words = no_signal(replace(checked(), lost=("left shoulder", "head"), lost_why="Charge it."))
    assert words == "No signal from the left shoulder and head sensors. It goes on by itself. Charge it."


@pytest.mark.parametrize(
    ("percent", "planned", "drain", "enough", "words"),
    [
        (87, 80, math.nan, True, "battery 87 %, enough for 1 h 20 min"),
        (31, 80, math.nan, False, "battery 31 %, for about 1 h 10 min: not enough for 1 h 20 min, charge it first"),
        (31, 80, 10.0, True, "battery 31 %, enough for 1 h 20 min"),
        (31, 80, 26.0, False, "battery 31 %, for about 1 h: not enough for 1 h 20 min, charge it first"),
        (60, 0, math.nan, True, "battery 60 %, for about 2 h 40 min"),
        (14, 0, math.nan, False, "battery 14 %, for about 27 min: charge it first"),
        (5, 0, math.nan, False, "battery 5 %, nearly empty: charge it first"),
        (0, 30, math.nan, False, "battery 0 %, nearly empty: not enough for 30 min, charge it first"),
        (None, 80, 10.0, None, "battery not told"),
    ],
)
def test_batteries(percent, planned, drain, enough, words):
    battery = judged(percent, planned, drain)
    assert (battery.enough, battery.words) == (enough, words)


@pytest.mark.parametrize(("minutes", "words"), [(0.5, "0 min"), (45, "45 min"), (60, "1 h"), (85, "1 h 20 min")])
def test_durations(minutes, words):
    assert duration(minutes) == words


# ---------------------------------------------------------------- looks in, verdicts out


def looks(key, up, seconds, start_s=0.0, activity=Activity.STILL):
    up = tuple(np.asarray(up) / np.linalg.norm(up))
    return [Seen(key, start_s + i / 10, up, True, activity) for i in range(round(10 * seconds))]


def tilted(deg, way=(0.0, 1.0, 0.0)):
    """Up, turned by so much; sideways where not told otherwise: the nod is along x."""
    return np.cos(np.radians(deg)) * np.array([0, 0, 1.0]) + np.sin(np.radians(deg)) * np.array(way)


def test_the_count_runs_to_the_verdict_of_the_slowest_sensor():
    checkup = Checkup(PROFILE)
    assert checkup.left_s == 10.0
    checkup.push(looks("head", (0, 0, 1), 10))
    assert (checkup.left_s, checkup.over) == (10.0, False), "the collar has sent nothing yet"
    checkup.push(looks("collar", (0, 0, 1), 4))
    assert checkup.left_s == pytest.approx(6.0)
    checkup.push(looks("collar", (0, 0, 1), 6))
    assert (checkup.left_s, checkup.over) == (0.0, True)
    assert checkup.rezeroed("2026-11-22T09:00:00+00:00") is None


def test_a_rezero_turns_the_moved_sensor_alone():
    checkup = Checkup(PROFILE)
    checkup.push([*looks("head", tilted(12), 10), *looks("collar", (0, 0, 1), 10)])
    assert checkup.result("head").verdict is Verdict.MOVED
    turned = checkup.rezeroed("2026-11-22T09:00:00+00:00")
    assert turned.name == PROFILE.name
    assert turned.sites[1] == COLLAR_SITE
    assert turned.sites[0].head.neutral == pytest.approx(tuple(tilted(12)), abs=1e-6)
    assert turned.sites[0].notes[-1] == "re-zeroed by 12 degrees on 2026-11-22."
    again = Checkup(turned)
    again.push([*looks("head", tilted(12), 10), *looks("collar", (0, 0, 1), 10)])
    assert again.result("head").verdict is Verdict.SAME


def test_one_that_is_worn_elsewhere_spoils_the_rezero_of_all():
    checkup = Checkup(PROFILE)
    checkup.push([*looks("head", tilted(12), 10), *looks("collar", tilted(70), 10)])
    assert checkup.over
    assert checkup.rezeroed("2026-11-22T09:00:00+00:00") is None


def test_who_lowers_the_head_gets_a_hint_and_time():
    checkup = Checkup(replace(PROFILE, sites=(HEAD_SITE,)))
    checkup.push(looks("head", tilted(12, (1.0, 0.0, 0.0)), 12))
    assert not checkup.over
    assert checkup.hint.startswith("Look far ahead")
    checkup.push(looks("head", (0, 0, 1), 12, 12.0))
    assert checkup.result("head").verdict is Verdict.SAME


def test_what_was_seen_before_a_silence_is_forgotten_and_a_verdict_is_not():
    checkup = Checkup(PROFILE)
    checkup.push([*looks("head", (0, 0, 1), 10), *looks("collar", (0, 0, 1), 8)])
    for key in ("head", "collar", "nowhere"):
        checkup.restart(key)
    assert checkup.left_s == 10.0
    assert checkup.result("head") is not None
