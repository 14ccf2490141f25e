"""Trying an output before it is needed: opened by name, heard, exchanged for another, given back.

What the settings page and the set-up have in common. All calls may take a second: one thread at a time, not a window's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from monitor.outputs.audio import open_player, output_names
from monitor.outputs.options import SoundOptions
from monitor.outputs.own_clips import look_into
from monitor.outputs.phrases import Spoken
from monitor.outputs.player import NullPlayer, OutputPlayer, Playable, PlayerStatus

CLOSED = "The sound is closed."


class Opener(Protocol):
    """As `open_player`."""

    def __call__(self, options: SoundOptions, /, *, fresh: bool = False) -> tuple[OutputPlayer, str | None]: ...


class OutputTrial:
    """At most one open player, with options of its own.

    clips : where own clips go, whether there are any or not; looked at anew each time something is opened
    """

    def __init__(
        self,
        options: SoundOptions,
        clips: Path | None = None,
        *,
        opener: Opener = open_player,
        names: Callable[[], tuple[str, ...]] = output_names,
    ) -> None:
        self._options, self._clips = options, clips
        self._opener, self._names = opener, names
        self._player: OutputPlayer = NullPlayer(CLOSED)
        self._chosen: str | None = None

    def devices(self) -> tuple[str, ...]:
        """As the sound system lists them, which is as they were when it started."""
        return self._names()

    def open(self, device: str, volume: float | None = None, *, fresh: bool = False) -> PlayerStatus:
        """Use an output ('' = the computer's own choice); one that is in use and works stays as it is.

        fresh : look for outputs that came since, which silences every other player of this program
        """
        if not (self._chosen == device and self._player.status().working):
            self.close()
            self._player, _ = self._opener(self._wanted(device), fresh=fresh)
            self._chosen = device
        if volume is not None:
            self._player.set_volume(volume)
        return self._player.status()

    def play(self, what: Playable) -> bool:
        """As `CuePlayer.play`."""
        return self._player.play(what)

    def own_voice(self, otherwise: Spoken) -> Spoken:
        """A clip of the person's own, to hear that it is used; `otherwise` where there is none."""
        return (look_into(self._clips).to_hear if self._clips is not None else None) or otherwise

    def status(self) -> PlayerStatus:
        """The open player's."""
        return self._player.status()

    @property
    def busy(self) -> bool:
        """Something is still to be heard."""
        return self._player.busy and self._player.status().working

    def look_again(self) -> tuple[str, ...]:
        """Start the sound system anew; returns the outputs there are now. What was open is closed."""
        self.close()
        player, _ = self._opener(self._options, fresh=True)
        player.close()
        return self._names()

    def close(self) -> None:
        """Give the output back."""
        self._player.close()
        self._player, self._chosen = NullPlayer(CLOSED), None

    def _wanted(self, device: str) -> SoundOptions:
        own = self._clips if self._clips is not None and self._clips.is_dir() else self._options.own_clips
        return replace(self._options, device=device or None, own_clips=own)
