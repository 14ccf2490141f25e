"""What is spoken, and which tone and which sentence belong to an event.

The sentences of events are those of `monitor.alerts.wording`, so that what is heard is what is shown. The clips in
`clips/` are rendered from here by `tools/make_clips.py`; each WAV carries its sentence, and a test compares them.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from monitor.alerts.wording import spoken
from monitor.outputs.cues import Cue
from monitor.outputs.pieces import LARGEST, NUMBERS, Piece, pieces_of
from monitor.values import Event, EventKind, Mode


class Clip(Enum):
    """Spoken clips; the value is the WAV file's name without its ending."""

    EYES_UP_ROAD_FEET = "eyes_up_road_feet"
    EYES_UP_ROAD_METRES = "eyes_up_road_metres"
    EYES_UP_TRAIL_FEET = "eyes_up_trail_feet"
    EYES_UP_TRAIL_METRES = "eyes_up_trail_metres"
    LOOK_UP = "look_up"
    SHOULDERS = "shoulders"
    SENSOR_MOVED = "sensor_moved"
    SENSOR_LOST = "sensor_lost"
    SENSOR_BACK = "sensor_back"
    BATTERY_LOW = "battery_low"
    FORM_CHECK = "form_check"
    GOOD = "good"
    STAND_TALL = "stand_tall"
    LOOK_FEET = "look_feet"
    LOOK_4FT = "look_4ft"
    LOOK_7FT = "look_7ft"
    LIFT_SHOULDERS = "lift_shoulders"
    LEAN = "lean"
    RELAX = "relax"
    DONE = "done"
    KEEP_LOOKING = "keep_looking"
    SHAKE_OUT = "shake_out"
    RUN_EASILY = "run_easily"
    ONCE_MORE = "once_more"
    CUES_BACK = "cues_back"
    RECORDING_STOPPED = "recording_stopped"


Spoken: TypeAlias = Clip | Piece
Sound: TypeAlias = Cue | Spoken

TEXTS: dict[Clip, str] = {
    Clip.EYES_UP_ROAD_FEET: spoken(EventKind.HEAD_DOWN, Mode.ROAD, feet=True),
    Clip.EYES_UP_ROAD_METRES: spoken(EventKind.HEAD_DOWN, Mode.ROAD, feet=False),
    Clip.EYES_UP_TRAIL_FEET: spoken(EventKind.HEAD_DOWN, Mode.TRAIL, feet=True),
    Clip.EYES_UP_TRAIL_METRES: spoken(EventKind.HEAD_DOWN, Mode.TRAIL, feet=False),
    Clip.LOOK_UP: spoken(EventKind.LOOK_UP_DUE, Mode.TECHNICAL, feet=True),
    Clip.SHOULDERS: spoken(EventKind.SHOULDERS_UP, Mode.ROAD, feet=True),
    Clip.SENSOR_MOVED: spoken(EventKind.SENSOR_MOVED, Mode.ROAD, feet=True),
    Clip.SENSOR_LOST: spoken(EventKind.LINK_LOST, Mode.ROAD, feet=True),
    Clip.SENSOR_BACK: spoken(EventKind.LINK_BACK, Mode.ROAD, feet=True),
    Clip.BATTERY_LOW: "Sensor battery low.",
    Clip.FORM_CHECK: "Form check. Head level, shoulders down, hands loose.",
    Clip.GOOD: "Good.",
    Clip.STAND_TALL: "Stand tall and look far ahead.",
    Clip.LOOK_FEET: "Now look down at your feet.",
    Clip.LOOK_4FT: "Now look at the floor four feet ahead.",
    Clip.LOOK_7FT: "Now look at the floor seven feet ahead.",
    Clip.LIFT_SHOULDERS: "Lift your shoulders to your ears.",
    Clip.LEAN: "Lean forward a little from the hips. Keep your shoulders relaxed.",
    Clip.RELAX: "Relax.",
    Clip.DONE: "Done. Off you go.",
    Clip.KEEP_LOOKING: "Keep looking far ahead, shoulders loose.",
    Clip.SHAKE_OUT: "Drop them, and shake your arms out.",
    Clip.RUN_EASILY: "Stand up and run easily, looking far ahead, for half a minute.",
    Clip.ONCE_MORE: "Once more, please.",
    Clip.CUES_BACK: "Cues are back.",
    Clip.RECORDING_STOPPED: "Recording has stopped.",
}
"""Every clip's sentence."""

_TONES = {
    EventKind.HEAD_DOWN: Cue.EYES_UP,
    EventKind.LOOK_UP_DUE: Cue.EYES_UP,
    EventKind.SHOULDERS_UP: Cue.SHOULDERS,
    EventKind.SENSOR_MOVED: Cue.LINK_LOST,
    EventKind.LINK_LOST: Cue.LINK_LOST,
    EventKind.LINK_BACK: Cue.LINK_BACK,
    EventKind.FORM_CHECK: Cue.COACH,
    EventKind.LOOSEN_UP: Cue.COACH,
}
"""A sensor that moved needs attention as much as one that is gone; the sentence tells which."""

COACHING = frozenset({EventKind.FORM_CHECK, EventKind.LOOSEN_UP})
"""The kinds whose text is their own."""
_BY_TEXT = {text: clip for clip, text in TEXTS.items()}


def tone_for(kind: EventKind) -> Cue | None:
    """The tone of an event; None where it has none (marks)."""
    return _TONES.get(kind)


def clip_for(kind: EventKind, mode: Mode, *, feet: bool) -> Clip | None:
    """The spoken clip of an event; None where nothing is said, or what is said is the event's own."""
    if kind is EventKind.FORM_CHECK:
        return Clip.FORM_CHECK
    return _BY_TEXT.get(spoken(kind, mode, feet=feet))


def file_name(spoken: Spoken) -> str:
    """The WAV's name: a clip's, or a piece's behind `say_`."""
    return f"{spoken.value if isinstance(spoken, Clip) else 'say_' + spoken.name.lower()}.wav"


LOW_BATTERY: tuple[Sound, ...] = (Cue.LOW_BATTERY, Clip.BATTERY_LOW)
PRAISE: tuple[Sound, ...] = (Cue.GOOD, Clip.GOOD)
CUES_BACK: tuple[Sound, ...] = (Clip.CUES_BACK,)
RECORDING_STOPPED: tuple[Sound, ...] = (Clip.RECORDING_STOPPED,)
"""No tone: the knocks of a lost sensor would be taken for one, and without speech it must still be told."""
BY_ITSELF = frozenset({Clip.CUES_BACK, Clip.RECORDING_STOPPED})
"""Tones never sound over these: they wait, a second at most."""


def sounds_for(event: Event, *, feet: bool) -> tuple[Sound, ...]:
    """What the runner hears for an event: the tone, then the sentence; nothing where the event is not a prompt.

    The mode is the event's own (`detail["mode"]`), else road. Coaching says the event's own text, piece by piece; a
    text that the pieces cannot say is shown, and a general sentence reminds of it.

    A cue that went unheeded steps up once, to a doubled tone, and no further: what is ignored is not mended by noise.
    How seldom it comes is the policy's part.
    """
    if not event.prompted:
        return ()
    if event.kind in COACHING and (said := pieces_of(str(event.detail.get("text", "")))):
        return (Cue.COACH, *said)
    try:
        mode = Mode(str(event.detail.get("mode", Mode.ROAD)))
    except ValueError:
        mode = Mode.ROAD
    tone = tone_for(event.kind)
    tones = (tone, tone) if event.detail.get("repeat") is True else (tone,)
    return tuple(sound for sound in (*tones, clip_for(event.kind, mode, feet=feet)) if sound is not None)


def said(text: str) -> tuple[Spoken, ...]:
    """What speaks a text word for word: a whole clip, else pieces; () where neither can, so that it is only shown."""
    clip = _BY_TEXT.get(text)
    return (clip,) if clip is not None else pieces_of(text)


def counted(number: int) -> tuple[Spoken, ...]:
    """A number alone, as a count-down or a count speaks it: 'three', 'two', 'one'. () beyond 0 to 999."""
    return pieces_of(str(number)) if 0 <= number <= LARGEST else ()


def is_count(sounds: tuple[Sound, ...]) -> bool:
    """Whether this is a number alone, of use at its own second only."""
    return bool(sounds) and all(isinstance(sound, Piece) and sound in NUMBERS for sound in sounds)


def without_speech(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """The tones alone; a sentence that has no tone stays, or the prompt would not be heard at all."""
    return tuple(sound for sound in sounds if isinstance(sound, Cue)) or sounds
