"""Cues through the sound card: one stream, opened once, into which tones and sentences are mixed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from monitor.errors import OutputUnavailableError
from monitor.outputs import portaudio
from monitor.outputs.clips import load_clips
from monitor.outputs.cues import Cue, render
from monitor.outputs.mixer import COUNT_STALE_NS, MAX_WAITING, STALE_NS, FloatSamples, Mixer, Voice, unfinished
from monitor.outputs.options import SoundOptions
from monitor.outputs.phrases import BY_ITSELF, Sound, Spoken, is_count
from monitor.outputs.pieces import Piece
from monitor.outputs.player import (
    SWITCHED_OFF,
    NullPlayer,
    OutputPlayer,
    Playable,
    PlayerStatus,
    PlayLog,
    PlayRecord,
    sounds_of,
    wanted,
)
from monitor.outputs.portaudio import OutputDevice, OutputStream
from monitor.outputs.shelf import SoundShelf
from monitor.settings import CueKinds
from monitor.values import NS_PER_S

__all__ = ["AudioPlayer", "SoundOptions", "SoundSource", "open_player", "output_names", "prepare"]

MUTED = "Sound is muted."
GAP_S = 0.08
"""Silence between a tone and the sentence that explains it."""
SILENT_STREAM_NS = 2 * NS_PER_S
"""A stream that asked for no samples for this long is dead, whatever it says of itself."""


class SoundSource(Protocol):
    """Where the samples of sounds come from: `SoundShelf`, or a mapping."""

    def get(self, sound: Sound) -> FloatSamples | None: ...


class AudioPlayer:
    """Plays through an open stream; see `open_player`.

    note : what a person should know besides where it plays
    elsewhere : it is not the output that was asked for
    """

    def __init__(
        self,
        options: SoundOptions,
        device: OutputDevice,
        sounds: SoundSource,
        note: str = "",
        clock_ns: Callable[[], int] = time.monotonic_ns,
        *,
        elsewhere: bool = False,
    ) -> None:
        self._options = options
        self._elsewhere = elsewhere
        self._device = device
        self._sounds = sounds
        self._note = note
        self._clock_ns = clock_ns
        self._log = PlayLog(clock_ns)
        self._mixer = Mixer(options.volume, clock_ns)
        self._stream: OutputStream | None = None
        self._lock = threading.Lock()
        """Guards `play` against other callers; the sound card's thread never takes it."""
        self._last_fill_ns = clock_ns()
        self._underflows = 0
        self._last_voice: Voice | None = None
        self._under_way: deque[tuple[tuple[Sound, ...], list[Voice]]] = deque(maxlen=MAX_WAITING)

    def attach(self, stream: OutputStream) -> None:
        """Use a started stream that calls `fill`."""
        self._stream = stream

    def fill(self, frames: int) -> FloatSamples:
        """The next samples (frames,); called by the sound card's thread only."""
        self._last_fill_ns = self._clock_ns()
        return self._mixer.fill(frames)

    def underflow(self) -> None:
        """The sound card ran dry."""
        self._underflows += 1

    # ------------------------------------------------------------------ CuePlayer

    def play(self, what: Playable) -> bool:
        """Queue the sounds; they start with the stream's next block."""
        with self._lock:
            sounds = sounds_of(what, feet=self._options.feet, speech=self._options.speech)
            if not sounds:
                return False
            if not wanted(what, self._options.cues):
                return self._log.add(sounds, SWITCHED_OFF)
            return self._log.add(sounds, self._fault() or (MUTED if self._mixer.muted else self._submit(sounds)))

    def set_volume(self, volume: float) -> None:
        """An amplitude factor; values outside 0..1 are brought to the nearest bound."""
        volume = min(1.0, max(0.0, volume)) if volume == volume else 0.0
        self._options = replace(self._options, volume=volume)
        self._mixer.volume = volume

    def set_muted(self, muted: bool) -> None:
        """While muted, requests are refused and what sounds falls silent."""
        self._mixer.muted = muted

    def set_speech(self, speech: bool) -> None:
        """From the next request on: words after the tone, or tones only."""
        self._options = replace(self._options, speech=speech)

    def set_cues(self, cues: CueKinds) -> None:
        """From the next request on: which kinds are given."""
        self._options = replace(self._options, cues=cues)

    def set_device(self, device: str | None) -> None:
        """The output that a rescan will open; this player stays where it is."""
        self._options = replace(self._options, device=device)

    def status(self) -> PlayerStatus:
        """Where it plays, and how well."""
        fault = self._fault()
        voice, stream = self._last_voice, self._stream
        delay_s = None
        if voice is not None and voice.started_ns is not None and stream is not None:
            delay_s = (voice.started_ns - voice.requested_ns) / NS_PER_S + stream.latency
        return PlayerStatus(
            working=not fault,
            audible=not (fault or self._mixer.muted) and self._mixer.volume > 0,
            sentence=fault
            or (MUTED if self._mixer.muted else f"Cues play on '{self._device.name}'. {self._note}".strip()),
            device=self._device.name,
            rate_hz=self._device.rate_hz,
            volume=self._mixer.volume,
            muted=self._mixer.muted,
            requested=self._log.requested,
            accepted=self._log.accepted,
            underflows=self._underflows,
            elsewhere=self._elsewhere,
            start_delay_s=delay_s,
        )

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests, oldest first."""
        return self._log.records()

    def rescan(self) -> tuple[OutputPlayer, str | None]:
        """Close this player and open one on the outputs there are now, with the same volume and options."""
        muted = self._mixer.muted
        self.close()
        player, why = open_player(self._options, fresh=True)
        player.set_muted(muted)
        return player, why

    def close(self) -> None:
        """Stop at once and give the sound card back; a second call does nothing."""
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    @property
    def options(self) -> SoundOptions:
        """As they are now."""
        return self._options

    @property
    def busy(self) -> bool:
        """Something is sounding or waits to."""
        return self._mixer.busy

    def unfinished(self) -> tuple[tuple[tuple[Sound, ...], int], ...]:
        """Accepted requests that were not heard to their end: their sounds, and when they came."""
        with self._lock:
            under_way = tuple(self._under_way)
        return tuple((sounds, v[0].requested_ns) for sounds, v in under_way if any(unfinished(voice) for voice in v))

    # ------------------------------------------------------------------

    def _fault(self) -> str:
        """Why the stream takes no sounds now; '' if it does."""
        stream = self._stream
        if stream is None:
            return "The sound is closed."
        if not stream.active or self._clock_ns() - self._last_fill_ns > SILENT_STREAM_NS:
            return f"'{self._device.name}' has gone away. Rescan the sound outputs."
        return ""

    def _submit(self, sounds: tuple[Sound, ...]) -> str:
        """Queue sounds one after the other; why not, or ''."""
        voices = self._voices(sounds)
        if not voices:
            return f"There is no sound for '{sounds[0].value}'."
        if not self._mixer.submit(voices[0]):
            return "Too many sounds at once."
        self._last_voice = voices[0]
        self._under_way.append((sounds, voices))
        for voice in voices[1:]:
            self._mixer.submit(voice)
        return ""

    def _voices(self, sounds: tuple[Sound, ...]) -> list[Voice]:
        """A voice for each tone, and one for all that is spoken: its later sentences must not be dropped as stale."""
        now_ns = self._clock_ns()
        voices: list[Voice] = []
        said = np.zeros(0, np.float32)
        wait = 0
        for sound in sounds:
            samples = self._sounds.get(sound)
            if samples is None:
                continue
            if isinstance(sound, Spoken):
                said = np.concatenate([said, np.zeros(wait - len(said), np.float32), samples])
            else:
                voices.append(Voice(np.concatenate([np.zeros(wait, np.float32), samples]), False, now_ns))
            # Pieces of a sentence bring their own silence.
            wait += len(samples) + (0 if isinstance(sound, Piece) else round(GAP_S * self._device.rate_hz))
        if len(said):
            stale_ns = COUNT_STALE_NS if is_count(sounds) else STALE_NS
            voices.append(Voice(said, True, now_ns, any(sound in BY_ITSELF for sound in sounds), stale_ns))
        return voices


def open_player(options: SoundOptions | None = None, *, fresh: bool = False) -> tuple[OutputPlayer, str | None]:
    """A player and, where it is silent, why: one sentence. Never raises.

    Where the output that was asked for is not there, or is in use by another program, the computer's own choice is
    taken. `fresh` looks for devices that came after the program's first sound; every other open player falls silent.
    """
    options = options or SoundOptions()
    try:
        sd = portaudio.load(fresh=fresh)
        devices, default = portaudio.outputs(sd), int(sd.default.device[1])
        try:
            return _opened(sd, options, *portaudio.choose(devices, options.device, default)), None
        except OutputUnavailableError as error:
            usual, _ = portaudio.choose(devices, None, default)
            if options.device is None or usual.name == portaudio.choose(devices, options.device, default)[0].name:
                raise
            return _opened(sd, options, usual, f"{_capital(error.reason)}."), None
    except OutputUnavailableError as error:
        why = f"No sound: {error.reason}. {error.remedy}."
        return NullPlayer(why, lambda latest: open_player(latest, fresh=True), options), why


def _opened(sd: Any, options: SoundOptions, device: OutputDevice, note: str) -> AudioPlayer:
    """A player on a device. Raises OutputUnavailableError."""
    library = load_clips(options.own_clips)
    shelf = SoundShelf(device.rate_hz, library.recordings)
    player = AudioPlayer(
        options, device, shelf, " ".join(filter(None, (note, *library.problems))), elsewhere=bool(note)
    )
    player.attach(portaudio.open_stream(sd, device, player.fill, player.underflow))
    return player


def prepare(rate_hz: int, clips: Mapping[Spoken, np.ndarray]) -> dict[Sound, FloatSamples]:
    """Every sound as float32 samples at the stream's rate, all at once and as loud as given; for measurements."""
    sounds: dict[Sound, FloatSamples] = {cue: render(cue, rate_hz).astype(np.float32) for cue in Cue}
    return sounds | {clip: samples.astype(np.float32) for clip, samples in clips.items()}


def output_names() -> tuple[str, ...]:
    """Names for a device chooser; empty where there is no sound. Never raises."""
    try:
        return tuple(dict.fromkeys(d.name for d in portaudio.outputs(portaudio.load())))
    except OutputUnavailableError:
        return ()


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
