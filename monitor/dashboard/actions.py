"""What the window asks of the run; the session gives the real ones, a test its own."""

from __future__ import annotations

from typing import Protocol

from monitor.values import Mode


class LiveActions(Protocol):
    """Called from the window's thread; each must return at once. A HeadsUpError's sentence is shown as a notice."""

    def mark(self, label: str) -> None:
        """The runner marked this moment, e.g. 'cramp'."""

    def set_mode(self, mode: Mode) -> None:
        """The ground changed; the model is told by whoever carries this out."""

    def rezero(self) -> None:
        """The runner has looked far ahead for some seconds: that is the neutral from now on."""

    def mute(self, muted: bool) -> None:
        """Cues off or on."""

    def stop(self) -> None:
        """The window was closed: end the run and the recording."""
