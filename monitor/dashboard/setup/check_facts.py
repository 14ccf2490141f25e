"""What the page of the 10-second check needs to know, as frozen values and one small protocol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from calibration.check import Check, Verdict
from calibration.model import Profile
from monitor.dashboard.setup.facts import Trouble


class CheckPhase(Enum):
    """Where a check stands."""

    WAITING = "waiting"
    """For the sensors to answer."""
    LOOKING = "looking"
    """The wearer stands and looks far ahead."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """One sensor of the profile: `key` its place in the run, `name` the device's.

    check : the verdict, None while there is none
    battery_pct : None where it is not told
    drain_pct_h : percent an hour that earlier runs took, NaN where none are known
    """

    key: str
    name: str
    check: Check | None = None
    battery_pct: int | None = None
    drain_pct_h: float = math.nan


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as it stands now.

    waiting : for what, in words; hint : what to do for a verdict, '' while all is well
    left_s  : seconds of looking ahead that are still wanted
    steadiness : 0..1 as of `Led`
    lost, lost_why : the places whose sensor fell silent, and why
    strangers : sensors in range that the profile does not know
    rezeroed : the profile with what was seen as its neutral, where a re-zero mends it
    """

    phase: CheckPhase
    waiting: str = ""
    places: tuple[PlaceCheck, ...] = ()
    left_s: float = 0.0
    hint: str = ""
    steadiness: float = math.nan
    lost: tuple[str, ...] = ()
    lost_why: str = ""
    strangers: tuple[str, ...] = ()
    rezeroed: Profile | None = None
    trouble: Trouble | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The worst of all sensors; None before the end."""
        if self.phase is not CheckPhase.DONE:
            return None
        found = {place.check.verdict for place in self.places if place.check is not None}
        return next((v for v in (Verdict.WORN_ANEW, Verdict.MOVED) if v in found), Verdict.SAME)

    @property
    def bowed(self) -> bool:
        """A head that is held low would explain all that differs."""
        off = [p.check for p in self.places if p.check is not None and p.check.verdict is not Verdict.SAME]
        return bool(off) and all(check.bowed for check in off)


class Checker(Protocol):
    """Checks whether the sensors sit as in a profile: `start` begins anew, `look` tells, `stop` ends it."""

    def start(self, profile: Profile) -> None: ...

    def look(self) -> CheckView: ...

    def stop(self) -> None: ...
