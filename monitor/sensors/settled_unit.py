"""Acceleration whose unit is in doubt: said to be in g, perhaps in m/s². Gravity tells, once, from the first samples.

OpenEarable v1 describes its acceleration as 'g' while its driver gives m/s². Over a second or so, also of running, the
magnitude of specific force is about one gravity on average: about 1 or about 9.8. (Running and walking, measured at
head, ear and trunk and clipped at 2 g: the means of 32 samples lie within 0.8 and 1.6 g.) The first samples are held
back until it is decided, as many as the timing holds back anyway, so that the decision does not depend on how they
came.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from monitor.values import STANDARD_GRAVITY, FloatArray, SampleBlock

SAMPLES: Final = 32
_BETWEEN: Final = math.sqrt(STANDARD_GRAVITY)
"""The geometric middle of 1 and 9.8."""
_CREDIBLE: Final = 2 * STANDARD_GRAVITY
"""A damaged number counts for no more than this."""


class SettledUnit:
    """Takes samples whose `acc` was read as g, gives them with the right scale. Any split gives the same samples."""

    def __init__(self) -> None:
        self._factor: float | None = None
        self._held: list[SampleBlock] = []

    def reset(self) -> None:
        """Give up what is held; what was decided stays, for a new link is to the same device."""
        self._held = []

    def push(self, samples: SampleBlock) -> SampleBlock:
        """The samples whose unit is known by now, in order."""
        if self._factor is None:
            self._held.append(samples)
            if sum(len(block) for block in self._held) < SAMPLES:
                return _part(samples, 0)
            samples, self._held = _in_a_row(self._held), []
            self._factor = 1 / STANDARD_GRAVITY if _is_si(samples.acc[:SAMPLES]) else 1.0
        return samples if self._factor == 1.0 else replace(samples, acc=samples.acc * self._factor)


def _is_si(acc: FloatArray) -> bool:
    """Whether numbers (n, 3) that were read as g are m/s²."""
    told = np.linalg.norm(acc, axis=1) / STANDARD_GRAVITY
    return bool(np.minimum(told, _CREDIBLE).mean() > _BETWEEN)


def _part(samples: SampleBlock, n: int) -> SampleBlock:
    tick = None if samples.tick is None else samples.tick[:n]
    return SampleBlock(samples.arrival_ns[:n], tick, samples.acc[:n], samples.gyr[:n], samples.clipped[:n])


def _in_a_row(blocks: list[SampleBlock]) -> SampleBlock:
    ticks = [block.tick for block in blocks if block.tick is not None]
    return SampleBlock(
        np.concatenate([block.arrival_ns for block in blocks]),
        np.concatenate(ticks) if ticks else None,
        np.concatenate([block.acc for block in blocks]),
        np.concatenate([block.gyr for block in blocks]),
        np.concatenate([block.clipped for block in blocks]),
    )
