"""What the drill's page says: never more than the sensors saw."""

from __future__ import annotations

import math

import pytest

from monitor.dashboard.drill_view import DrillState, amount, choice_name, choices, view_of
from monitor.drills.catalogue import DRILLS, DrillKind
from monitor.drills.progress import DrillProgress, Phase, Side
from monitor.drills.result import DrillResult, Outcome
from monitor.drills.words import HINTS, STAND, Hint
from monitor.errors import CalibrationError


class Led:
    """A session at one moment."""

    def __init__(self, kind=None, progress=None, *, results=(), over=False, failure=None):
        self.drill = DRILLS[kind] if kind else None
        self.progress, self.results, self.over, self.failure = progress, results, over, failure


def shown(kind, phase, *, held_s=0.0, wanted_s=60.0, **more):
    return view_of(Led(kind, DrillProgress(kind, phase, held_s, wanted_s, **more)), "during", 5)


@pytest.mark.parametrize(
    ("kind", "phase", "hint", "state"),
    [
        (DrillKind.HEAD_HANG, Phase.READY, None, DrillState.READY),
        (DrillKind.HEAD_HANG, Phase.READY, Hint.CHIN_MORE, DrillState.NOT_YET),
        (DrillKind.HEAD_HANG, Phase.COUNTING, None, DrillState.HELD),
        (DrillKind.HEAD_HANG, Phase.COUNTING, Hint.STILL, DrillState.ALMOST),
        (DrillKind.EAR_LEFT, Phase.PAUSED, Hint.SHOULDER_LOW, DrillState.PAUSED),
        (DrillKind.THORACIC, Phase.UNSEEN, Hint.UNSEEN, DrillState.UNSEEN),
        (DrillKind.RAMPING, Phase.COUNTING, None, DrillState.LEVEL),
        (DrillKind.RAMPING, Phase.COUNTING, Hint.NO_NODDING, DrillState.NODDING),
        (DrillKind.WRISTS, Phase.COUNTING, None, DrillState.TIMER),
        (DrillKind.WRISTS, Phase.READY, None, DrillState.READY),
        (DrillKind.HEAD_HANG, Phase.DONE, None, DrillState.DONE),
    ],
)
def test_a_state_is_what_was_seen(kind, phase, hint, state):
    view = shown(kind, phase, hint=hint)
    assert view.state is state
    assert view.hint == (HINTS[hint] if hint else "")
    assert view.unchecked == DRILLS[kind].unchecked


@pytest.mark.parametrize(("held_s", "left"), [(0.0, "60"), (0.1, "60"), (59.0, "1"), (59.5, "1"), (60.4, "0")])
def test_the_count_down_never_runs_ahead(held_s, left):
    view = shown(DrillKind.HEAD_HANG, Phase.COUNTING, held_s=held_s)
    assert view.left == left
    assert view.unit == ("second to go" if left == "1" else "seconds to go")


def test_of_a_ramp_only_the_level_is_claimed_and_of_wrists_nothing():
    assert shown(DrillKind.RAMPING, Phase.COUNTING, angle_deg=3.0, level_percent=92.0).seen == "level 92 %"
    assert shown(DrillKind.WRISTS, Phase.COUNTING).seen == "not measured"
    assert shown(DrillKind.HEAD_HANG, Phase.UNSEEN, angle_deg=math.nan).seen == ""
    assert shown(DrillKind.HEAD_HANG, Phase.COUNTING, angle_deg=45.6).seen == "head at 46°"


def test_circles_count_each_way_and_say_which_is_wanted():
    view = shown(DrillKind.HEAD_CIRCLES, Phase.COUNTING, wanted_reps=6, reps=4, reps_right=4, side=Side.LEFT)
    assert (view.state, view.left, view.unit) == (DrillState.CIRCLING, "3", "circles to go")  # a fourth one is no left
    assert view.say == "Now the other way around."
    assert view.seen == "right 4, left 0"
    first = shown(DrillKind.HEAD_CIRCLES, Phase.READY, wanted_reps=6, side=Side.RIGHT)
    assert first.say.startswith("Chin to the chest, right ear")


def test_before_the_first_drill_and_after_the_last():
    standing = view_of(Led(), "during", 5)
    assert (standing.title, standing.say, standing.kind) == ("During the run", STAND, None)
    held = DrillProgress(DrillKind.HEAD_HANG, Phase.DONE, 60.0, 60.0, mean_deg=46.2)
    results = (DrillResult(DRILLS[DrillKind.HEAD_HANG], Outcome.DONE, held),)
    over = view_of(Led(results=results, over=True), "head-hang", 1)
    assert (over.state, over.over) == (DrillState.DONE, True)
    assert over.results == ("Head hang: 60 of 60 s at 46 degrees",)
    why = CalibrationError("drills", "the head sensor is not seen", "Switch it on.")
    failed = view_of(Led(over=True, failure=why), "during", 5)
    assert (failed.state, failed.say) == (DrillState.STOPPED, "The head sensor is not seen. Switch it on.")


def test_names_and_amounts():
    assert choice_name("after") == "After the run"
    assert choice_name("ear-left") == "Left ear to shoulder"
    assert choice_name("no drill") == "no drill"
    assert amount(DRILLS[DrillKind.HEAD_CIRCLES]) == "3 each way"
    assert {much for _, _, much in choices()} >= {"60 s", "15 s", "5 drills", "7 drills"}
