"""The set-up's parts on a real computer: Bluetooth, the calibration's fit, the sound card, the profiles' folder.

What lives above this room (the guided calibration's eyes, the folders) is handed in by the command that opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calibration import store
from calibration.model import Profile
from calibration.protocol import Step, TimedStep
from calibration.validity import age_in_words, validity
from monitor.dashboard.setup.facts import Crew, SetupParts
from monitor.dashboard.setup.lane import Lane
from monitor.dashboard.setup.live_calibrator import LiveCalibrator, Watch
from monitor.dashboard.setup.live_scanner import LiveScanner, Radios
from monitor.dashboard.setup.live_sounds import LiveSounds
from monitor.errors import ProfileError
from monitor.review.poses import PoseSpans
from monitor.session import Recorder
from monitor.settings import Settings
from monitor.values import Site

if TYPE_CHECKING:
    from monitor.sources.radio import Radio


class SystemRadios:
    """The computer's own Bluetooth, at every stage."""

    def to_find(self) -> Radio:
        """To search and to listen."""
        from monitor.sources.radio import SystemRadio

        return SystemRadio()

    def to_calibrate(self, steps: Sequence[Step]) -> Radio:  # noqa: ARG002
        """To be led through the poses."""
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

    def keep(self, profile: Profile) -> None:
        """Write it, but never a SIMULATED one over a person's. Raises ProfileError."""
        before = self.usual()
        if profile.simulated and before is not None and not before.simulated:
            raise ProfileError(profile.name, "is a person's, and a SIMULATED one does not replace it")
        store.save(self._folder, profile)

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
    make_watch: Callable[[Recorder], Watch],
    spans_of: Callable[[Sequence[TimedStep]], PoseSpans],
    now_utc: Callable[[], str],
    own_clips: Path | None = None,
    profile_name: str = "me",
    simulated_name: str = "simulated",
    radios: Radios | None = None,
) -> SetupParts:
    """The parts for `SetupWizard` on this computer.

    make_watch, spans_of, now_utc : `PostureWatch`, `spans_of` of `monitor.commands.calibrate_live`, `places.utc_now`
    radios : None = the computer's own Bluetooth
    """
    lane = Lane()
    sounds = LiveSounds(settings, own_clips)

    def crew(name: str, radios: Radios, *, simulated: bool) -> Crew:
        keeper = FolderKeeper(profiles, name, now_utc)
        worn = simulated_places if simulated else keeper.places
        remedies = tuple if simulated else bluetooth_remedies
        return Crew(
            LiveScanner(radios, lane, worn, remedies),
            LiveCalibrator(radios, lane, settings, make_watch, spans_of, now_utc, sounds.say, simulated=simulated),
            keeper,
            name,
            simulated,
        )

    return SetupParts(
        crew(profile_name, radios or SystemRadios(), simulated=False),
        sounds,
        crew(simulated_name, SimulatedRadios(), simulated=True),
        lambda seconds: lane.wait(seconds) and sounds.wait(seconds),
    )
