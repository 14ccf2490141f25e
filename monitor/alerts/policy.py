"""Which of the detected events becomes a cue, and why the others stay silent.

Pure bookkeeping on the run clock: a grace period, a cool-down per kind, a smallest distance between any two cues and
an hourly budget. Silence always has a reason, which the log shows.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from monitor.settings import Settings
from monitor.values import NS_PER_S, EventKind

HOUR_NS = 3600 * NS_PER_S


class Silence(StrEnum):
    """Why no cue was given, as the log says it."""

    GRACE = "still watching: no cues in the first seconds"
    COOL_DOWN = "told a moment ago"
    TOO_CLOSE = "another cue was just given"
    BUDGET = "enough cues for this hour"


class CuePolicy:
    """Decides, event by event in order of arrival."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._grace_until_ns: dict[str, int] = {}
        self._start_grace_until_ns = round(settings.grace_s * NS_PER_S)
        self._last: dict[EventKind, int] = {}
        self._recent: deque[int] = deque()

    def link_back(self, sensor: str, t_ns: int) -> None:
        """A sensor came back: watch it for a while before cueing on it."""
        self._grace_until_ns[sensor] = t_ns + round(self._settings.grace_s * NS_PER_S)

    def decide(self, kind: EventKind, sensor: str, t_ns: int, cooldown_s: float) -> Silence | None:
        """None: give the cue (and it is counted); otherwise why not."""
        if t_ns < max(self._start_grace_until_ns, self._grace_until_ns.get(sensor, 0)):
            return Silence.GRACE
        if kind in self._last and t_ns - self._last[kind] < cooldown_s * NS_PER_S:
            return Silence.COOL_DOWN
        if self._recent and t_ns - self._recent[-1] < self._settings.prompt_gap_s * NS_PER_S:
            return Silence.TOO_CLOSE
        while self._recent and self._recent[0] <= t_ns - HOUR_NS:
            self._recent.popleft()
        if len(self._recent) >= self._settings.prompts_per_hour:
            return Silence.BUDGET
        self._last[kind] = t_ns
        self._recent.append(t_ns)
        return None
