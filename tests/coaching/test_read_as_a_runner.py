"""What the log of a run says of coaching, read as a runner reads it: notes are notes, and silence has a reason."""

from __future__ import annotations

import numpy as np
import pytest
from made_tracks import BOTH, COLLAR, S, run, settings, track

from monitor.alerts.policy import Silence
from monitor.dashboard.live_view import Cue
from monitor.dashboard.log_lines import log_line
from monitor.values import Event, EventKind, Mark, Mode, ModeChange, ReZero

HOUR = settings(planned_min=60)
SHORT = settings(planned_min=0)


def of(events, check):
    return [e for e in events if e.detail.get("check") == check]


def test_a_baseline_is_a_plain_note_that_says_what_was_noted():
    events = of(run([track(), track("collar", shoulder=0.1)], seen=BOTH, used=HOUR), "baseline")
    assert {event.sensor for event in events} == {"head", "collar"}
    for event in events:
        line = log_line(event)
        what = "your head" if event.sensor == "head" else "your shoulders"
        assert line.cue is Cue.NOTE
        assert line.why == f"Noted how you hold {what} on the road; form checks compare with it."
        assert (event.prompted, "silent" in event.detail) == (False, False)


@pytest.mark.parametrize(("mode", "where"), [(Mode.TRAIL, "on the trail"), (Mode.TECHNICAL, "on technical ground")])
def test_a_baseline_names_the_ground_that_it_is_of(mode, where):
    events = run([track("collar", shoulder=0.1)], seen=COLLAR, used=HOUR, controls=[ModeChange(1200 * S, mode)])
    assert where in log_line(of(events, "baseline")[-1]).why


def test_a_look_back_from_a_cramp_is_a_note_without_advice():
    lower = lambda t: np.where(t > 900, 15.0, 5.0)  # noqa: E731
    [event] = of(run([track(neck=lower)], used=HOUR, controls=[Mark(1500 * S, "cramp")]), "cramp")
    line = log_line(event)
    assert (line.cue, line.title) == (Cue.NOTE, "Form check: cramp")
    assert line.why == "Your head is about 10 degrees lower than in the first minutes."


@pytest.mark.parametrize(
    ("controls", "asked_s", "said"),
    [
        # Not yet ten minutes: that is what is said.
        ([], 540, "I know your form after ten minutes of running."),
        ([ModeChange(180 * S, Mode.TRAIL)], 540, "I know your form after ten minutes of running."),
        # More than ten minutes, in two modes: not "after ten minutes", which are over.
        ([ModeChange(180 * S, Mode.TRAIL)], 700, "This ground is new, so I do not compare."),
        ([ModeChange(900 * S, Mode.TRAIL)], 1000, "This ground is new, so I do not compare."),
        # A new neutral is known after five minutes.
        ([ReZero(1200 * S)], 1300, "I saw too little of your running to compare."),
        ([ReZero(1200 * S)], 1580, "Your head is as it was earlier."),
    ],
)
def test_a_check_that_is_asked_for_after_a_change_gives_the_true_reason(controls, asked_s, said):
    events = run([track()], used=SHORT, controls=[*controls, Mark(asked_s * S, "form check")])
    [event] = of(events, "asked")
    assert event.detail["text"] == f"Form check. {said}"


@pytest.mark.parametrize("silence", Silence)
def test_every_reason_for_silence_is_one_clause_behind_no_cue(silence):
    seen = {"onset_s": 50.0, "pitch_deg": 31.0, "limit": 20.0, "mode": "road", "silent": silence.value}
    line = log_line(Event(60 * S, EventKind.HEAD_DOWN, "head", detail=seen))
    assert line.cue is Cue.SILENT
    measured, _, why = line.why.partition("; ")
    assert measured == "31° down, low for 10 s (limit 20°)"
    assert why.removeprefix("no cue: ") == silence.value
    assert silence.value == silence.value.strip().rstrip(".")
    assert len(why) <= 70
    assert "no cue" not in silence.value, "the line says so already"
