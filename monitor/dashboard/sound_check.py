"""What the settings page asks of the sound: names, a test, another look for headphones. It knows no more of it."""

from __future__ import annotations

from typing import Protocol

from monitor.settings import Settings


class SoundCheck(Protocol):
    """Sound as the settings page needs it.

    `adopt` and `close` return at once and are called from the window's thread; the others may take seconds and
    are called one at a time, from a thread of the page's own. None raises for want of sound.
    """

    def devices(self) -> tuple[str, ...]:
        """Names of the outputs that are known; empty where there is none."""
        ...

    def test(self, device: str, volume: float) -> str:
        """Play the test sound on an output ('' = the computer's own choice) at a volume of 0..1.

        Returns one sentence: where it plays, or why it does not.
        """
        ...

    def look_again(self) -> tuple[str, ...]:
        """Look for outputs that came or went since; returns their names."""
        ...

    def adopt(self, settings: Settings) -> None:
        """The run that is going on, if there is one, gives its cues like this from now on: loudness, voice, output, and
        no cues of kinds that are switched off."""
        ...

    def own_clips(self) -> str:
        """One or two sentences: where own clips go, and which are in use or cannot be."""
        ...

    def close(self) -> None:
        """The page is closed: end a test that is under way, and give back what it took."""
        ...
