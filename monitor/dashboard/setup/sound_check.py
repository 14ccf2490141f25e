"""The sound test: play it, was it heard, if not choose another output. Pure."""

from __future__ import annotations

from monitor.dashboard.setup.facts import Sounds, SoundView


class SoundTest:
    """Plays the test cue by itself once an output is open."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self.view = SoundView(False, opening=True)
        self.choosing = False
        """It was not heard: choose another output."""
        self.heard: bool | None = None
        self._played = False

    def begin(self) -> None:
        """Open the output that was used last, and test it."""
        self._played, self.choosing, self.heard = False, False, None
        self.view = SoundView(False, opening=True, device=self.view.device)
        self._sounds.open(self.view.device)

    def glance(self) -> None:
        """How the outputs stand, without a test."""
        self.view = self._sounds.look()

    def look(self) -> None:
        """How the outputs stand now."""
        self.view = self._sounds.look()
        if self.view.working and not self.view.opening and not self._played:
            self._played = True
            self._sounds.test()

    @property
    def silent(self) -> bool:
        """No output can be used, and none is being opened."""
        return not self.view.working and not self.view.opening

    def play(self) -> None:
        """The test once more."""
        self._sounds.test()

    def choose(self, device: str) -> None:
        """Use another output, and play the test there; '' = the computer's choice."""
        self._played = False
        self._sounds.open(device)
