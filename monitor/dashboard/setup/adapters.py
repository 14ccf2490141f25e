"""The set-up's parts on a real computer: Bluetooth, the calibration's fit, the sound card, the profiles' folder.

The folders are handed in by the command that opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calibration import store
from calibration.aside import aside_path, damage, set_aside
from calibration.model import Profile
from calibration.protocol import Step
from calibration.today import keep_today
from calibration.validity import age_in_words, validity
from monitor.dashboard.setup.facts import Crew, Problem, SetupParts, Trouble
from monitor.dashboard.setup.lane import Lane
from monitor.dashboard.setup.live_calibrator import LiveCalibrator
from monitor.dashboard.setup.live_checker import LiveChecker
from monitor.dashboard.setup.live_scanner import LiveScanner, Radios, sentence
from monitor.dashboard.setup.live_sounds import LiveSounds
from monitor.errors import ProfileError
from monitor.settings import Settings
from monitor.values import Site

if TYPE_CHECKING:
    from monitor.sources.identity_desk import IdentityDesk
    from monitor.sources.radio import Radio


STANDING_S = 60.0
"""The SIMULATED wearer stands so long, over and over."""


class SystemRadios:
    """The computer's own Bluetooth, at every stage."""

    def to_find(self) -> Radio:
        """To search and to listen."""
        from monitor.sources.radio import SystemRadio

        return SystemRadio()

    def to_calibrate(self, steps: Sequence[Step]) -> Radio:  # noqa: ARG002
        """To be led through the poses."""
        return self.to_find()

    def to_check(self) -> Radio:
        """To look far ahead for ten seconds."""
        return self.to_find()


class SimulatedRadios:
    """The SIMULATED wearer: shakes the sensors, then follows the poses to the second."""

    def to_find(self) -> Radio:
        """Both sensors lie there; now and then one is shaken."""
        from monitor.simulator.handled import handled_radio

        return handled_radio()

    def to_calibrate(self, steps: Sequence[Step]) -> Radio:
        """Both are worn."""
        from monitor.simulator.wearer import calibration_radio

        return calibration_radio(steps)

    def to_check(self) -> Radio:
        """Both are worn by somebody who stands and looks far ahead."""
        from monitor.simulator.scenario import Scenario
        from monitor.simulator.wearer import radio_for

        return radio_for(Scenario(duration_s=STANDING_S, seed=13), loop=True)


def simulated_places() -> Mapping[str, Site]:
    """Where the SIMULATED wearer will wear which sensor."""
    from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME

    return {HEAD_NAME: Site.HEAD, COLLAR_NAME: Site.COLLAR}


class FolderKeeper:
    """A `Keeper`: one profile of this name in a folder."""

    def __init__(self, folder: Path, name: str, now_utc: Callable[[], str]) -> None:
        self._folder, self._name, self._now_utc = folder, name, now_utc

    def usual(self) -> Profile | None:
        """The profile to run with, where there is one that can be read."""
        try:
            return store.load(self._folder, self._name)
        except ProfileError:
            return None

    def unreadable(self) -> Trouble | None:
        """What is wrong with the profile that is there, and where it will be kept when it is made anew."""
        try:
            why = damage(self._folder, self._name)
            if not why:
                return None
            kept = aside_path(self._folder, self._name).name
        except ProfileError as error:
            return Trouble(Problem.UNREADABLE, str(error))
        newer = ("Update Heads Up: this file is from a newer version.",) if "format version" in why else ()
        anew = f"Calibrate again: about three minutes. The old file is kept as {kept}."
        return Trouble(Problem.UNREADABLE, sentence(why), (*newer, anew))

    def keep(self, profile: Profile) -> None:
        """Write it, never a SIMULATED one over a person's; an unreadable one is moved aside. Raises ProfileError."""
        before = self.usual()
        if profile.simulated and before is not None and not before.simulated:
            raise ProfileError(profile.name, "is a person's, and a SIMULATED one does not replace it")
        set_aside(self._folder, profile.name)
        store.save(self._folder, profile)

    def keep_today(self, profile: Profile) -> str:
        """Write a re-zeroed profile beside the calibration; the name it has there. Raises ProfileError."""
        return keep_today(self._folder, profile)

    def about(self, profile: Profile) -> tuple[str, ...]:
        """Its age, and what speaks against it."""
        now = self._now_utc()
        return age_in_words(profile, now), *(finding.text for finding in validity(profile, now, ()))

    def places(self) -> Mapping[str, Site]:
        """Where sensors of these addresses and names are worn, by the profile; a name that two share tells nothing."""
        profile = self.usual()
        known = {site.value for site in Site}
        sites = [s for s in profile.sites if s.site in known] if profile else []
        names = [s.sensor_name for s in sites]
        by_name = {s.sensor_name: Site(s.site) for s in sites if s.sensor_name and names.count(s.sensor_name) == 1}
        return by_name | {s.sensor_address: Site(s.site) for s in sites if s.sensor_address}


def bluetooth_remedies() -> tuple[str, ...]:
    """What `headsup doctor` would advise about Bluetooth; takes up to some seconds."""
    from monitor.doctor import State, bluetooth

    return tuple(f"{f.sentence} {f.remedy}".strip() for f in bluetooth.findings() if f.state is not State.OK)


def live_parts(
    *,
    profiles: Path,
    settings: Settings,
    now_utc: Callable[[], str],
    own_clips: Path | None = None,
    profile_name: str = "me",
    simulated_name: str = "simulated",
    radios: Radios | None = None,
    planned_min: float = 0.0,
    drains: Callable[[], Mapping[str, float]] = dict,
    desk: Callable[[], IdentityDesk] | None = None,
) -> SetupParts:
    """The parts for `SetupWizard` on this computer.

    now_utc : `monitor.commands.places.utc_now`
    radios : None = the computer's own Bluetooth
    planned_min : how long the run is likely to be, minutes; 0: not known
    drains : percent of battery an hour that earlier runs took, by the sensor's address
    desk : what is remembered of the wearer's sensors
    """
    lane = Lane()
    sounds = LiveSounds(settings, own_clips)

    def crew(name: str, radios: Radios, *, simulated: bool) -> Crew:
        keeper = FolderKeeper(profiles, name, now_utc)
        worn = simulated_places if simulated else keeper.places
        remedies = tuple if simulated else bluetooth_remedies
        return Crew(
            LiveScanner(radios, lane, worn, remedies, trust_names=simulated),
            LiveCalibrator(radios, lane, settings, now_utc, sounds.say, simulated=simulated),
            LiveChecker(
                radios, lane, settings, now_utc, remedies, dict if simulated else drains, None if simulated else desk
            ),
            keeper,
            name,
            simulated,
        )

    return SetupParts(
        crew(profile_name, radios or SystemRadios(), simulated=False),
        sounds,
        crew(simulated_name, SimulatedRadios(), simulated=True),
        settings.mode,
        planned_min,
        lambda seconds: lane.wait(seconds) and sounds.wait(seconds),
    )
