"""The last seconds of a hold, and of the time to step back before the first pose, each counted aloud once."""

from __future__ import annotations

import math

from monitor.dashboard.setup.facts import Led, Sounds

COUNTED_S = 3
"""So many last seconds."""


class SpokenCount:
    """Look at every step as it stands; `restart` when it is asked for anew."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self._counted: tuple[int, bool, int] | None = None

    def restart(self) -> None:
        """The same seconds may come again."""
        self._counted = None

    def look(self, led: Led) -> None:
        """A step as it stands now."""
        held = led.holding and led.pose and led.hold_s > COUNTED_S
        getting_ready = not led.holding and led.number == 1
        if not (held or getting_ready) or led.left_s <= 0:
            return
        second = math.ceil(led.left_s)
        if second <= COUNTED_S and self._counted != (led.number, led.holding, second):
            self._counted = (led.number, led.holding, second)
            self._sounds.tick(second)
