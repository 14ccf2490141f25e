"""Spoken clips as WAV files: the built-in ones, and a person's own in a folder, read with suspicion.

A file of the person's own replaces the built-in clip of the same name (`shoulders.wav`, ...). A file that cannot be
used costs one sentence and the built-in is heard instead.
"""

from __future__ import annotations

import math
import os
import stat
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from scipy.fft import next_fast_len

from monitor.errors import HeadsUpError
from monitor.outputs.cues import PEAK
from monitor.outputs.phrases import Clip, Spoken, file_name
from monitor.outputs.pieces import Piece
from monitor.values import FloatArray

BUILT_IN = Path(__file__).parent / "clips"
MAX_BYTES = 8_000_000
MAX_DURATION_S = 15.0
MIN_DURATION_S = 0.05
MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 96_000
MIN_PEAK = 0.01
"""-40 dB: below this a recording is taken for silence."""


class ClipError(HeadsUpError):
    """A WAV file that cannot be used. Attributes: `path`, `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono samples (n,), -1..1, at `rate_hz`."""

    samples: FloatArray
    rate_hz: int


@dataclass(frozen=True, slots=True)
class ClipLibrary:
    """Every clip, and a sentence for each file of the person's own that could not be used."""

    recordings: dict[Spoken, Recording]
    own: tuple[Spoken, ...]
    """The clips that come from the person's folder."""
    problems: tuple[str, ...]


def read_wav(path: Path) -> Recording:
    """A WAV file as mono, with its peak at the tones' level. Raises ClipError.

    Accepts PCM of 8, 16, 24 or 32 bits, 1 or 2 channels, 8 to 96 kHz, up to 15 s and 8 MB.
    """
    raw, channels, width, rate_hz = _read_frames(path)
    samples = _as_float(raw, width)
    mono: FloatArray = samples.reshape(-1, channels).mean(axis=1)
    if len(mono) < MIN_DURATION_S * rate_hz:
        raise ClipError(path, "is too short to be heard")
    if len(mono) > MAX_DURATION_S * rate_hz:
        raise ClipError(path, f"is longer than {MAX_DURATION_S:g} s; a runner needs it short")
    peak = float(np.abs(mono).max())
    if peak < MIN_PEAK:
        raise ClipError(path, "is silent")
    return Recording(np.asarray(mono * (PEAK / peak)), rate_hz)


def _read_frames(path: Path) -> tuple[bytes, int, int, int]:
    """Raw frames, channels, bytes per value and rate. Bounds come from the file's true size, not from its header."""
    with _open_regular(path) as file:
        about = os.fstat(file.fileno())
        if about.st_size > MAX_BYTES:
            raise ClipError(path, f"is larger than {MAX_BYTES // 1_000_000} MB")
        try:
            with wave.open(file, "rb") as wav:
                channels, width, rate_hz = wav.getnchannels(), wav.getsampwidth(), wav.getframerate()
                if channels not in (1, 2):
                    raise ClipError(path, f"has {channels} channels; save it as mono or stereo")
                if width not in (1, 2, 3, 4):
                    raise ClipError(path, f"has {8 * width} bits per value; save it as 16-bit PCM")
                if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
                    raise ClipError(path, f"has {rate_hz} samples per second; save it with 8000 to 96000")
                raw = wav.readframes(min(wav.getnframes(), about.st_size // (channels * width)))
        except (wave.Error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise ClipError(path, f"is not a WAV file of plain PCM ({str(error) or 'it ends early'})") from error
    return raw[: len(raw) // (channels * width) * (channels * width)], channels, width, rate_hz


def _open_regular(path: Path) -> BinaryIO:
    """An ordinary file, opened. Not blocking: a named pipe in the folder must not hold the program up."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise ClipError(path, f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ClipError(path, "is not a file")
    return os.fdopen(handle, "rb")


def _as_float(raw: bytes, width: int) -> FloatArray:
    """Little-endian PCM values as floats -1..1."""
    if width == 1:
        return np.asarray((np.frombuffer(raw, np.uint8) - 128.0) / 128)
    if width == 3:
        # Three bytes above a zero byte are the same value times 256.
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return np.asarray(padded.view("<i4")[:, 0] / 2.0**31)
    return np.asarray(np.frombuffer(raw, f"<i{width}") / 2.0 ** (8 * width - 1))


def load_clips(own_folder: Path | None = None) -> ClipLibrary:
    """All clips: a person's own from `own_folder` where they can be used, the built-in ones otherwise."""
    recordings: dict[Spoken, Recording] = {}
    own: list[Spoken] = []
    problems: list[str] = []
    for clip in (*Clip, *Piece):
        name = file_name(clip)
        if own_folder is not None and os.path.lexists(own_folder / name):
            try:
                recordings[clip] = read_wav(own_folder / name)
                own.append(clip)
                continue
            except ClipError as error:
                problems.append(f"{error}. The built-in voice is used.")
        try:
            recordings[clip] = read_wav(BUILT_IN / name)
        except ClipError as error:
            problems.append(f"{error}. Only the tone is heard.")
    return ClipLibrary(recordings, tuple(own), tuple(problems))


def resampled(recording: Recording, rate_hz: int) -> FloatArray:
    """The samples (m,) at another rate, band-limited; never louder than the recording."""
    n = len(recording.samples)
    if rate_hz == recording.rate_hz:
        return recording.samples
    # Silence behind makes up lengths that are transformed fast, in the exact ratio of the rates.
    common = math.gcd(rate_hz, recording.rate_hz)
    per = recording.rate_hz // common
    times = next_fast_len(-(-n // per), real=True)
    m = times * (rate_hz // common)
    spectrum = np.fft.rfft(recording.samples, times * per)
    resized: FloatArray = np.fft.irfft(spectrum[: m // 2 + 1], m) * (m / (times * per))
    # Filtering may overshoot the old peak by a little.
    return np.clip(resized[: max(1, round(n * rate_hz / recording.rate_hz))], -PEAK, PEAK)
