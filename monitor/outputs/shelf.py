"""Every sound, ready for a sound card: tones at once, the voice brought to its loudness and rate when first wanted.

All of it together would be 50 MB and a second's work at the start, for a run that speaks a handful of sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from monitor.outputs.clips import Recording, resampled
from monitor.outputs.cues import PEAK, Cue, render
from monitor.outputs.loudness import SPEECH_DB, levelled
from monitor.outputs.mixer import FloatSamples
from monitor.outputs.phrases import Sound, Spoken


class SoundShelf:
    """Sounds as float32 samples (n,) at `rate_hz`. `get` is safe from any thread: at worst two do the same work."""

    def __init__(self, rate_hz: int, recordings: Mapping[Spoken, Recording]) -> None:
        self._rate_hz = rate_hz
        self._raw = {spoken: (r.samples.astype(np.float32), r.rate_hz) for spoken, r in recordings.items()}
        self._ready: dict[Sound, FloatSamples] = {cue: render(cue, rate_hz).astype(np.float32) for cue in Cue}

    def get(self, sound: Sound) -> FloatSamples | None:
        """The samples; None where there is no such sound. Some milliseconds the first time, then none."""
        if (ready := self._ready.get(sound)) is not None:
            return ready
        if isinstance(sound, Cue) or sound not in self._raw:
            return None
        samples, rate_hz = self._raw[sound]
        level = levelled(samples.astype(np.float64), rate_hz, SPEECH_DB, PEAK)
        self._ready[sound] = made = resampled(Recording(level, rate_hz), self._rate_hz).astype(np.float32)
        return made
