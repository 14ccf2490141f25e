"""Which sound it was, when it began and how loud: told from a recording alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.signal import butter, resample_poly, sosfiltfilt

from monitor.outputs.clips import load_clips
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import TEXTS, Clip, Sound
from monitor.outputs.pieces import Piece
from monitor.outputs.shelf import SoundShelf
from tests.outputs.pulse import RATE_HZ

FIND_HZ = 16_000
VOICED_HZ = 2_500
"""Sounds are told apart by what is below this: half a sample of misfit turns a hiss into its opposite."""
ALIKE = 0.02
"""Of sounds that fit equally well the longest is meant: 'Form check.' is the beginning of a longer sentence, too."""
LATE_S = 0.15
"""So far from where it should be a sound is looked for: a busy machine may let the stream run dry."""


class Templates:
    """Every sound's own waveform, to look for."""

    def __init__(self) -> None:
        shelf = SoundShelf(FIND_HZ, load_clips().recordings)
        self.sounds: list[Sound] = [*Cue, *Clip, *Piece]
        waves = [shelf.get(sound) for sound in self.sounds]
        assert all(wave is not None for wave in waves)
        self.waves: list[np.ndarray] = [_voiced(np.asarray(wave, np.float64)) for wave in waves]
        self._spectra: dict[int, np.ndarray] = {}

    def length_s(self, sound: Sound) -> float:
        return len(self.waves[self.sounds.index(sound)]) / FIND_HZ

    def named(self, part: np.ndarray, reach: int) -> tuple[Sound, float, int]:
        """Of all sounds the one that fits best at one of the first `reach` places of a part (n,) at `FIND_HZ`: which,
        its normalised correlation, and where it begins."""
        size = 1 << int(np.ceil(np.log2(2 * len(part))))
        if size not in self._spectra:
            self._spectra[size] = np.array([np.conj(np.fft.rfft(wave[: size // 2], size)) for wave in self.waves])
        found = np.fft.irfft(np.fft.rfft(part, size) * self._spectra[size], size, axis=1)[:, :reach]
        energy = np.concatenate([[0.0], np.cumsum(part**2)])
        fits: list[tuple[float, int, Sound, int]] = []
        for sound, wave, row in zip(self.sounds, self.waves, found, strict=True):
            ends = np.minimum(np.arange(reach) + len(wave), len(part))
            here = np.sqrt(np.maximum(energy[ends] - energy[:reach], 1e-9))
            scores = row / (np.maximum(here, 0.1 * np.linalg.norm(wave)) * np.linalg.norm(wave))
            at = int(np.argmax(scores))
            fits.append((float(scores[at]), len(wave), sound, at))
        best = max(score for score, *_ in fits)
        score, _, sound, at = max((fit for fit in fits if fit[0] > best - ALIKE), key=lambda fit: fit[1])
        return sound, score, at


@dataclass(frozen=True)
class Heard:
    """A recording (n,) at `RATE_HZ`."""

    samples: np.ndarray

    @cached_property
    def coarse(self) -> np.ndarray:
        """At `FIND_HZ`."""
        return _voiced(resample_poly(self.samples, 1, RATE_HZ // FIND_HZ))

    def part(self, from_s: float, to_s: float) -> np.ndarray:
        return self.samples[max(0, round(from_s * RATE_HZ)) : round(to_s * RATE_HZ)]

    def name(self, templates: Templates, from_s: float, to_s: float, reach_s: float) -> tuple[Sound, float, float]:
        """The sound that begins within `reach_s` of `from_s`, its correlation, and when it begins, seconds."""
        first = max(0, round(from_s * FIND_HZ))
        part = self.coarse[first : round(to_s * FIND_HZ)]
        sound, score, at = templates.named(part, min(len(part), round(reach_s * FIND_HZ)))
        return sound, score, (first + at) / FIND_HZ


def words_of(sound: Sound) -> str:
    """What it says: a clip and a piece of the same words are the same to the ear; a tone is itself."""
    if isinstance(sound, Cue):
        return f"tone {sound.value}"
    return (TEXTS[sound] if isinstance(sound, Clip) else sound.value).strip(".").lower()


def _voiced(samples: np.ndarray) -> np.ndarray:
    return np.asarray(sosfiltfilt(butter(6, VOICED_HZ, fs=FIND_HZ, output="sos"), samples))
