"""Which of the detected events becomes a cue, and why the others stay silent.

Pure bookkeeping on the run clock: a grace period, a cool-down per kind that grows while cues go unheeded, a smallest
distance between any two cues and an hourly budget. Silence always has a reason, which the log shows. Correcting the
posture after a cue earns a short "good", now and then.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from monitor.settings import Settings
from monitor.values import NS_PER_S, EventKind

HOUR_NS = 3600 * NS_PER_S
PATIENCE = 3
"""After so many unheeded cues of a kind the cool-down doubles with each further one ..."""
LONGEST_BACK_OFF = 16
"""... up to this many times."""


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
        self._unheeded: dict[EventKind, int] = {}
        self._told: set[tuple[EventKind, str]] = set()
        self._last_praise_ns: int | None = None

    def link_back(self, sensor: str, t_ns: int) -> None:
        """A sensor came back: watch it for a while before cueing on it."""
        self._grace_until_ns[sensor] = t_ns + round(self._settings.grace_s * NS_PER_S)

    def decide(
        self, kind: EventKind, sensor: str, t_ns: int, cooldown_s: float, *, goes_on: bool = False
    ) -> Silence | None:
        """None: give the cue (and it is counted); otherwise why not.

        `goes_on`: the bout was there before, so the last cue about it went unheeded.
        """
        if not goes_on:
            self._unheeded[kind] = 0
        cooldown_s *= min(LONGEST_BACK_OFF, 2 ** max(0, self._unheeded.get(kind, 0) - PATIENCE + 1))
        observing = t_ns < max(self._start_grace_until_ns, self._grace_until_ns.get(sensor, 0))
        if observing and kind is not EventKind.SENSOR_MOVED:  # a doubt of the sensor is no nagging about posture
            return Silence.GRACE
        if kind in self._last and t_ns - self._last[kind] < cooldown_s * NS_PER_S:
            return Silence.COOL_DOWN
        if self._recent and t_ns - self._recent[-1] < self._settings.prompt_gap_s * NS_PER_S:
            return Silence.TOO_CLOSE
        while self._recent and self._recent[0] <= t_ns - HOUR_NS:
            self._recent.popleft()
        if len(self._recent) >= self._settings.prompts_per_hour:
            return Silence.BUDGET
        if goes_on and (kind, sensor) in self._told:
            self._unheeded[kind] = self._unheeded.get(kind, 0) + 1
        self._told.add((kind, sensor))
        self._last[kind] = t_ns
        self._recent.append(t_ns)
        return None

    def corrected(self, kind: EventKind, sensor: str, t_ns: int) -> bool:
        """A bout is over. Whether that earns a "good": a cue had been given, and the last praise is long ago."""
        if (kind, sensor) not in self._told:
            return False
        self._told.discard((kind, sensor))
        every_ns = self._settings.praise_every_s * NS_PER_S
        if not every_ns or (self._last_praise_ns is not None and t_ns - self._last_praise_ns < every_ns):
            return False
        self._last_praise_ns = t_ns
        return True
