"""The set-up's parts without radio, sound card or disk: what a test wants them to say, and what they were told."""

from __future__ import annotations

import math
from dataclasses import replace

from calibration.check import Check, Verdict
from calibration.model import (
    FloorMark,
    GazeCalibration,
    HeadCalibration,
    Pose,
    Profile,
    RunningNeutral,
    ShoulderCalibration,
    SiteCalibration,
)
from calibration.protocol import PoseKind
from monitor.dashboard.setup.check_facts import CheckPhase, CheckView, PlaceCheck
from monitor.dashboard.setup.facts import (
    Crew,
    Found,
    GuideView,
    Led,
    Phase,
    ScanView,
    SetupParts,
    SoundView,
    Trouble,
)
from monitor.errors import ProfileError
from monitor.values import Mode, Site

CAP = Found("F2:51:00:00:00:01", "OpenEarable-1A2B", "openearable2", "OpenEarable 2", -52, 0.05, 87, "listening")
STRAP = Found("F2:51:00:00:00:02", "WT901BLE67", "witmotion", "WitMotion BLE", -60, 0.04, None, "listening")
THIRD = Found("F2:51:00:00:00:03", "", "witmotion", "WitMotion BLE", -71, math.nan, None, "connecting")

HEAD_SITE = SiteCalibration(
    sensor="head",
    site="head",
    sensor_name=CAP.name,
    sensor_address=CAP.address,
    estimator="vqf",
    poses=(Pose("neutral", (0.0, 0.0, 1.0), 0.4, 3.8, False), Pose("look feet", (0.6, 0.0, 0.8), 0.8, 3.8, False)),
    head=HeadCalibration((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 22.0),
    sees="Sees a lowered head.",
    running=RunningNeutral((0.0, 0.0, 1.0), 1.2, 168.0, 28.0, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)),
    gaze=GazeCalibration(
        0.0, 0.6, 0.5, 1.62, (FloorMark("4ft", 1.22, 31.0), FloorMark("7ft", 2.13, 22.0)), feet_deg=44.0
    ),
)
COLLAR_SITE = SiteCalibration(
    sensor="collar",
    site="collar",
    sensor_name=STRAP.name,
    sensor_address=STRAP.address,
    estimator="vqf",
    poses=(Pose("neutral", (0.0, 0.0, 1.0), 0.5, 3.8, False),),
    shoulders=ShoulderCalibration((0.0, 0.0, 1.0), (0.0, 0.2, 0.0), 9.0, 2.7),
    sees="Sees raised shoulders (d' 2.7).",
    notes=("lean: left out (you skipped it).",),
)
PROFILE = Profile("me", "2026-11-01T08:00:00+00:00", False, (HEAD_SITE, COLLAR_SITE))


def led(**changes: object) -> Led:
    """A look down that is being held."""
    base = Led("Now look down at your feet.", PoseKind.LOOK, "feet", 3, 6, True, 2.4, 4.5, 0.45, 0.9, can_skip=False)
    return replace(base, **changes)


def leading(**changes: object) -> GuideView:
    """A calibration in that step."""
    return GuideView(Phase.LEADING, led=led(**changes))


class FakeScanner:
    """Finds what `view` says."""

    def __init__(self, *found: Found) -> None:
        self.view = ScanView(found)
        self.running = False
        self.starts = 0

    def start(self) -> None:
        self.running = True
        self.starts += 1

    def look(self) -> ScanView:
        return self.view

    def stop(self) -> None:
        self.running = False

    def shake(self, address: str, spread: float = 9.0) -> None:
        """One sensor moves, the others rest."""
        self.view = ScanView(
            tuple(replace(f, spread_m_s2=spread if f.address == address else 0.05) for f in self.view.found)
        )


class FakeCalibrator:
    """Stands where `view` says."""

    def __init__(self) -> None:
        self.view = GuideView(Phase.WAITING, "Waking your sensors ...")
        self.asked: list[object] = []

    def start(self, picks, extent, name) -> None:
        self.asked.append((tuple(p.site for p in picks), extent.value, name))

    def look(self) -> GuideView:
        return self.view

    def again(self) -> None:
        self.asked.append("again")

    def skip(self) -> None:
        self.asked.append("skip")

    def stop(self) -> None:
        self.asked.append("stop")


class FakeChecker:
    """Stands where `view` says."""

    def __init__(self) -> None:
        self.view = CheckView(CheckPhase.WAITING, "Looking for your head sensor ...")
        self.asked: list[object] = []

    def start(self, profile) -> None:
        self.asked.append(profile)

    def look(self) -> CheckView:
        return self.view

    def stop(self) -> None:
        self.asked.append("stop")


def place_check(verdict: Verdict | None = Verdict.SAME, off_deg: float = 2.0, **changes: object) -> PlaceCheck:
    """The cap's sensor with a verdict."""
    check = None if verdict is None else Check(verdict, "", off_deg, (0.0, 0.0, 1.0))
    return replace(PlaceCheck("head", CAP.name, check, 87), **changes)


def checked(*places: PlaceCheck, **changes: object) -> CheckView:
    """A check that is over."""
    return replace(CheckView(CheckPhase.DONE, places=places or (place_check(),)), **changes)


class FakeSounds:
    """Plays nothing, remembers everything."""

    def __init__(self, *, working: bool = True) -> None:
        self.view = SoundView(
            working, False, "Cues play on 'pulse'." if working else "There are no loudspeakers.", "", ("pulse", "buds")
        )
        self.asked: list[str] = []

    def open(self, device: str = "") -> None:
        self.asked.append(f"open {device}".strip())
        self.view = replace(self.view, device=device)

    def test(self) -> None:
        self.asked.append("test")

    def say(self, clip: str) -> None:
        self.asked.append(f"say {clip}")

    def tick(self, seconds: int) -> None:
        self.asked.append(f"tick {seconds}")

    def look(self) -> SoundView:
        return self.view

    def close(self) -> None:
        self.asked.append("close")


class FakeKeeper:
    """Keeps a profile in memory; `full` refuses; `trouble` with one that cannot be read."""

    def __init__(self, profile: Profile | None = None, trouble: Trouble | None = None) -> None:
        self.profile, self.full, self.trouble = profile, False, trouble
        self.today: Profile | None = None

    def usual(self) -> Profile | None:
        return self.profile

    def unreadable(self) -> Trouble | None:
        return self.trouble

    def keep_today(self, profile: Profile) -> str:
        if self.full:
            raise ProfileError(profile.name, "cannot be written: no space left")
        self.today = profile
        return f"{profile.name}-today"

    def keep(self, profile: Profile) -> None:
        if self.full:
            raise ProfileError(profile.name, "cannot be written: no space left")
        self.profile = profile

    def about(self, profile: Profile) -> tuple[str, ...]:
        return ("21 days old", "The calibration is 45 days old: take two minutes and do it again.")


class Parts:
    """All the fakes; `parts` for the wizard."""

    def __init__(
        self,
        *found: Found,
        profile: Profile | None = None,
        sound: bool = True,
        simulated: bool = True,
        trouble: Trouble | None = None,
        mode: Mode = Mode.ROAD,
        planned_min: float = 0.0,
    ):
        self.scanner, self.calibrator = FakeScanner(*found), FakeCalibrator()
        self.checker, self.keeper = FakeChecker(), FakeKeeper(profile, trouble)
        self.sim_scanner, self.sim_calibrator, self.sim_keeper = FakeScanner(CAP), FakeCalibrator(), FakeKeeper()
        self.sounds = FakeSounds(working=sound)
        person = Crew(self.scanner, self.calibrator, self.checker, self.keeper, "me")
        sim = Crew(self.sim_scanner, self.sim_calibrator, FakeChecker(), self.sim_keeper, "simulated", True)
        self.parts = SetupParts(person, self.sounds, sim if simulated else None, mode, planned_min)


def found_and_placed(model, parts: Parts) -> None:
    """From the first page to the clip page with both sensors chosen."""
    model.next()
    model.tick(0.0)
    model.finding.place(CAP.address, Site.HEAD)
    if len(parts.scanner.view.found) > 1:
        model.finding.place(STRAP.address, Site.COLLAR)
    model.next()
