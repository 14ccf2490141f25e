"""The pages of the set-up, their order, and the advice of the pages that a failure brings."""

from __future__ import annotations

from enum import Enum

from monitor.dashboard.setup.facts import Problem, Trouble

SEARCH_S = 20.0
"""So long without any sensor is worth a page of advice."""


class Page(Enum):
    """The pages, in order; `TROUBLE` may take the place of any."""

    RETURNING = "Welcome back"
    CHECK = "Ten seconds"
    WELCOME = "Welcome"
    FIND = "Find your sensors"
    CLIP = "Where to clip them"
    CALIBRATE = "Learn your posture"
    RESULT = "What it sees"
    GROUND = "Where you run"
    SOUND = "Sound test"
    READY = "Ready"
    TROUBLE = "Something is missing"


STEPS = (Page.WELCOME, Page.FIND, Page.CLIP, Page.CALIBRATE, Page.RESULT, Page.GROUND, Page.SOUND, Page.READY)
"""The way through a first set-up."""

NOTHING_FOUND = Trouble(
    Problem.NOTHING_FOUND,
    f"No supported sensor answered within {SEARCH_S:.0f} seconds.",
    (
        "Switch the sensor on, or press its button once: many fall asleep.",
        "Bring it within an arm's length of this computer.",
        "Close the maker's app on your phone: it may hold the sensor.",
        "Charge it for a few minutes, then search again.",
    ),
)


def out_of_reach(places: tuple[str, ...], why: str = "") -> Trouble:
    """The sensors at these places are lost; `why` is what is known of the reason."""
    return Trouble(
        Problem.SENSOR_LOST,
        f"No signal from the {' and '.join(places)} sensor{'s' if len(places) > 1 else ''}.",
        (
            *((why,) if why else ()),
            "Come closer to the computer, and look whether the sensor's light is on.",
            "When it is back, the calibration goes on by itself with the step you were at.",
        ),
    )


def silent(why: str) -> Trouble:
    """Nothing can be heard."""
    return Trouble(
        Problem.NO_SOUND,
        why or "No loudspeaker or headphones were found.",
        (
            "Plug in or switch on your headphones, then try again.",
            "You can also run without sound: every cue is shown on the screen.",
        ),
    )


def not_kept(why: str) -> Trouble:
    """The profile could not be written."""
    return Trouble(Problem.NOT_KEPT, why, ("Make room on the disk, then calibrate once more.",))
