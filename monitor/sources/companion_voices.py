"""What a treadmill, a foot pod and a heart strap say for the log: notifications in, log entries out. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Protocol

from monitor.sources import ftms, heart_rate, running_speed
from monitor.sources.believable import is_grade, is_speed
from monitor.sources.companions import CompanionKind
from monitor.values import NS_PER_S, Ground, HeartRate

SLOWEST_BPM, FASTEST_BPM = 25, 250
"""Beyond these it is no runner's heart: what says so is wrong, so the value is not known."""
_DOUBT_M = 10.0
"""A belt that carried the runner this far was not standing."""
_JITTER_NS = NS_PER_S // 4
_NOTHING = (math.nan, math.nan)


class Voice(Protocol):
    """One device's way into the log. `hear` raises DecodeError; both give None where there is nothing new to say.

    `hear` takes a notification of `characteristic`, as it arrives; `hush` is called when the device has gone silent,
    its link still there (`linked`) or lost: what it said last no longer holds, unless silence is what it means.
    """

    def hear(self, characteristic: str, data: bytes, t_ns: int) -> Ground | HeartRate | None: ...

    def hush(self, t_ns: int, *, linked: bool = False) -> Ground | HeartRate | None: ...


class OncePerSecond:
    """Lets something through once per second on average, whatever a device's rhythm; early ones by at most 0.25 s."""

    def __init__(self) -> None:
        self._due_ns: int | None = None

    def is_due(self, t_ns: int) -> bool:
        """Whether the next one may go now."""
        return self._due_ns is None or t_ns >= self._due_ns - _JITTER_NS

    def went(self, t_ns: int) -> None:
        """One has gone."""
        self._due_ns = max(t_ns, self._due_ns or t_ns) + NS_PER_S


class GroundTeller:
    """Speed and slope from a treadmill and a foot pod as one line of `Ground` entries.

    Of two speeds the treadmill's counts. Changes are told at most once per second; a stop, a start and a value that
    came or went may be told in between, once per second too.
    """

    def __init__(self) -> None:
        self._said: dict[CompanionKind, tuple[float, float]] = {}
        self._told = (math.nan, math.nan)
        self._pace = OncePerSecond()
        self._turns = OncePerSecond()

    def tell(self, kind: CompanionKind, speed_m_s: float, grade: float, t_ns: int) -> Ground | None:
        """The device of this kind says so; NaN for what it does not know or what no runner does."""
        speed_m_s = speed_m_s if is_speed(speed_m_s) else math.nan
        grade = grade if is_grade(grade) else math.nan
        self._said[kind] = speed_m_s, grade
        return self._news(kind, t_ns)

    def hush(self, kind: CompanionKind, t_ns: int) -> Ground | None:
        """What the device of this kind said no longer holds: told at once, and once."""
        if self._said.pop(kind, None) is None:
            return None
        return self._news(kind, t_ns, at_once=True)

    def now(self, kind: CompanionKind, t_ns: int) -> Ground | None:
        """What the device of this kind said last, where that was held back as too soon."""
        return self._news(kind, t_ns, at_once=True)

    def _news(self, kind: CompanionKind, t_ns: int, *, at_once: bool = False) -> Ground | None:
        now = self._known(0), self._known(1)
        if _same(now, self._told):
            return None
        came_or_went = any(math.isnan(a) != math.isnan(b) for a, b in zip(now, self._told, strict=True))
        turn = came_or_went or (now[0] == 0) != (self._told[0] == 0)
        if not (at_once or self._pace.is_due(t_ns) or (turn and self._turns.is_due(t_ns))):
            return None
        self._pace.went(t_ns)
        if turn:
            self._turns.went(t_ns)
        self._told = now
        whose = next((k for k in CompanionKind if not math.isnan(self._said.get(k, _NOTHING)[0])), kind)
        return Ground(t_ns, *now, whose.value)

    def _known(self, which: int) -> float:
        """The speed (0) or grade (1) of the first device in the order of kinds that knows it."""
        values = (self._said.get(kind, _NOTHING)[which] for kind in CompanionKind)
        return next((value for value in values if not math.isnan(value)), math.nan)


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(x == y or (math.isnan(x) and math.isnan(y)) for x, y in zip(a, b, strict=True))


class TreadmillVoice:
    """A treadmill. A message that the belt was stopped counts until the next speed; a speed of 0 while the distance
    grows is no stop but a machine that does not tell its speed. Some say no more until the belt moves again."""

    def __init__(self, teller: GroundTeller) -> None:
        self._teller = teller
        self._begin()

    def _begin(self) -> None:
        self._records = ftms.TreadmillRecords()
        self._speed_m_s = self._grade = math.nan
        self._stood_at_m = math.nan

    def hear(self, characteristic: str, data: bytes, t_ns: int) -> Ground | None:
        if characteristic == ftms.MACHINE_STATUS:
            if not ftms.tells_stop(data):
                return None
            self._speed_m_s = 0.0
        else:
            record = self._records.push(data)
            if record is None:
                return None
            if not record.more:  # one that lost its end has no speed
                self._speed_m_s = self._believed(record)
            if math.isfinite(record.grade):  # some machines tell it only now and then
                self._grade = record.grade
        return self._teller.tell(CompanionKind.TREADMILL, self._speed_m_s, self._grade, t_ns)

    def hush(self, t_ns: int, *, linked: bool = False) -> Ground | None:
        if linked and self._speed_m_s == 0:
            return self._teller.now(CompanionKind.TREADMILL, t_ns)
        self._begin()
        return self._teller.hush(CompanionKind.TREADMILL, t_ns)

    def _believed(self, record: ftms.TreadmillData) -> float:
        if record.speed_m_s != 0:
            self._stood_at_m = math.nan
            return record.speed_m_s
        if math.isfinite(record.distance_m):
            if not self._stood_at_m <= record.distance_m:  # the first, or the machine began to count anew
                self._stood_at_m = record.distance_m
            if record.distance_m - self._stood_at_m >= _DOUBT_M:
                return math.nan
        return 0.0


class FootPodVoice:
    """A foot pod: a speed, and no slope."""

    def __init__(self, teller: GroundTeller) -> None:
        self._teller = teller

    def hear(self, characteristic: str, data: bytes, t_ns: int) -> Ground | None:  # noqa: ARG002 -- it has but one
        speed_m_s = running_speed.decode(data).speed_m_s
        return self._teller.tell(CompanionKind.FOOT_POD, speed_m_s, math.nan, t_ns)

    def hush(self, t_ns: int, *, linked: bool = False) -> Ground | None:  # noqa: ARG002 -- a worn pod is never at rest
        return self._teller.hush(CompanionKind.FOOT_POD, t_ns)


class HeartVoice:
    """A heart strap: a change at most once per second; NaN without skin contact, and once when it is lost."""

    def __init__(self) -> None:
        self._told = math.nan
        self._pace = OncePerSecond()

    def hear(self, characteristic: str, data: bytes, t_ns: int) -> HeartRate | None:  # noqa: ARG002 -- it has but one
        beat = heart_rate.decode(data)
        felt = beat.contact is not False and SLOWEST_BPM <= beat.bpm <= FASTEST_BPM
        bpm = float(beat.bpm) if felt else math.nan
        return self._tell(bpm, t_ns) if self._pace.is_due(t_ns) else None

    def hush(self, t_ns: int, *, linked: bool = False) -> HeartRate | None:  # noqa: ARG002 -- nor is a heart
        return self._tell(math.nan, t_ns)

    def _tell(self, bpm: float, t_ns: int) -> HeartRate | None:
        if bpm == self._told or (math.isnan(bpm) and math.isnan(self._told)):
            return None
        self._told = bpm
        self._pace.went(t_ns)
        return HeartRate(t_ns, bpm, CompanionKind.HEART_STRAP.value)


def voices(kinds: Iterable[CompanionKind]) -> dict[CompanionKind, Voice]:
    """A voice for each kind, those that tell of the ground with one teller."""
    ground = GroundTeller()
    makers: dict[CompanionKind, Callable[[], Voice]] = {
        CompanionKind.TREADMILL: lambda: TreadmillVoice(ground),
        CompanionKind.FOOT_POD: lambda: FootPodVoice(ground),
        CompanionKind.HEART_STRAP: HeartVoice,
    }
    return {kind: makers[kind]() for kind in kinds}
