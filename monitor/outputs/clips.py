"""Spoken clips as WAV files: the built-in ones, and a person's own in a folder.

A file of the person's own replaces the built-in clip of the same name (`shoulders.wav`, ...). A file that cannot be
used costs one sentence and the built-in is heard instead.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.fft import next_fast_len

from monitor.outputs.cues import PEAK
from monitor.outputs.phrases import Clip, Spoken, file_name
from monitor.outputs.pieces import Piece
from monitor.outputs.wav import ClipError, Recording, read_recording
from monitor.values import FloatArray

__all__ = ["BUILT_IN", "ClipError", "ClipLibrary", "Recording", "load_clips", "read_wav", "resampled"]

BUILT_IN = Path(__file__).parent / "clips"
AUDIBLE = 0.03
"""Of the peak: what lies before and behind the voice of an own recording is taken away down to `MARGIN_S`, so that a
cue does not come late because the recording button was pressed early."""
MARGIN_S, JOIN_S, SENTENCE_S = 0.08, 0.02, 0.25
"""Silence left around a clip, at the ends of a piece, and behind a piece that ends a sentence."""


@dataclass(frozen=True, slots=True)
class ClipLibrary:
    """Every clip, and a sentence for each file of the person's own that could not be used."""

    recordings: dict[Spoken, Recording]
    own: tuple[Spoken, ...]
    """The clips that come from the person's folder."""
    problems: tuple[str, ...]


def read_wav(path: Path) -> Recording:
    """A WAV file as mono with its peak at `PEAK`. Raises ClipError."""
    read = read_recording(path)
    return Recording(np.asarray(read.samples * (PEAK / np.abs(read.samples).max())), read.rate_hz)


def load_clips(own_folder: Path | None = None) -> ClipLibrary:
    """All clips: a person's own from `own_folder` where they can be used, the built-in ones otherwise."""
    recordings: dict[Spoken, Recording] = {}
    own: list[Spoken] = []
    problems: list[str] = []
    for clip in (*Clip, *Piece):
        name = file_name(clip)
        if own_folder is not None and os.path.lexists(own_folder / name):
            try:
                recordings[clip] = _cut(clip, read_wav(own_folder / name))
                own.append(clip)
                continue
            except ClipError as error:
                problems.append(f"{error}. The built-in voice is used.")
        try:
            recordings[clip] = read_wav(BUILT_IN / name)
        except ClipError as error:
            problems.append(f"{error}. Only the tone is heard.")
    return ClipLibrary(recordings, tuple(own), tuple(problems))


def _cut(clip: Spoken, recording: Recording) -> Recording:
    """An own recording without the waiting before and behind the voice."""
    samples, rate_hz = recording.samples, recording.rate_hz
    loud = np.flatnonzero(np.abs(samples) > AUDIBLE * np.abs(samples).max())
    before_s = behind_s = MARGIN_S
    if isinstance(clip, Piece):
        before_s, behind_s = JOIN_S, SENTENCE_S if clip.ends_sentence else JOIN_S
    first = max(0, int(loud[0]) - round(before_s * rate_hz))
    return Recording(samples[first : int(loud[-1]) + 1 + round(behind_s * rate_hz)], rate_hz)


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
