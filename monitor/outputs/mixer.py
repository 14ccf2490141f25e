"""Adds the sounds that are due into one stream of samples. Knows no sound card.

Any thread may `submit`; the sound card's thread alone calls `fill`. Between them is one deque, whose `append` and
`popleft` never block, so neither side ever waits for the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.outputs.loudness import bent
from monitor.values import NS_PER_S

FloatSamples: TypeAlias = NDArray[np.float32]

MAX_WAITING = 8
"""More sounds than this at once is a fault, not coaching."""
STALE_NS = 4 * NS_PER_S
"""'Eyes up' after the fact is wrong."""
COUNT_STALE_NS = NS_PER_S // 2
"""A count that comes a second late is another number."""


@dataclass(slots=True, eq=False)
class Voice:
    """One sound on its way to the runner; `samples` (n,) at the mixer's rate.

    Sentences (`speech`) wait for one another; tones sound at once, over anything but a sentence `by_itself`: that and
    the tones wait for one another, too. `started_ns` is when the first sample went to the sound card, `dropped` that it
    came too late.
    """

    samples: FloatSamples
    speech: bool
    requested_ns: int
    by_itself: bool = False
    stale_ns: int = STALE_NS
    """What could not start within this time is dropped."""
    started_ns: int | None = None
    dropped: bool = False
    at: int = 0
    """Samples already played."""


class Mixer:
    """Mixes voices. `volume` (0..1, an amplitude factor) and `muted` may be set from any thread."""

    def __init__(self, volume: float, clock_ns: Callable[[], int]) -> None:
        self.volume = volume
        self.muted = False
        self._clock_ns = clock_ns
        self._gain = volume
        self._submitted: deque[Voice] = deque()
        self._tones: list[Voice] = []
        self._sentences: deque[Voice] = deque()
        """The first one is speaking."""

    def submit(self, voice: Voice) -> bool:
        """Queue a voice; False when too many wait already."""
        if len(self._submitted) + len(self._sentences) + len(self._tones) >= MAX_WAITING:
            return False
        self._submitted.append(voice)
        return True

    @property
    def busy(self) -> bool:
        """Something is sounding or waits to."""
        return bool(self._submitted or self._tones or self._sentences)

    def fill(self, frames: int) -> FloatSamples:
        """The next mixed samples (frames,)."""
        now_ns = self._clock_ns()
        while self._submitted:
            voice = self._submitted.popleft()
            (self._sentences if voice.speech else self._tones).append(voice)
        mix = np.zeros(frames, np.float32)
        # A sentence by itself and a tone are never in one block.
        tones = [] if self._sentences and _speaks_by_itself(self._sentences[0]) else self._tones
        for tone in tones:
            self._add(tone, mix, 0, now_ns)
        self._tones = [tone for tone in self._tones if unfinished(tone)]
        filled = 0
        while self._sentences and filled < frames and not (tones and self._sentences[0].by_itself):
            filled += self._add(self._sentences[0], mix, filled, now_ns)
            if not unfinished(self._sentences[0]):
                self._sentences.popleft()
        return bent(self._scaled(mix))

    @staticmethod
    def _add(voice: Voice, mix: FloatSamples, start: int, now_ns: int) -> int:
        """Add a voice's next samples to mix[start:]; returns how many."""
        if voice.started_ns is None:
            if now_ns - voice.requested_ns > voice.stale_ns:
                voice.dropped = True
                return 0
            voice.started_ns = now_ns
        part = voice.samples[voice.at : voice.at + len(mix) - start]
        mix[start : start + len(part)] += part
        voice.at += len(part)
        return len(part)

    def _scaled(self, mix: FloatSamples) -> FloatSamples:
        """Apply the volume; a change takes the whole block, so that it does not click."""
        target = 0.0 if self.muted else self.volume
        if target == self._gain:
            return mix * np.float32(target)
        ramp = np.linspace(self._gain, target, len(mix), dtype=np.float32)
        self._gain = target
        return mix * ramp


def _speaks_by_itself(sentence: Voice) -> bool:
    """A sentence that no tone may join is under way."""
    return sentence.by_itself and sentence.started_ns is not None


def unfinished(voice: Voice) -> bool:
    """There is more of it to come."""
    return not voice.dropped and voice.at < len(voice.samples)
