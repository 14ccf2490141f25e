"""The log of a live run: prompts, silences and notes, newest first, and where the charts get their ticks."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from monitor.dashboard.live_view import Cue, LogLine
from monitor.values import FloatArray

MOST_LINES = 3000
"""A day of running with a line every half minute; the oldest go first."""
MOST_TICKS = 500
"""Of cues, and of marks: more than a chart of ten minutes can tell apart."""


class RunLog:
    """Bounded. `lines` is the same object until a line is entered, so that asking for it costs nothing."""

    def __init__(self) -> None:
        self.lines: tuple[LogLine, ...] = ()
        self.entered = 0
        """How many lines were entered since the start."""
        self._cue_s: deque[float] = deque(maxlen=MOST_TICKS)
        self._mark_s: deque[float] = deque(maxlen=MOST_TICKS)

    def enter(self, line: LogLine) -> None:
        """Put a line on top."""
        self.entered += 1
        self.lines = (line, *self.lines[: MOST_LINES - 1])

    def enter_late(self, line: LogLine) -> None:
        """Put a line on top that is told a little after its time: it gets that of the newest, to keep the order."""
        newest_s = self.lines[0].t_s if self.lines else line.t_s
        self.enter(replace(line, t_s=newest_s) if newest_s > line.t_s else line)

    def tick(self, t_s: float, cue: Cue) -> None:
        """A cue was given, or a mark set (`Cue.NOTE`), at a time of the run."""
        (self._cue_s if cue is Cue.GIVEN else self._mark_s).append(t_s)

    def ticks(self, now_s: float, seconds: float) -> tuple[FloatArray, FloatArray]:
        """Cues and marks of the last `seconds`, in seconds before now (<= 0)."""
        return _lately(self._cue_s, now_s, seconds), _lately(self._mark_s, now_s, seconds)


def _lately(times_s: deque[float], now_s: float, seconds: float) -> FloatArray:
    x = np.array(times_s, np.float64) - now_s
    return np.minimum(x[x >= -seconds], 0.0)
