"""What one sensor showed: the baseline of every mode, and the last minutes to compare with it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from monitor.coaching.bins import BIN_NS, BIN_S, Bin
from monitor.coaching.words import Why
from monitor.values import NS_PER_S, Mode

WARM_UP = 300 // BIN_S
"""Bins before the baseline: the first five minutes, in which a runner settles in."""
LEARN = 300 // BIN_S
"""Bins of the baseline: minutes 5 to 10."""
WINDOW = 3
"""Bins of a check: half a minute."""
FRESH_NS = 60 * NS_PER_S
"""A check is about the last minute, or it waits."""
KEEP = 45
"""Bins kept: the five minutes before a mark, and some."""
FIRST_S = 720
"""A baseline complete by this running time is 'the first minutes'; a later one is not called so."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bins to compare, and the baseline they belong to: empty where there is none for this mode yet."""

    now: tuple[Bin, ...]
    base: tuple[Bin, ...]

    @property
    def from_start(self) -> bool:
        """The baseline is from the first minutes of the run."""
        return bool(self.base) and self.base[-1].running_s <= FIRST_S


class SensorForm:
    """Follows one sensor's bins. Minutes are counted in bins that were run and seen, mode by mode."""

    def __init__(self) -> None:
        self._recent: deque[Bin] = deque(maxlen=KEEP)
        self._counted: dict[Mode, int] = {}
        self._base: dict[Mode, list[Bin]] = {}
        self._settled_in = False
        self.moved = False
        """The sensor seems to have moved since its baseline: its angles are not to be compared."""

    def add(self, new: Bin) -> bool:
        """The next bin. True where it completes the baseline of its mode."""
        self._recent.append(new)
        done = self._counted.get(new.mode, 0)
        self._counted[new.mode] = done + 1
        first = 0 if self._settled_in else WARM_UP
        if first <= done < first + LEARN:
            self._base.setdefault(new.mode, []).append(new)
        return done + 1 == first + LEARN

    def forget(self) -> None:
        """A new neutral: what was learned does not hold; the baseline is learned from the next five minutes."""
        self._recent.clear()
        self._counted.clear()
        self._base.clear()
        self._settled_in = True
        self.moved = False

    def slipped(self) -> None:
        """The sensor seems to have moved: that matters where there is, or begins to be, a baseline."""
        self.moved = self.moved or bool(self._base)

    @property
    def has_baseline(self) -> bool:
        """The baseline of some mode is complete."""
        return any(self.baseline(mode) for mode in self._base)

    def why_unknown(self) -> Why:
        """Why there is no baseline of the mode that is run now, as the runner would see it."""
        if self.has_baseline or sum(self._counted.values()) >= WARM_UP + LEARN:
            return Why.OTHER_GROUND
        return Why.TOO_SHORT if self._settled_in else Why.NO_BASELINE

    def baseline(self, mode: Mode) -> tuple[Bin, ...]:
        """The complete baseline of a mode, empty where there is none yet."""
        bins = self._base.get(mode, [])
        return tuple(bins) if len(bins) == LEARN else ()

    def lately(self, mode: Mode, t_ns: int) -> Stretch | None:
        """The last half minute of running in this mode, and its baseline; None where it was not run just now."""
        found = self._after_baseline(mode, t_ns - FRESH_NS, t_ns)[-WINDOW:]
        return Stretch(tuple(found), self.baseline(mode)) if len(found) == WINDOW else None

    def before(self, mode: Mode, t_ns: int, seconds: int) -> Stretch:
        """What was run in this mode in so many seconds before `t_ns`, and its baseline."""
        return Stretch(tuple(self._after_baseline(mode, t_ns - seconds * NS_PER_S, t_ns)), self.baseline(mode))

    def _after_baseline(self, mode: Mode, from_ns: int, to_ns: int) -> list[Bin]:
        """Recent bins of a mode within these times, without those that are in the baseline itself."""
        base = self.baseline(mode)
        start = max(from_ns, base[-1].begin_ns + BIN_NS) if base else from_ns
        return [b for b in self._recent if b.mode is mode and b.begin_ns >= start and b.begin_ns + BIN_NS <= to_ns]
