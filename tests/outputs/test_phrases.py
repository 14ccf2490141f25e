"""Every prompt is heard, and what is heard is what is shown."""

import itertools

import pytest

from calibration.protocol import AGAIN_CLIP, GUIDED, full
from monitor.alerts.wording import spoken
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import (
    LOW_BATTERY,
    RECORDING_STOPPED,
    TEXTS,
    Clip,
    clip_for,
    sounds_for,
    tone_for,
    without_speech,
)
from monitor.values import Event, EventKind, Mode


@pytest.mark.parametrize(("kind", "mode", "feet"), list(itertools.product(EventKind, Mode, [True, False])))
def test_every_sentence_of_the_alerts_has_its_clip(kind: EventKind, mode: Mode, feet: bool) -> None:
    text = spoken(kind, mode, feet=feet)
    clip = clip_for(kind, mode, feet=feet)
    if text:
        assert clip is not None
        assert TEXTS[clip] == text
        assert tone_for(kind) is not None
    else:
        assert clip in (None, Clip.FORM_CHECK)


def test_every_clip_has_one_sentence_of_its_own() -> None:
    assert set(TEXTS) == set(Clip)
    assert len(set(TEXTS.values())) == len(TEXTS)
    assert all(text.endswith(".") and len(text) < 80 for text in TEXTS.values())


@pytest.mark.parametrize(
    ("kind", "mode", "feet", "heard"),
    [
        (EventKind.HEAD_DOWN, "road", True, (Cue.EYES_UP, Clip.EYES_UP_ROAD_FEET)),
        (EventKind.HEAD_DOWN, "road", False, (Cue.EYES_UP, Clip.EYES_UP_ROAD_METRES)),
        (EventKind.HEAD_DOWN, "trail", True, (Cue.EYES_UP, Clip.EYES_UP_TRAIL_FEET)),
        (EventKind.LOOK_UP_DUE, "technical", True, (Cue.EYES_UP, Clip.LOOK_UP)),
        (EventKind.SHOULDERS_UP, "trail", True, (Cue.SHOULDERS, Clip.SHOULDERS)),
        (EventKind.LINK_LOST, None, True, (Cue.LINK_LOST, Clip.SENSOR_LOST)),
        (EventKind.LINK_BACK, None, True, (Cue.LINK_BACK, Clip.SENSOR_BACK)),
        (EventKind.HEAD_DOWN, "no such mode", True, (Cue.EYES_UP, Clip.EYES_UP_ROAD_FEET)),
        (EventKind.FORM_CHECK, None, True, (Cue.COACH, Clip.FORM_CHECK)),
        (EventKind.LOOSEN_UP, None, True, (Cue.COACH,)),
    ],
)
def test_an_event_is_heard_as_its_tone_and_sentence(kind, mode, feet, heard) -> None:
    detail = {} if mode is None else {"mode": mode}
    assert sounds_for(Event(0, kind, prompted=True, detail=detail), feet=feet) == heard
    assert sounds_for(Event(0, kind, prompted=False, detail=detail), feet=feet) == ()


def test_a_cue_that_went_unheeded_doubles_its_tone_and_no_more() -> None:
    again = Event(0, EventKind.HEAD_DOWN, prompted=True, detail={"mode": "road", "repeat": True})
    assert sounds_for(again, feet=True) == (Cue.EYES_UP, Cue.EYES_UP, Clip.EYES_UP_ROAD_FEET)
    assert without_speech(sounds_for(again, feet=True)) == (Cue.EYES_UP, Cue.EYES_UP)


def test_a_stopped_recording_is_never_taken_for_a_lost_sensor() -> None:
    assert without_speech(RECORDING_STOPPED) == RECORDING_STOPPED == (Clip.RECORDING_STOPPED,)


def test_without_speech_the_tone_remains_and_nothing_becomes_silent() -> None:
    assert without_speech(LOW_BATTERY) == (Cue.LOW_BATTERY,)
    assert without_speech((Clip.FORM_CHECK,)) == (Clip.FORM_CHECK,)
    assert without_speech(()) == ()


def test_the_calibration_says_what_it_shows() -> None:
    steps = {*GUIDED, *full(shoulders=True, marks=True)}
    assert all(step.clip for step in steps)
    clips = {Clip(step.clip): step.say for step in steps}
    assert {clip: TEXTS[clip] for clip in clips} == clips
    assert Clip(AGAIN_CLIP) is Clip.ONCE_MORE
