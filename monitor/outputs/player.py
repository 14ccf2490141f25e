"""What every way of giving cues offers, and the one that gives none."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from monitor.outputs.phrases import Sound, sounds_for, without_speech
from monitor.values import Event

Playable: TypeAlias = Event | Sound | tuple[Sound, ...]
LOG_LENGTH = 256


@dataclass(frozen=True, slots=True)
class PlayRecord:
    """One request: when (the player's clock), which sounds, and whether they went to the sound card; else why not."""

    t_ns: int
    sounds: tuple[Sound, ...]
    accepted: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    """What the window and `headsup doctor` show of the sound."""

    working: bool
    """The sound system takes sounds (or would, were it not muted); False = it is worth a rescan."""
    audible: bool
    """Working, not muted and not at volume 0."""
    sentence: str
    """One sentence for people: where the cues play, or why they do not."""
    device: str = ""
    rate_hz: int = 0
    volume: float = 0.0
    muted: bool = False
    requested: int = 0
    accepted: int = 0
    underflows: int = 0
    """Times the sound card ran dry: a crackle in a cue."""
    start_delay_s: float | None = None
    """From the last request to the ears, as far as the sound system tells (without a Bluetooth headset's own delay)."""


class CuePlayer(Protocol):
    """Gives cues. `play` returns at once, from any thread, and never raises for want of sound."""

    def play(self, what: Playable) -> bool:
        """Play an event's sounds, a tone, a clip, or several one after the other.

        False where nothing will be heard: `log` says why; an event that is no prompt is not even logged.
        """
        ...

    def set_volume(self, volume: float) -> None: ...

    def set_muted(self, muted: bool) -> None: ...

    def status(self) -> PlayerStatus: ...

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests, oldest first."""
        ...

    def rescan(self) -> tuple[CuePlayer, str | None]:
        """Look for sound outputs again. Returns the player to use from now on and why it is silent, if it is.

        Takes up to a second; the old player is closed. Never raises.
        """
        ...

    def close(self) -> None: ...


class PlayLog:
    """The bounded list of requests, and their counts."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns
        self._records: deque[PlayRecord] = deque(maxlen=LOG_LENGTH)
        self.requested = 0
        self.accepted = 0

    def add(self, sounds: tuple[Sound, ...], why_not: str) -> bool:
        """Note a request; accepted where `why_not` is empty."""
        self.requested += 1
        self.accepted += not why_not
        self._records.append(PlayRecord(self._clock_ns(), sounds, not why_not, why_not))
        return not why_not

    def records(self) -> tuple[PlayRecord, ...]:
        """Oldest first."""
        return tuple(self._records)


def sounds_of(what: Playable, *, feet: bool, speech: bool) -> tuple[Sound, ...]:
    """The sounds of anything that can be played; empty for an event that is no prompt."""
    if isinstance(what, Event):
        what = sounds_for(what, feet=feet)
    sounds = what if isinstance(what, tuple) else (what,)
    return sounds if speech else without_speech(sounds)


class NullPlayer:
    """Plays nothing and says why."""

    def __init__(
        self,
        why: str = "Sound is switched off.",
        reopen: Callable[[], tuple[CuePlayer, str | None]] | None = None,
        volume: float = 0.0,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._why = why
        self._reopen = reopen
        self._log = PlayLog(clock_ns)
        self._volume = volume
        self._muted = False

    def play(self, what: Playable) -> bool:
        """Note the request as not heard; an event that is no prompt is no request."""
        sounds = sounds_of(what, feet=True, speech=True)
        return self._log.add(sounds, self._why) if sounds else False

    def set_volume(self, volume: float) -> None:
        """Remembered for the player that a rescan may bring."""
        self._volume = volume

    def set_muted(self, muted: bool) -> None:
        """Remembered for the player that a rescan may bring."""
        self._muted = muted

    def status(self) -> PlayerStatus:
        """Never audible."""
        return PlayerStatus(
            False, False, self._why, volume=self._volume, muted=self._muted, requested=self._log.requested
        )

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests, oldest first, none accepted."""
        return self._log.records()

    def rescan(self) -> tuple[CuePlayer, str | None]:
        """Try to open the sound again, where there was something to open; volume and mute go along."""
        if self._reopen is None:
            return self, self._why
        player, why = self._reopen()
        player.set_volume(self._volume)
        player.set_muted(self._muted)
        return player, why

    def close(self) -> None:
        """Nothing to close."""
