"""Cues through the sound card: one stream, opened once, into which tones and sentences are mixed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from monitor.errors import OutputUnavailableError
from monitor.outputs import portaudio
from monitor.outputs.clips import load_clips, resampled
from monitor.outputs.cues import Cue, render
from monitor.outputs.mixer import FloatSamples, Mixer, Voice
from monitor.outputs.phrases import BY_ITSELF, Sound, Spoken
from monitor.outputs.pieces import Piece
from monitor.outputs.player import CuePlayer, NullPlayer, Playable, PlayerStatus, PlayLog, PlayRecord, sounds_of
from monitor.outputs.portaudio import OutputDevice, OutputStream
from monitor.values import NS_PER_S

MUTED = "Sound is muted."
GAP_S = 0.08
"""Silence between a tone and the sentence that explains it."""
SILENT_STREAM_NS = 2 * NS_PER_S
"""A stream that asked for no samples for this long is dead, whatever it says of itself."""


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """How cues are given: volume 0..1, an output's name (or part of it), speech or tones only, feet or metres,
    and the folder with a person's own clips."""

    volume: float = 0.7
    device: str | None = None
    speech: bool = True
    feet: bool = True
    own_clips: Path | None = None


class AudioPlayer:
    """Plays through an open stream; see `open_player`."""

    def __init__(
        self,
        options: SoundOptions,
        device: OutputDevice,
        sounds: Mapping[Sound, FloatSamples],
        note: str = "",
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._options = options
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
            return self._log.add(sounds, self._fault() or (MUTED if self._mixer.muted else self._submit(sounds)))

    def set_volume(self, volume: float) -> None:
        """An amplitude factor; values outside 0..1 are brought to the nearest bound."""
        volume = min(1.0, max(0.0, volume)) if volume == volume else 0.0
        self._options = replace(self._options, volume=volume)
        self._mixer.volume = volume

    def set_muted(self, muted: bool) -> None:
        """While muted, requests are refused and what sounds falls silent."""
        self._mixer.muted = muted

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
            start_delay_s=delay_s,
        )

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests, oldest first."""
        return self._log.records()

    def rescan(self) -> tuple[CuePlayer, str | None]:
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
    def busy(self) -> bool:
        """Something is sounding or waits to."""
        return self._mixer.busy

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
            voices.append(Voice(said, True, now_ns, any(sound in BY_ITSELF for sound in sounds)))
        return voices


def open_player(options: SoundOptions | None = None, *, fresh: bool = False) -> tuple[CuePlayer, str | None]:
    """A player and, where it is silent, why: one sentence. Never raises.

    `fresh` looks for devices that came after the program's first sound; every other open player falls silent.
    """
    options = options or SoundOptions()
    try:
        sd = portaudio.load(fresh=fresh)
        default = sd.default.device[1]
        device, note = portaudio.choose(portaudio.outputs(sd), options.device, int(default))
        library = load_clips(options.own_clips)
        sounds = prepare(device.rate_hz, {clip: resampled(r, device.rate_hz) for clip, r in library.recordings.items()})
        player = AudioPlayer(options, device, sounds, " ".join(filter(None, (note, *library.problems))))
        player.attach(portaudio.open_stream(sd, device, player.fill, player.underflow))
    except OutputUnavailableError as error:
        why = f"No sound: {error.reason}. {error.remedy}."
        return NullPlayer(why, lambda: open_player(options, fresh=True), options.volume), why
    return player, None


def prepare(rate_hz: int, clips: Mapping[Spoken, np.ndarray]) -> dict[Sound, FloatSamples]:
    """Every sound as float32 samples at the stream's rate."""
    sounds: dict[Sound, FloatSamples] = {cue: render(cue, rate_hz).astype(np.float32) for cue in Cue}
    return sounds | {clip: samples.astype(np.float32) for clip, samples in clips.items()}


def output_names() -> tuple[str, ...]:
    """Names for a device chooser; empty where there is no sound. Never raises."""
    try:
        return tuple(dict.fromkeys(d.name for d in portaudio.outputs(portaudio.load())))
    except OutputUnavailableError:
        return ()
