"""Whether the runner's posture is watched at each moment, why not, and when that is worth a line in the log. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np

from monitor.values import NS_PER_S, Activity, CodeArray, IntArray, Reason, Track


class Watch(IntEnum):
    """Whether posture is judged; the larger code wins where a stretch is drawn as one."""

    ON = 0
    NOT_RUNNING = 1
    """The data are good, the wearer does not run: nothing is prompted."""
    WARMING_UP = 2
    LINK_GAP = 3
    SENSOR_FAULT = 4
    CANNOT_SEE = 5
    NOT_CALIBRATED = 6

    @property
    def trusted(self) -> bool:
        """The data are good, whether or not anything is prompted."""
        return self <= Watch.NOT_RUNNING

    @property
    def words(self) -> str:
        """Why it is paused, in words; '' where it is not."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The same in two words, for a chart."""
        return _WORDS[self].partition(":")[0]


_WORDS: Mapping[Watch, str] = MappingProxyType(
    {
        Watch.ON: "",
        Watch.NOT_RUNNING: "not running",
        Watch.WARMING_UP: "warming up",
        Watch.LINK_GAP: "link gap",
        Watch.SENSOR_FAULT: "not comparable: readings clipped or frozen",
        Watch.CANNOT_SEE: "not comparable: it cannot be seen from there",
        Watch.NOT_CALIBRATED: "not comparable: not calibrated",
    }
)
_OF_REASON: Mapping[Reason, Watch] = MappingProxyType(
    {
        Reason.OK: Watch.ON,
        Reason.NO_DATA: Watch.LINK_GAP,
        Reason.NOT_CALIBRATED: Watch.NOT_CALIBRATED,
        Reason.STARTING: Watch.WARMING_UP,
        Reason.GAP: Watch.LINK_GAP,
        Reason.CANNOT_SEE: Watch.CANNOT_SEE,
        Reason.SENSOR_FAULT: Watch.SENSOR_FAULT,
        Reason.SPARSE: Watch.LINK_GAP,
    }
)
_TABLE = np.array([_OF_REASON[reason] for reason in sorted(Reason)], np.int8)


def watch_codes(track: Track) -> CodeArray:
    """`Watch` codes (n,) of a track."""
    codes: CodeArray = _TABLE[np.clip(track.reason, 0, len(_TABLE) - 1)]
    codes[(codes == Watch.ON) & ~track.valid] = Watch.WARMING_UP
    codes[(codes == Watch.ON) & (track.activity != Activity.RUN)] = Watch.NOT_RUNNING
    return codes


@dataclass(frozen=True, slots=True)
class Turn:
    """The watch paused, goes on, or pauses for another reason. Times in seconds of the run."""

    t_s: float
    watch: Watch
    before: Watch | None
    """What held until then; None at the run's first turn."""
    lasted_s: float
    """How long it had been paused; 0 where it was not."""


class WatchTurns:
    """Follows one sensor's codes; says a turn only once it has lasted, so that a hole of a second is none."""

    HOLD_S: Mapping[Watch, float] = MappingProxyType(
        {Watch.ON: 1.0, Watch.NOT_RUNNING: 5.0, Watch.WARMING_UP: 3.0, Watch.LINK_GAP: 5.0}
    )
    """How long it must have lasted. Two seconds without data take four until posture is trusted again."""
    OTHER_HOLD_S = 3.0
    HOLE_S = 0.5
    """Neighbours further apart than this have a link gap between them."""

    def __init__(self) -> None:
        self._told: Watch | None = None
        self._now: Watch | None = None
        self._since_ns = 0
        self._last_ns = 0
        self._paused_ns = 0

    def push(self, t_ns: IntArray, codes: CodeArray) -> list[Turn]:
        """The turns that n >= 1 more codes show; `t_ns` (n,) in run time, all later than those before."""
        if len(t_ns) == 0 or (self._now is not None and t_ns[0] <= self._last_ns):
            return []
        turns: list[Turn] = []
        before_ns = int(t_ns[0]) if self._now is None else self._last_ns
        holes = np.diff(t_ns, prepend=before_ns) > self.HOLE_S * NS_PER_S
        if self._now is not None and not holes[0]:
            # What held until then held up to here, wherever the block before it ended.
            self._step(self._now, self._since_ns, int(t_ns[0]), turns)
        changes = np.flatnonzero((np.diff(codes, prepend=np.int8(-1)) != 0) | holes)
        for a, b in zip(changes.tolist(), [*changes[1:].tolist(), len(t_ns)], strict=True):
            if holes[a]:
                hole_from_ns = int(t_ns[a - 1]) if a else self._last_ns
                self._step(Watch.LINK_GAP, hole_from_ns, int(t_ns[a]), turns)
            # A stretch ends where the next begins.
            end_ns = int(t_ns[b]) if b < len(t_ns) and not holes[b] else int(t_ns[b - 1])
            self._step(Watch(int(codes[a])), int(t_ns[a]), end_ns, turns)
        self._last_ns = int(t_ns[-1])
        return turns

    def _step(self, watch: Watch, start_ns: int, end_ns: int, turns: list[Turn]) -> None:
        """One stretch of a code; adds the turn that it brings, if it has lasted by then."""
        if watch is not self._now:
            self._now, self._since_ns = watch, start_ns
        held_s = (end_ns - self._since_ns) / NS_PER_S
        if watch is self._told or held_s < self.HOLD_S.get(watch, self.OTHER_HOLD_S):
            return
        paused = self._told is not None and self._told is not Watch.ON
        lasted_s = (self._since_ns - self._paused_ns) / NS_PER_S if paused else 0.0
        turns.append(Turn(self._since_ns / NS_PER_S, watch, self._told, lasted_s))
        if watch is not Watch.ON and not paused:
            self._paused_ns = self._since_ns
        self._told = watch
