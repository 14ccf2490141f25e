"""The line below the charts: where the cursor is, in words; a screen reader hears every value there."""

from __future__ import annotations

from monitor.dashboard.live_view import Severity
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import BannerTile


class Readout(BannerTile):
    """One line that is shown, and a longer one that is read out, no oftener than a screen reader can keep up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("At the cursor", theme, severity=Severity.CALM)
        self._latest = ""

    def show_moment(self, words: str, spoken: str) -> None:
        """What is to be seen, and what is to be heard."""
        self.text, self._latest = words, spoken
        self.put(spoken, words)

    def speak(self) -> None:
        """Read out what is shown now, where it came too quickly before."""
        self.put(self._latest, self.text)
