"""What is said of many runs: directions only where they are certain, calibrations in their order."""

from dataclasses import replace

import numpy as np
import pytest
from small_runs import RULER, calibration, row

from monitor.library.calibrations import history
from monitor.library.over_weeks import LEAST_RUNS, MOST_RUNS, over_weeks, slope_of


def runs(values, *, every: float = 3.0, ruler=RULER, start: int = 0, **numbers):
    return [
        row(f"{start + i}.headsup", day=(start + i) * every, ruler=ruler, head_from_calibration_deg=float(v), **numbers)
        for i, v in enumerate(values)
    ]


def head(rows):
    return [f for f in over_weeks(rows) if f.measure.key == "head_from_calibration_deg"]


def test_a_steady_improvement_is_told_in_the_right_size():
    rng = np.random.default_rng(1)
    values = 15 - 0.3 * np.arange(14) + rng.normal(0, 0.4, 14)
    (found,) = head(runs(values))
    assert found.slope.certain
    assert found.slope.low < -0.7 < found.slope.high
    words = found.words(feet=True)
    assert words.startswith("Head, mean (trail): −0.")
    assert "over 14 runs in 6 weeks" in words


def test_runs_that_only_wander_are_seldom_given_a_direction():
    """Five measures are followed: at one in a hundred each, one in twenty of all that is said may be wrong."""
    wrong = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        (found,) = head(runs(12 + rng.normal(0, 2, rng.integers(LEAST_RUNS, 20))))
        wrong += found.slope.certain
    assert wrong <= 3, f"{wrong} of 300"


def test_one_odd_run_does_not_turn_the_line():
    values = np.full(12, 12.0) + np.random.default_rng(2).normal(0, 0.3, 12)
    values[-1] = 40.0
    (found,) = head(runs(values))
    assert not found.slope.certain
    assert abs(found.slope.per_week) < 0.5
    assert "no change that can be told" in found.words(feet=True)


@pytest.mark.parametrize(("count", "every"), [(4, 7.0), (9, 0.5)])
def test_too_few_runs_or_too_few_days_have_no_line(count, every):
    (found,) = head(runs(np.linspace(20, 10, count), every=every))
    assert found.slope is None
    assert "from 5 of them, over a week or more" in found.words(feet=True)


def test_runs_are_joined_only_on_the_same_ruler():
    anew = replace(RULER, head="c2")
    road = replace(RULER, modes="road")
    made_up = replace(RULER, simulated=True)
    rows = [
        r
        for i, ruler in enumerate((RULER, anew, road, made_up))
        for r in runs([10.0 + i] * 3, ruler=ruler, start=10 * i, cadence_median_spm=170.0)
    ]
    assert [len(f.points) for f in head(rows)] == [3, 3, 3, 3]
    cadence = [f for f in over_weeks(rows) if f.measure.key == "cadence_median_spm"]
    assert [len(f.points) for f in cadence] == [6, 3, 3], "rhythm needs no calibration, but the same ground"


def test_copies_short_runs_and_bad_recordings_do_not_count():
    rows = runs([10.0] * 5)
    rows += [replace(rows[0], name="copy.headsup"), replace(row("bad.headsup"), error="No")]
    rows += [row("short.headsup", day=1.5, head_from_calibration_deg=30.0, running_s=100.0)]
    rows += [replace(row("undated.headsup", head_from_calibration_deg=3.0), started_utc="soon")]
    (found,) = head(rows)
    assert [p.name for p in found.points] == [f"{i}.headsup" for i in range(5)]


def test_a_neutral_set_anew_on_the_way_joins_no_line():
    rows = runs(np.linspace(20, 10, 8), ruler=replace(RULER, rezeroed=True), cadence_median_spm=170.0)
    assert head(rows) == []
    assert len(over_weeks(rows)[0].points) == 8, "the rhythm does not depend on it"


def test_equal_values_have_a_level_line():
    (found,) = head(runs([10.0] * 8))
    assert (found.slope.per_week, found.slope.low, found.slope.high) == (0.0, 0.0, 0.0)
    assert not found.slope.certain


def test_of_very_many_runs_the_latest_are_followed():
    (found,) = head(runs(np.tile([10.0, 11.0], 600), every=1.0))
    assert len(found.points) == MOST_RUNS
    assert found.points[-1].name == "1199.headsup"


def test_json_of_a_line():
    (found,) = head(runs(np.linspace(20, 10, 8) + np.tile([0.2, -0.2], 4)))
    table = found.as_json()
    assert table["slope"]["certain"] is True
    assert table["slope"]["per_week"] == round(slope_of(found.points).per_week, 4)
    assert len(table["points"]) == 8


def test_the_history_of_calibrations_tells_how_far_the_neutral_turned():
    turned = (0.0, float(np.sin(np.radians(5))), float(np.cos(np.radians(5))))
    first, second = calibration(), calibration("2026-06-10T08:00:00+00:00", turned)
    rows = [replace(row(f"{i}.headsup", day=i), calibration=first if i < 3 else second) for i in range(5)]
    rows.append(replace(rows[0], name="copy.headsup"))
    old, new = history(rows, [second])
    assert (old.runs, new.runs) == (3, 2)
    assert (old.on_shelf, new.on_shelf) == (False, True)
    assert old.steps[0].head_turn_deg is None
    assert new.steps[0].head_turn_deg == pytest.approx(5.0)
    assert new.words == "2026-06-10 08:00  me: 2 runs, the one in use now"
    assert new.steps[0].words == "head (Cap IMU): head d' 9.0, neutral turned 5.0° since the one before"
    assert new.as_json()["sensors"][0]["head_turn_deg"] == pytest.approx(5.0)


def test_another_sensor_or_another_wearer_has_no_turn():
    turned = (0.0, 1.0, 0.0)
    other_cap = calibration("2026-06-10T08:00:00+00:00", turned, address="EE:FF")
    other_wearer = calibration("2026-06-11T08:00:00+00:00", turned, profile="anna")
    versions = history([row()], [other_cap, other_wearer])
    assert [v.steps[0].head_turn_deg for v in versions] == [None, None, None]
    assert versions[1].words.endswith("me: 0 runs, the one in use now")


def test_no_runs_no_history():
    assert history([]) == ()
    assert over_weeks([]) == ()
