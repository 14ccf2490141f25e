"""The keys of a run: those that window and terminal share, and the list that the window shows of all."""

from __future__ import annotations

from collections.abc import Callable

from monitor.dashboard.actions import LiveActions
from monitor.errors import HeadsUpError

_ACTIONS: dict[str, Callable[[LiveActions], str]] = {
    "s": lambda actions: actions.snooze(),
    "f": lambda actions: actions.form_check(),
    "+": lambda actions: actions.faster(1),
    "=": lambda actions: actions.faster(1),  # the plus key without shift
    "-": lambda actions: actions.faster(-1),
    "]": lambda actions: actions.steeper(1),
    "[": lambda actions: actions.steeper(-1),
}
HELD = frozenset("+=-[]")
"""Keys that go on while they are held down: a treadmill's steps are small."""
KEYS = (
    "Space\tsound off / on",
    "S\tlet cues rest: 5 minutes, again 15, again the rest of the run, again back",
    "G\tthe runner, or the figures and charts",
    "T\tcharts of 1, 2, 5 or 10 minutes;  PgUp  PgDn  older prompts",
    "M  N  B\tmark this moment: cramp, sore neck, note",
    "D\tdrills: stretches and loosening, led by voice",
    "F\tform check now: your form against minutes 5 to 10",
    "1  2  3\tground: road, trail, technical",
    "Z\tre-zero: look far ahead for five seconds, then press",
    ",\tsettings, and where cues play",
    "O\tall of this as large buttons",
    "L\tlight / dark",
    "F11\tfull screen",
    "Esc  Q\tend the run",
    "?\tthis list",
)


def treadmill_keys(feet: bool) -> str:
    """The treadmill's lines of the list. The steps are those of the consoles' own buttons."""
    step = "0.1 mph" if feet else "0.5 km/h"
    return f"+  −\ttreadmill {step} faster, slower\n[  ]\tincline 0.5 % less, more"


def press(key: str, actions: LiveActions) -> str | None:
    """Do what a typed character asks for. What to tell the runner ('': nothing), None for any other key."""
    action = _ACTIONS.get(key.lower())
    if action is None:
        return None
    try:
        return action(actions)
    except HeadsUpError as error:
        return str(error)
