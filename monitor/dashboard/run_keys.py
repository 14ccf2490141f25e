"""The keys that window and terminal share: cues that rest, and a treadmill's speed and incline."""

from __future__ import annotations

from collections.abc import Callable

from monitor.dashboard.actions import LiveActions
from monitor.errors import HeadsUpError

_ACTIONS: dict[str, Callable[[LiveActions], str]] = {
    "s": lambda actions: actions.snooze(),
    "+": lambda actions: actions.faster(1),
    "=": lambda actions: actions.faster(1),  # the plus key without shift
    "-": lambda actions: actions.faster(-1),
    "]": lambda actions: actions.steeper(1),
    "[": lambda actions: actions.steeper(-1),
}
SNOOZE_KEYS = "S\tlet cues rest: 5 minutes, again 15, again the rest of the run, again back"
TREADMILL_KEYS = "+  −\ttreadmill 0.5 km/h (0.3 mph) faster, slower\n[  ]\tincline 0.5 % less, more"


def press(key: str, actions: LiveActions) -> str | None:
    """Do what a typed character asks for. What to tell the runner ('': nothing), None for any other key."""
    action = _ACTIONS.get(key.lower())
    if action is None:
        return None
    try:
        return action(actions)
    except HeadsUpError as error:
        return str(error)
