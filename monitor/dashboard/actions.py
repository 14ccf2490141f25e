"""What the window asks of the run; the session gives the real ones, a test its own."""

from __future__ import annotations

from typing import Protocol

from monitor.dashboard.drill_view import DrillView
from monitor.values import Mode


class LiveActions(Protocol):
    """Called from the screen's thread; each must return at once. A HeadsUpError's sentence is shown as a notice.

    What returns text says what came of it, for the screen; '' where nothing was done.
    """

    def mark(self, label: str) -> None:
        """The runner marked this moment, e.g. 'cramp'."""

    def set_mode(self, mode: Mode) -> None:
        """The ground changed; the model is told by whoever carries this out."""

    def rezero(self) -> None:
        """The runner has looked far ahead for some seconds: that is the neutral from now on."""

    def mute(self, muted: bool) -> None:
        """Cues off or on."""

    def snooze(self) -> str:
        """The snooze key was pressed: cues rest, rest longer, or come back."""
        ...

    def form_check(self) -> str:
        """The runner asks for a form check; its result comes as an event, spoken and shown."""
        ...

    def start_drill(self, choice: str) -> None:
        """The runner chose a drill or a routine, by its key in `monitor.dashboard.drill_view.choices`."""

    def skip_drill(self) -> None:
        """On to the next drill of the routine."""

    def stop_drill(self) -> None:
        """No more drills; what was held counts."""

    def put_drill_away(self) -> None:
        """The results of a drill that is over have been read."""

    def drill(self) -> DrillView | None:
        """The drill that goes on, or what came of the last one; None where there is none. Asked 30 times a second."""
        ...

    def faster(self, steps: int) -> str:
        """The treadmill runs so many steps faster (negative: slower); nothing where its speed was never given."""
        ...

    def steeper(self, steps: int) -> str:
        """The treadmill is so many steps steeper (negative: flatter); nothing where its speed was never given."""
        ...

    def stop(self) -> None:
        """The window was closed: end the run and the recording."""
