"""What every way of giving cues offers, and the one that gives none."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from monitor.outputs.options import SoundOptions
from monitor.outputs.phrases import LOW_BATTERY, PRAISE, Sound, sounds_for, without_speech
from monitor.settings import CueKinds
from monitor.values import Event

Playable: TypeAlias = Event | Sound | tuple[Sound, ...]
LOG_LENGTH = 256
SWITCHED_OFF = "Switched off in your settings."


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
    elsewhere: bool = False
    """An output was asked for by name, and it plays on another, because that one is not there or will not open."""
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

    def set_speech(self, speech: bool) -> None:
        """From the next request on: words after the tone, or tones only."""
        ...

    def set_cues(self, cues: CueKinds) -> None:
        """From the next request on: which kinds are given."""
        ...

    def set_device(self, device: str | None) -> None:
        """The output to play on, by name or a part of it; None: the computer's choice. May take effect later."""
        ...

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


class OutputPlayer(CuePlayer, Protocol):
    """A player on one output, or on none, that another can take over from."""

    @property
    def options(self) -> SoundOptions:
        """As they are now."""
        ...

    @property
    def busy(self) -> bool:
        """Something is sounding or waits to."""
        ...

    def unfinished(self) -> tuple[tuple[tuple[Sound, ...], int], ...]:
        """Accepted requests that were not heard to their end: their sounds, and when they came."""
        ...

    def rescan(self) -> tuple[OutputPlayer, str | None]: ...


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


def wanted(what: Playable, cues: CueKinds) -> bool:
    """Whether the switches let it be heard; what has no switch always is."""
    if isinstance(what, Event):
        return cues.wants(what.kind)
    if what == LOW_BATTERY:
        return cues.battery
    return cues.good if what == PRAISE else True


class NullPlayer:
    """Plays nothing and says why. `reopen`: tries to open the sound with options; None where there is nothing to."""

    def __init__(
        self,
        why: str = "Sound is switched off.",
        reopen: Callable[[SoundOptions], tuple[OutputPlayer, str | None]] | None = None,
        options: SoundOptions | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._why = why
        self._reopen = reopen
        self._log = PlayLog(clock_ns)
        self._options = options or SoundOptions(volume=0.0)
        self._muted = False

    def play(self, what: Playable) -> bool:
        """Note the request as not heard; an event that is no prompt is no request."""
        sounds = sounds_of(what, feet=self._options.feet, speech=self._options.speech)
        return self._log.add(sounds, self._why) if sounds else False

    def set_volume(self, volume: float) -> None:
        """Remembered, as all that follows, for the player that a rescan may bring."""
        self._options = replace(self._options, volume=volume)

    def set_muted(self, muted: bool) -> None:
        self._muted = muted

    def set_speech(self, speech: bool) -> None:
        self._options = replace(self._options, speech=speech)

    def set_cues(self, cues: CueKinds) -> None:
        self._options = replace(self._options, cues=cues)

    def set_device(self, device: str | None) -> None:
        self._options = replace(self._options, device=device)

    def status(self) -> PlayerStatus:
        """Never audible."""
        return PlayerStatus(
            False, False, self._why, volume=self._options.volume, muted=self._muted, requested=self._log.requested
        )

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests, oldest first, none accepted."""
        return self._log.records()

    @property
    def options(self) -> SoundOptions:
        return self._options

    @property
    def busy(self) -> bool:
        return False

    def unfinished(self) -> tuple[tuple[tuple[Sound, ...], int], ...]:
        """None: nothing was accepted."""
        return ()

    def rescan(self) -> tuple[OutputPlayer, str | None]:
        """Try to open the sound again, where there was something to open; options and mute go along."""
        if self._reopen is None:
            return self, self._why
        player, why = self._reopen(self._options)
        player.set_muted(self._muted)
        return player, why

    def close(self) -> None:
        """Nothing to close."""
