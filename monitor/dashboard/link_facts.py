"""How well one sensor's data arrives: its gaps, its delay, and the signal it was found with. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from monitor.values import NS_PER_S, LinkQuality, Track

GAP_S = 0.5
"""From this length on a hole in the data counts as a gap; shorter ones count as lost samples only."""
DELAY_WINDOW_S = 5.0
STRONG_DBM, FAIR_DBM = -65, -80
"""Our words: receivers of phones and computers hold a link down to about -90 dBm, and a body between costs 10 to 20."""


@dataclass(slots=True)
class Gaps:
    """Counts the holes of a run, from what the grid found missing."""

    count: int = 0
    longest_s: float = 0.0
    _lost: int = 0

    def take(self, quality: LinkQuality) -> None:
        """The counts as they are now; what one more push found missing is one hole."""
        missing, self._lost = quality.lost - self._lost, quality.lost
        if missing <= 0 or not quality.rate_hz > 0:
            return
        length_s = missing / quality.rate_hz
        if length_s >= GAP_S:
            self.count += 1
            self.longest_s = max(self.longest_s, length_s)


class Delay:
    """How long samples take longer to arrive than this sensor's quickest one did: the worst of the last seconds.

    What even the quickest took cannot be measured from one end of the link.
    """

    def __init__(self) -> None:
        self._quickest_ns: int | None = None
        self._window = -1
        self._worst_ns = self._worst_before_ns = 0

    def take(self, track: Track) -> None:
        """The arrivals of a track of one or more."""
        took_ns = track.arrival_ns - track.t_ns
        quickest_ns, slowest_ns = int(np.min(took_ns)), int(np.max(took_ns))
        if self._quickest_ns is None or quickest_ns < self._quickest_ns:
            self._quickest_ns = quickest_ns
        window = int(track.arrival_ns[-1] // (DELAY_WINDOW_S * NS_PER_S))
        if window != self._window:
            self._worst_before_ns = self._worst_ns if window == self._window + 1 else slowest_ns
            self._window, self._worst_ns = window, slowest_ns
        self._worst_ns = max(self._worst_ns, slowest_ns)

    @property
    def seconds(self) -> float:
        """NaN before the first sample."""
        if self._quickest_ns is None:
            return math.nan
        return (max(self._worst_ns, self._worst_before_ns) - self._quickest_ns) / NS_PER_S


def signal_words(dbm: int | None) -> str:
    """'−62 dBm strong'; a dash where the platform does not tell it."""
    if dbm is None:
        return "–"
    word = "strong" if dbm >= STRONG_DBM else "fair" if dbm >= FAIR_DBM else "weak"
    return f"−{abs(dbm)} dBm {word}" if dbm < 0 else f"{dbm} dBm {word}"


def gap_words(count: int, longest_s: float) -> str:
    """How many, and the longest: 'none', '1, 2.4 s', '12, 3 min'."""
    if count == 0:
        return "none"
    length = f"{longest_s:.1f} s" if longest_s < 9.95 else f"{longest_s:.0f} s" if longest_s < 99.5 else ""
    length = length or f"{longest_s / 60:.0f} min"
    return f"{count}, {length}"


def delay_words(delay_s: float) -> str:
    """'40 ms', '1.2 s'; a dash where it is not known."""
    if not math.isfinite(delay_s):
        return "–"
    return f"{1000 * delay_s:.0f} ms" if delay_s < 0.9995 else f"{delay_s:.1f} s"
