"""The 10-second check with the sensors themselves: finds those of a profile, and watches the wearer look far ahead."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from calibration.model import Profile, SiteCalibration
from monitor.dashboard.setup.check_facts import CheckPhase, CheckView, PlaceCheck
from monitor.dashboard.setup.checkup import Checkup
from monitor.dashboard.setup.facts import Problem, Trouble
from monitor.dashboard.setup.lane import Job, Lane, Post
from monitor.dashboard.setup.links import Links, place_of
from monitor.dashboard.setup.live_scanner import Radios, sentence
from monitor.dashboard.setup.result_words import plain
from monitor.dashboard.setup.steadiness import RecentLooks
from monitor.errors import BluetoothUnavailableError, HeadsUpError
from monitor.posture_watch import PostureWatch
from monitor.session import Session
from monitor.settings import Settings
from monitor.values import Site

if TYPE_CHECKING:
    from monitor.sources.ble_scan import Seen
    from monitor.sources.identity_desk import IdentityDesk

_log = logging.getLogger(__name__)
SCAN_S = 2.0
"""A look around first: it tells at once who is missing, and who is there but not calibrated."""
SEARCH_S = 30.0
POLL_S = 0.1
SEES_NOTHING = "This calibration has no sensor that can be checked: calibrate again."


class LiveChecker:
    """A `Checker` over a radio.

    now_utc : ISO 8601, for the note on a re-zero
    remedies : asked for advice where Bluetooth is not available; may take seconds
    drains  : percent of battery an hour that earlier runs took, by the sensor's address; may take a moment
    desk    : what is remembered of the wearer's sensors, looked up for each check
    """

    def __init__(
        self,
        radios: Radios,
        lane: Lane,
        settings: Settings,
        now_utc: Callable[[], str],
        remedies: Callable[[], tuple[str, ...]] = tuple,
        drains: Callable[[], Mapping[str, float]] = dict,
        desk: Callable[[], IdentityDesk] | None = None,
    ) -> None:
        self._radios, self._lane, self._settings = radios, lane, settings
        self._now_utc, self._remedies, self._drains = now_utc, remedies, drains
        self._desk = desk
        self._post: Post[CheckView] = Post(CheckView(CheckPhase.WAITING))

    def start(self, profile: Profile) -> None:
        """Find the sensors, then check."""
        job = self._post.begin(CheckView(CheckPhase.WAITING, "Looking for your sensors ..."))
        self._lane.start(lambda: self._work(job, profile), "set-up check")

    def look(self) -> CheckView:
        """How it stands."""
        return self._post.look()

    def stop(self) -> None:
        """End it; the radio is free a moment later."""
        self._post.end()

    # ---------------------------------------------------------------- in the lane's thread

    def _work(self, job: Job, profile: Profile) -> None:
        if job.stopped.is_set():
            return
        try:
            self._check(job, profile)
        except BluetoothUnavailableError as error:
            advice = dict.fromkeys((error.remedy, *self._remedies()))
            self._fail(job, Problem.NO_BLUETOOTH, sentence(error.reason), *(a for a in advice if a))
        except HeadsUpError as error:
            self._fail(job, Problem.SENSOR_LOST, str(error))
        except Exception as error:
            _log.exception("the check failed")
            self._fail(job, Problem.SENSOR_LOST, f"The check broke off ({type(error).__name__}).")

    def _fail(self, job: Job, problem: Problem, words: str, *remedies: str) -> None:
        self._post.put(job, CheckView(CheckPhase.FAILED, trouble=Trouble(problem, words, remedies)))

    def _check(self, job: Job, profile: Profile) -> None:
        from monitor.sources.ble import BleSource, SensorRequest
        from monitor.sources.ble_scan import scan_blocking

        known = {site.value: site for site in Site}
        sites = [s for s in profile.sites if s.site in known]
        checkup = Checkup(profile)
        if checkup.over:
            self._fail(job, Problem.CALIBRATION_FAILED, SEES_NOTHING)
            return
        seen = scan_blocking(self._radios.to_find(), SCAN_S)
        if job.stopped.is_set():
            return
        watch = _Watched(job, self._post, profile, sites, strangers(profile, seen), self._drains())
        requests = [
            SensorRequest(known[s.site], address=s.sensor_address or None, name=s.sensor_name or None) for s in sites
        ]
        posture, links = PostureWatch(), Links({s.site for s in sites})
        source = BleSource(requests, self._radios.to_check(), desk=self._desk() if self._desk is not None else None)
        session = Session(source, self._settings, None, posture, [links])
        session.start()
        try:
            if not self._wait(watch, session, links):
                return
            self._watch(watch, session, posture, links, checkup)
        finally:
            session.stop()

    def _wait(self, watch: _Watched, session: Session, links: Links) -> bool:
        """Whether every sensor streams; False when stopped or not answered."""
        until_s = time.monotonic() + SEARCH_S
        while not (links.all_stream and session.origin_ns is not None):
            missing = links.missing()
            watch.put(CheckPhase.WAITING, links, waiting=watch.asks_for(missing))
            if session.failure is not None:
                raise session.failure
            if time.monotonic() > until_s:
                where = " and ".join(missing)
                why = sentence(links.why) if links.why else ""
                words = f"The {where} sensor{'s' if len(missing) > 1 else ''} did not answer."
                self._fail(watch.job, Problem.SENSOR_LOST, words, *filter(None, (why, *watch.advice())))
                return False
            if watch.job.stopped.wait(POLL_S):
                return False
        return True

    def _watch(self, watch: _Watched, session: Session, posture: PostureWatch, links: Links, checkup: Checkup) -> None:
        recent = RecentLooks()
        origin_ns = session.origin_ns or 0
        checked_s = 0.0
        while not watch.job.stopped.wait(POLL_S):
            if session.failure is not None:
                raise session.failure
            seen = posture.looks(origin_ns)
            lost = links.lost()
            if lost and not checkup.over:
                for site in watch.sites:
                    if place_of(site.site) in lost:
                        checkup.restart(site.sensor)
            checkup.push(seen)
            recent.push(seen)
            # The battery is read a moment after the first samples: it is waited for a little, not for ever.
            checked_s += POLL_S if checkup.over else 0.0
            if checkup.over and (checked_s > 1.0 or len(links.batteries()) == len(watch.sites)):
                rezeroed = checkup.rezeroed(self._now_utc())
                watch.put(CheckPhase.DONE, links, checkup, rezeroed=rezeroed)
                return
            watch.put(
                CheckPhase.LOOKING,
                links,
                checkup,
                left_s=checkup.left_s,
                hint=checkup.hint,
                steadiness=recent.steadiness(),
                lost=lost,
                lost_why=links.why_lost(),
            )


class _Watched:
    """What one check is about, and how it is posted."""

    def __init__(
        self,
        job: Job,
        post: Post[CheckView],
        profile: Profile,
        sites: Sequence[SiteCalibration],
        others: tuple[str, ...],
        drains: Mapping[str, float],
    ) -> None:
        self.job, self.profile, self.sites, self.others = job, profile, tuple(sites), others
        self._post, self._drains = post, {address.lower(): drain for address, drain in drains.items()}

    def put(
        self,
        phase: CheckPhase,
        links: Links,
        checkup: Checkup | None = None,
        *,
        waiting: str = "",
        left_s: float = 0.0,
        hint: str = "",
        steadiness: float = math.nan,
        lost: tuple[str, ...] = (),
        lost_why: str = "",
        rezeroed: Profile | None = None,
    ) -> None:
        """A view for the page."""
        batteries = links.batteries()
        places = tuple(
            PlaceCheck(
                s.sensor,
                s.sensor_name,
                checkup.result(s.sensor) if checkup else None,
                batteries.get(s.site),
                self._drains.get(s.sensor_address.lower(), math.nan),
            )
            for s in self.sites
        )
        view = CheckView(
            phase, waiting, places, left_s, hint, steadiness, lost, lost_why, self.others, rezeroed
        )  # fmt: skip
        self._post.put(self.job, view)

    def asks_for(self, missing: Sequence[str]) -> str:
        """What is being waited for, by its device's name."""
        names = {place_of(s.site): plain(s.sensor_name, 40) for s in self.sites}
        named = [f"{place} sensor {names.get(place, '')}".strip() for place in missing]
        return f"Looking for your {' and '.join(named)} ..."

    def advice(self) -> tuple[str, ...]:
        """What to try when a sensor does not answer."""
        strange: tuple[str, ...] = ()
        if self.others:
            strange = (f"{' and '.join(self.others)} is here, but not calibrated. A new sensor? Set up again.",)
        return ("Press its button once, and bring it near.", "Close the maker's app on your phone.", *strange)


def strangers(profile: Profile, seen: Sequence[Seen]) -> tuple[str, ...]:
    """Names of supported sensors in range that a profile does not know, by address or, where it has none, by name."""
    addresses = {s.sensor_address.lower() for s in profile.sites if s.sensor_address}
    names = {s.sensor_name for s in profile.sites if s.sensor_name and not s.sensor_address}
    found = [s for s in seen if s.family and s.address.lower() not in addresses and s.name not in names]
    return tuple(plain(s.name, 40) or f"a sensor ending in {s.address[-5:]}" for s in found)[:3]
