"""What the set-up needs to know and to do, as frozen values and small protocols: no Qt, no radio, no thread here.

Whoever implements a protocol works in the background: every call returns at once, and `look` tells how things stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Protocol

from calibration.model import Profile
from calibration.protocol import PoseKind
from monitor.values import Mode, Site

if TYPE_CHECKING:
    from monitor.dashboard.setup.check_facts import Checker


class Problem(Enum):
    """What can stand in the way; each has a page."""

    NO_BLUETOOTH = "Bluetooth is not ready"
    NOTHING_FOUND = "No sensor found"
    SENSOR_LOST = "Sensor lost"
    CALIBRATION_FAILED = "That did not work yet"
    UNREADABLE = "Your calibration cannot be read"
    NOT_KEPT = "The calibration could not be kept"
    NO_SOUND = "No sound"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong in one sentence, and what to try, most promising first.

    repeats : trying again without a hand on the keyboard may help: the wearer stands where the poses are held
    """

    problem: Problem
    sentence: str
    remedies: tuple[str, ...] = ()
    repeats: bool = False


# ---------------------------------------------------------------- finding the sensors


@dataclass(frozen=True, slots=True)
class Found:
    """A supported sensor in range.

    spread_m_s2 : how much |acc| varied, all through the last moments; NaN where it is not listened to (yet)
    battery_pct : None until it is known
    state : in words, e.g. 'listening'
    hint : where it was worn before, None where that is not known
    by_id : its id tells so; False: only its name does, which another sensor may bear as well
    """

    address: str
    name: str
    family: str
    """Key in the sensor registry."""
    label: str
    """The family in words."""
    rssi_dbm: int
    spread_m_s2: float = math.nan
    battery_pct: int | None = None
    state: str = ""
    hint: Site | None = None
    by_id: bool = True


@dataclass(frozen=True, slots=True)
class ScanView:
    """What has been found so far, in an order that does not jump; `busy`: in words, what is being done now."""

    found: tuple[Found, ...] = ()
    busy: str = ""
    trouble: Trouble | None = None


class Scanner(Protocol):
    """Finds sensors and listens to them: `start` begins (again), `look` tells, `stop` ends it. From one thread."""

    def start(self) -> None: ...

    def look(self) -> ScanView: ...

    def stop(self) -> None: ...


# ---------------------------------------------------------------- calibrating


@dataclass(frozen=True, slots=True)
class Pick:
    """A sensor that the wearer has chosen, and where it is worn."""

    found: Found
    site: Site


class Extent(StrEnum):
    """How thorough the calibration is to be."""

    QUICK = "quick"
    FULL = "full"
    MARKS = "marks"
    """Full, with marks on the floor at 4 and 7 feet."""


class Phase(Enum):
    """Where a calibration stands."""

    WAITING = "waiting"
    """For the sensors to answer."""
    LEADING = "leading"
    WORKING = "working"
    """The poses are done and are being worked out."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Led:
    """A guided step as it stands now.

    say : what to do; reason, remedy : why it is asked for again, '' where it is not
    left_s : seconds left of getting into the pose, or (`holding`) of holding it
    part : of the whole calibration that is behind, 0..1
    steadiness : 0..1, 1 = quite still; NaN where there is nothing to tell. Below `STEADY` a pose is refused.
    cadence_spm : NaN unless running
    """

    say: str
    kind: PoseKind
    pose: str
    number: int
    steps: int
    holding: bool
    left_s: float
    hold_s: float
    part: float
    steadiness: float = math.nan
    cadence_spm: float = math.nan
    reason: str = ""
    remedy: str = ""
    can_skip: bool = False


STEADY = 0.5
"""The steadiness at which a pose is just about accepted."""


@dataclass(frozen=True, slots=True)
class GuideView:
    """A calibration as it stands now: `waiting` in words, `lost` the places whose sensor is out of reach, and why."""

    phase: Phase
    waiting: str = ""
    led: Led | None = None
    lost: tuple[str, ...] = ()
    lost_why: str = ""
    profile: Profile | None = None
    trouble: Trouble | None = None


class Calibrator(Protocol):
    """Leads through the poses: `start` begins anew, `look` tells, `again` and `skip` are about the present step,
    `stop` gives up. From one thread."""

    def start(self, picks: Sequence[Pick], extent: Extent, name: str) -> None: ...

    def look(self) -> GuideView: ...

    def again(self) -> None: ...

    def skip(self) -> None: ...

    def stop(self) -> None: ...


# ---------------------------------------------------------------- sound, and what is kept


@dataclass(frozen=True, slots=True)
class SoundView:
    """Where sounds play. `opening`: wait a moment; `device` '' = the computer's own choice."""

    working: bool
    opening: bool = False
    sentence: str = ""
    device: str = ""
    devices: tuple[str, ...] = ()


class Sounds(Protocol):
    """Plays: `open` looks for outputs and uses the named one ('' = the computer's choice), `test` plays a cue,
    `say` a spoken clip by its name, `tick` the countdown, `look` tells. All return at once; `close` ends it."""

    def open(self, device: str = "") -> None: ...

    def test(self) -> None: ...

    def say(self, clip: str) -> None: ...

    def tick(self, seconds: int) -> None: ...

    def look(self) -> SoundView: ...

    def close(self) -> None: ...


class Keeper(Protocol):
    """The wearer's profile on disk. `usual` is the one to run with, None where there is none that can be read;
    `unreadable` is the trouble with one that is there all the same; `keep` raises ProfileError; `about` tells a
    profile's age and what speaks against it, in sentences."""

    def usual(self) -> Profile | None: ...

    def unreadable(self) -> Trouble | None: ...

    def keep(self, profile: Profile) -> None: ...

    def keep_today(self, profile: Profile) -> str: ...

    def about(self, profile: Profile) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work for one kind of runner: a person, or the SIMULATED one.

    profile_name : under which the calibration is kept
    """

    scanner: Scanner
    calibrator: Calibrator
    checker: Checker
    keeper: Keeper
    profile_name: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class SetupParts:
    """All that the set-up works with. `simulated` is None where there is no SIMULATED runner to offer.

    mode : the ground that the settings name
    planned_min : how long the run is likely to be, minutes; 0: not known
    settle : waits, at most so many seconds, until nothing of it works behind the pages any more (the radio is free,
        the sound card given back); whether that is so. For after the set-up, before the radio is used again.
    """

    person: Crew
    sounds: Sounds
    simulated: Crew | None = None
    mode: Mode = Mode.ROAD
    planned_min: float = 0.0
    settle: Callable[[float], bool] = lambda _seconds: True


class Outcome(Enum):
    """How the set-up ended."""

    START = "start"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class SetupChoice:
    """What the wearer wants now.

    profile : with which to run, None where the set-up was left
    sound_device : the output that was chosen, '' = the computer's own; None: not asked about
    heard : the test sound was heard; None: not asked about
    mode : the ground that was chosen; None: not asked about
    kept_as : under which name the profile is on disk
    """

    outcome: Outcome
    profile: Profile | None = None
    simulated: bool = False
    sound_device: str | None = None
    heard: bool | None = None
    mode: Mode | None = None
    kept_as: str = ""
