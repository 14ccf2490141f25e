"""Form checks on constructed runs whose answer is known."""

import dataclasses

import numpy as np
import pytest
from made_tracks import BOTH, COLLAR, S, checks, run, settings, spread, track

from monitor.coaching.seen import Seen
from monitor.coaching.watch import CALM_NS
from monitor.values import Event, EventKind, Ground, Mark, Mode, ModeChange, Reason, ReZero

HOUR = settings(planned_min=60)


def tightening(t):
    """5 deg in the first ten minutes, then 0.1 deg more each minute."""
    return 5 + spread(t, 1.0, 7) + 0.1 * np.clip(t / 60 - 10, 0, None)


def silent_of(event):
    return None if event.prompted else event.detail.get("silent", "noted")


def test_tightness_that_builds_mile_upon_mile_is_named_and_grows():
    found = checks(run([track(neck=tightening)], used=HOUR))
    assert list(found) == ["baseline", "middle", "end"]
    base, middle, end = found.values()
    assert base.t_ns == 600 * S
    assert not base.prompted
    assert base.detail["head_deg"] == pytest.approx(5, abs=0.3)
    assert middle.t_ns == 1800 * S
    assert middle.detail["head_deg"] - middle.detail["head_base_deg"] == pytest.approx(2.0, abs=0.6)
    assert end.t_ns == 3240 * S
    assert end.detail["head_deg"] - end.detail["head_base_deg"] == pytest.approx(4.4, abs=0.6)
    assert end.detail["head_changed"] is True
    assert end.detail["text"] in (
        f"Form check. Your head is about {n} degrees lower than in the first minutes. Lift it a little." for n in (4, 5)
    )
    assert middle.prompted
    assert end.prompted


def test_a_head_that_is_as_it_was_is_called_so():
    found = checks(run([track(neck=lambda t: 5 + spread(t, 1.5, 2))], used=HOUR))
    for name in ("middle", "end"):
        assert found[name].detail["text"] == "Form check. Your head is as it was at the start."
        assert found[name].detail["head_changed"] is False


def test_a_restless_head_is_not_called_anything():
    """A drop of 4 deg under a scatter of 12 deg between ten seconds: chance may do that."""
    neck = lambda t: 5 + spread(t, 12.0, 5, every_s=10) + 4 * (t > 1200)  # noqa: E731
    (middle,) = [e for e in run([track(neck=neck)], used=HOUR) if e.detail["check"] == "middle"]
    assert middle.detail["head_margin_deg"] > 10
    assert middle.detail["text"] == "Form check. I see no clear change in your form."


def test_what_the_adaptation_of_the_neutral_took_off_is_put_back_and_said_to_be_doubtful():
    """The neutral was followed by 4 deg: the track shows no change, yet head or cap has sunk."""
    followed = lambda t: np.clip((t - 1000) / 200, 0, 4)  # noqa: E731
    middle = checks_of(run([track()], used=HOUR, followed=followed), "middle")
    assert middle.detail["head_deg"] == pytest.approx(9.0, abs=0.1)
    assert middle.detail["head_followed_deg"] == pytest.approx(4.0, abs=0.1)
    assert middle.detail["text"] == (
        "Form check. Your head, or the sensor on it, is about 4 degrees lower than in the first minutes. "
        "Lift it a little."
    )
    sunk = track(neck=lambda t: 5.0 + 6 * (t > 1300))
    text = checks_of(run([sunk], used=HOUR, followed=followed), "middle").detail["text"]
    assert text.startswith("Form check. Your head is about 10 degrees lower")


def test_shoulders_without_a_head_sensor():
    rising = track("collar", shoulder=lambda t: 0.1 + spread(t, 0.05, 3) + 0.4 * (t > 1500), over=lambda t: t > 3000)
    found = checks(run([rising], COLLAR, HOUR))
    assert found["middle"].detail["text"] == (
        "Form check. Your shoulders are clearly higher than in the first minutes. Let them drop."
    )
    assert found["end"].detail["shoulder_over_share"] == 1.0
    assert "head_deg" not in found["end"].detail


def test_both_sensors_and_both_unchanged():
    both = [track(), track("collar", shoulder=0.1)]
    events = run(both, BOTH, HOUR)
    assert [e.detail["check"] for e in events] == ["baseline", "baseline", "middle", "end"]
    assert [e.sensor for e in events] == ["collar", "head", "", ""]
    assert events[-1].detail["text"] == "Form check. Your form is as it was at the start."


def test_each_shoulder_by_name():
    seen = Seen(shoulders=("left_shoulder", "right_shoulder"))
    left = track("left_shoulder", shoulder=lambda t: 0.1 + 0.2 * (t > 1200))
    middle = checks_of(run([left, track("right_shoulder", shoulder=0.1)], seen, HOUR), "middle")
    assert middle.detail["left_shoulder_changed"] is True
    assert middle.detail["right_shoulder_changed"] is False
    assert middle.detail["text"].startswith("Form check. Your left shoulder is a little higher than in")


def checks_of(events, name):
    (found,) = [e for e in events if e.detail.get("check") == name]
    return found


def test_time_past_the_limit_is_named_where_the_mean_is_not():
    """Fast nods: level on average, too low for half of the last half minute."""
    middle = checks_of(run([track(over=lambda t: (t > 1700) & (t % 10 < 5))], used=HOUR), "middle")
    assert middle.detail["head_over_share"] == pytest.approx(0.5, abs=0.03)
    assert middle.detail["text"] == "Form check. Your head was too low for about 50 percent of the last half minute."


def test_a_falling_cadence_is_named():
    slower = track(cadence=lambda t: 172 + spread(t, 1.0, 4) - 8 * (t > 3000))
    end = checks_of(run([slower], used=HOUR), "end")
    assert end.detail["text"] == "Form check. Your cadence is about 8 steps lower than in the first minutes."


def test_a_higher_head_is_told_without_advice():
    end = checks_of(run([track(neck=lambda t: 9.0 - 5 * (t > 1200))], used=HOUR), "end")
    assert end.detail["text"] == "Form check. Your head is about 5 degrees higher than in the first minutes."


# ---------------------------------------------------------------- what does not count


def test_stops_and_walking_with_a_hanging_head_are_left_out():
    walks = lambda t: (t % 300 >= 60).astype(float)  # noqa: E731  one minute of walking in five
    neck = lambda t: np.where(walks(t) > 0, 5.0, 40.0)  # noqa: E731
    found = checks(run([track(neck=neck, running=walks, seconds=3600)], used=HOUR))
    assert found["baseline"].detail["head_deg"] == 5.0
    assert 12 <= found["baseline"].t_ns / S / 60 <= 13.5  # ten minutes of running took so long
    assert found["middle"].detail["head_deg"] == 5.0
    assert found["middle"].detail["text"] == "Form check. Your head is as it was at the start."


def test_a_check_waits_while_the_runner_walks():
    stops = lambda t: ((t < 1700) | (t > 2000)).astype(float)  # noqa: E731
    middle = checks_of(run([track(running=stops)], used=HOUR), "middle")
    assert 2030 <= middle.t_ns / S <= 2045


def test_values_that_may_not_be_trusted_are_left_out():
    bad = lambda t: (t % 100 < 50).astype(float)  # noqa: E731
    neck = lambda t: np.where(bad(t) > 0, 60.0, 5.0)  # noqa: E731
    found = checks(run([track(neck=neck, valid=lambda t: 1 - bad(t))], used=HOUR))
    assert found["baseline"].detail["head_deg"] == 5.0
    assert found["end"].detail["head_deg"] == 5.0


def test_nothing_is_said_of_a_sensor_that_is_still_settling():
    settling = track()
    settling = dataclasses.replace(settling, reason=np.full(len(settling), Reason.STARTING, np.int8))
    assert run([settling], used=HOUR) == []


@pytest.mark.parametrize("seconds", [60, 300, 595])
def test_a_short_run_has_no_checks(seconds):
    assert run([track(seconds=seconds)], used=settings(planned_min=seconds / 60)) == []


def test_a_run_of_a_quarter_of_an_hour_is_checked_once_there_is_something_to_compare():
    found = checks(run([track(seconds=900)], used=settings(planned_min=15)))
    assert found["middle"].t_ns == 630 * S
    assert found["end"].t_ns == 810 * S


def test_without_a_plan_every_twenty_minutes_of_running():
    events = run([track(seconds=3700)])
    assert [(e.detail["check"], e.t_ns // S) for e in events] == [
        ("baseline", 600), ("regular", 1800), ("regular", 3000),
    ]  # fmt: skip


def test_planned_distance_by_the_speed_of_the_ground():
    events = run([track()], used=settings(planned_km=10), controls=[Ground(5 * S, 3.0, 0.0, "treadmill")])
    middle, end = checks_of(events, "middle"), checks_of(events, "end")
    assert middle.t_ns / S == pytest.approx(5 + 5000 / 3, abs=1.1)
    assert end.t_ns / S == pytest.approx(5 + 9000 / 3, abs=1.1)


def test_the_learned_length_holds_where_nothing_is_planned():
    assert checks_of(run([track()], used=settings(learned_min=50)), "end").t_ns == 2700 * S
    assert checks_of(run([track()], used=settings(learned_min=50, planned_min=60)), "end").t_ns == 3240 * S


def test_switched_off_only_what_is_asked_for_is_answered():
    events = run([track()], used=settings(planned_min=60, form_checks=False), controls=[Mark(2000 * S, "Form check ")])
    assert [e.detail["check"] for e in events] == ["asked"]
    assert events[0].detail["text"] == "Form check. Your head is as it was at the start."


# ---------------------------------------------------------------- other ground, another neutral


def test_a_mode_is_compared_with_its_own_minutes():
    """The trail begins at minute 25 and is looked at 25 deg lower: that is no tightness."""
    neck = lambda t: np.where(t < 1500, 5.0, 30.0)  # noqa: E731
    events = run([track(neck=neck)], used=HOUR, controls=[ModeChange(1500 * S, Mode.TRAIL)])
    middle = checks_of(events, "middle")
    assert middle.detail["mode"] == "trail"
    assert middle.detail["not_compared"] == "another mode than in the baseline"
    assert middle.detail["text"] == "Form check. This ground is new, so I do not compare."
    assert middle.t_ns / S == pytest.approx(1920, abs=2)  # two minutes of patience
    end = checks_of(events, "end")
    assert end.detail["head_base_deg"] == 30.0
    assert end.detail["text"] == "Form check. Your head is as it was earlier."
    assert [e.detail["mode"] for e in events if e.detail["check"] == "baseline"] == ["road", "trail"]


def test_back_on_the_road_the_road_is_what_counts():
    neck = lambda t: np.where((t > 900) & (t < 1700), 30.0, 5.0)  # noqa: E731
    there, back = ModeChange(900 * S, Mode.TRAIL), ModeChange(1700 * S, Mode.ROAD)
    middle = checks_of(run([track(neck=neck)], used=HOUR, controls=[there, back]), "middle")
    assert middle.detail["head_base_deg"] == middle.detail["head_deg"] == 5.0
    assert middle.detail["text"] == "Form check. Your head is as it was at the start."


def test_after_a_re_zero_nothing_is_compared_with_the_old_neutral():
    neck = lambda t: np.where(t < 1200, 15.0, 0.0)  # noqa: E731
    events = run([track(neck=neck)], used=HOUR, controls=[ReZero(1200 * S)])
    middle = checks_of(events, "middle")
    assert middle.detail["head_base_deg"] == 0.0
    assert middle.detail["text"] == "Form check. Your head is as it was earlier."


def test_on_another_slope_the_head_is_not_compared():
    neck = lambda t: np.where(t < 1500, 5.0, 12.0)  # noqa: E731
    middle = checks_of(run([track(neck=neck)], used=HOUR, controls=[Ground(1500 * S, 3.0, 0.08)]), "middle")
    assert middle.detail["head_not_compared"] == "another slope than in the baseline"
    assert "head_base_deg" not in middle.detail
    assert middle.detail["text"] == "Form check. The slope is another one, so I do not compare your head."


def moved_at(seconds, **detail):
    return (seconds * S, Event(seconds * S, EventKind.SENSOR_MOVED, "head", detail=detail))


@pytest.mark.parametrize(
    ("slip", "compared"),
    [
        (moved_at(1500), False),
        (moved_at(1500, silent="snoozed"), False),
        (moved_at(1500, silent="on this ground it may be right: shown, not said"), True),
        (moved_at(30), True),  # sat otherwise from the start: the first minutes are like the others
    ],
)
def test_after_a_slip_the_head_is_not_compared(slip, compared):
    found = checks_of(run([track()], used=HOUR, heard=[slip]), "middle").detail
    assert ("head_base_deg" in found) is compared
    assert ("The sensor may have moved" in str(found["text"])) is not compared


def test_a_sensor_that_joins_late_is_compared_with_its_own_minutes_and_not_called_the_first():
    events = run([track(from_s=1200, neck=lambda t: 5.0 + 5 * (t > 3000))], used=HOUR)
    assert [e.detail["check"] for e in events] == ["baseline", "middle", "end"]
    assert events[0].t_ns == 1800 * S
    assert "5 degrees lower than in the first minutes" in str(events[2].detail["text"])  # of running, as far as seen


# ---------------------------------------------------------------- marks


def test_a_cramp_is_compared_in_silence_five_seconds_later():
    neck = lambda t: 5 + spread(t, 1.0, 8) + 6 * ((t > 2200) & (t < 2500))  # noqa: E731
    events = run([track(neck=neck)], used=HOUR, controls=[Mark(2500 * S, "Cramp")])
    cramp = checks_of(events, "cramp")
    assert cramp.t_ns == 2505 * S
    assert not cramp.prompted
    assert cramp.detail["label"] == "cramp"
    assert cramp.detail["mark_s"] == 2500.0
    assert cramp.detail["head_deg"] == pytest.approx(11, abs=0.3)
    assert cramp.detail["head_changed"] is True


def test_what_belongs_to_the_baseline_is_not_compared_with_itself():
    (early,) = [
        e for e in run([track(seconds=700)], controls=[Mark(620 * S, "sore neck")]) if e.detail["check"] == "cramp"
    ]
    assert early.detail["not_compared"] == "too little running seen"
    (before,) = run([track(seconds=300)], controls=[Mark(200 * S, "sore neck")])
    assert before.detail["not_compared"] == "no baseline yet"
    assert before.detail["head_deg"] == 5.0


def test_other_marks_are_no_business_of_coaching():
    assert run([track(seconds=300)], controls=[Mark(200 * S, "note"), Mark(210 * S, "")]) == []


def test_a_check_that_is_asked_for_is_always_answered():
    asked = [Mark(t * S, "form check") for t in (100, 1500)]
    events = run([track(running=lambda t: t < 1300)], controls=asked, quiet=lambda t_ns: "snoozed")
    said = [e.detail["text"] for e in events if e.detail["check"] == "asked"]
    assert said == [
        "Form check. I know your form after ten minutes of running.",
        "Form check. I check your form while you run.",
    ]
    assert all(e.prompted for e in events if e.detail["check"] == "asked")
    (blind,) = run([track(seconds=200)], Seen(), controls=asked[:1])
    assert blind.detail["text"] == "Form check. No sensor can see your form. Calibrate, and I will."


# ---------------------------------------------------------------- not on top of other things


def test_a_check_does_not_talk_over_a_cue():
    cue = Event(1795 * S, EventKind.HEAD_DOWN, "head", prompted=True)
    middle = checks_of(run([track()], used=HOUR, heard=[(1795 * S, cue)]), "middle")
    assert middle.t_ns == 1805 * S


def test_in_a_quiet_time_a_check_is_noted_and_not_told():
    events = run([track()], used=HOUR, quiet=lambda t_ns: "snoozed" if 1700 * S <= t_ns < 1900 * S else None)
    middle, end = checks_of(events, "middle"), checks_of(events, "end")
    assert (middle.prompted, silent_of(middle), middle.t_ns) == (False, "snoozed", 1800 * S)
    assert (end.prompted, silent_of(end)) == (True, None)
    assert end.t_ns - middle.t_ns > CALM_NS


def test_every_event_is_plain_json():
    both = [track(neck=tightening), track("collar", shoulder=0.1)]
    for event in run(both, BOTH, settings(planned_min=60, summary_every_min=7, loosen_every_min=9)):
        for key, value in event.as_json().items():
            assert isinstance(value, (str, bool, int, float)), key
            assert value == value
