"""A drill routine on live sensors: notifications to posture in the session's worker, prompts in the caller's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from calibration.model import Profile
from monitor.commands.sensor_memory import desk_for
from monitor.drills.look import BesideFollower
from monitor.drills.prompts import Prompt
from monitor.drills.session import DrillSession
from monitor.errors import CalibrationError
from monitor.posture.channel import PostureBlock, PostureChannel
from monitor.session import Session
from monitor.settings import Settings
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.radio import Radio
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import NS_PER_S, Event, LinkChange, LinkState, LogEntry, PacketBlock, SensorInfo, Site

Tell = Callable[[Prompt], None]
Show = Callable[[DrillSession], None]
Notice = Callable[[str], None]
HEAD = Site.HEAD.value
SEARCH_S = 60.0
"""How long the head sensor is waited for."""
SILENT_S = 3.0
"""A head sensor that has sent nothing for so long is not seen. Sensors send every 1-2 s at the slowest."""
POLL_S = 0.05


def drill_live(
    drills: DrillSession,
    requests: Sequence[SensorRequest],
    radio: Radio,
    profile: Profile,
    settings: Settings,
    tell: Tell,
    show: Show,
    notice: Notice,
    skips: threading.Event,
) -> None:
    """Run a routine on the sensors; set `skips` to skip a drill.

    Raises CalibrationError where the head sensor does not answer or is worn too differently.
    """
    watch = DrillWatch(profile)
    session = Session(BleSource(requests, radio, desk=desk_for(radio)), settings, None, watch)
    session.start()
    try:
        notice("Looking for the head sensor ...")
        _wait(session, watch, notice)
        while not drills.over:
            _raise_failure(session)
            _tell(advance(drills, watch, session.clock_ns()), tell)
            if skips.is_set():
                skips.clear()
                _tell(drills.skip(), tell)
            show(drills)
            time.sleep(POLL_S)
    finally:
        session.stop()
    if drills.failure is not None:
        raise drills.failure


def drill_by_the_clock(
    drills: DrillSession,
    tell: Tell,
    show: Show,
    notice: Notice,  # noqa: ARG001
    skips: threading.Event,
) -> None:
    """Run a routine that needs no sensor."""
    started_ns = time.monotonic_ns()
    while not drills.over:
        _tell(drills.idle(time.monotonic_ns() - started_ns), tell)
        if skips.is_set():
            skips.clear()
            _tell(drills.skip(), tell)
        show(drills)
        time.sleep(POLL_S)


def advance(drills: DrillSession, watch: DrillWatch, now_ns: int) -> list[Prompt]:
    """What a routine says of the posture since the last call, or of time that passes unseen. `now_ns`: run clock."""
    prompts: list[Prompt] = []
    for key, block in watch.take():
        if key == HEAD:
            prompts += drills.push(block)
        else:
            drills.push_beside(key, block)
    if now_ns - watch.head_ns > SILENT_S * NS_PER_S:
        prompts += drills.idle(now_ns)
    return prompts


def beside_of(profile: Profile, requests: Sequence[SensorRequest]) -> dict[str, BesideFollower]:
    """Who follows the sensors that are not on the head, by key."""
    keys = {r.site.value for r in requests} - {HEAD}
    return {site.sensor: BesideFollower(site) for site in profile.sites if site.sensor in keys}


def _tell(prompts: Sequence[Prompt], tell: Tell) -> None:
    for prompt in prompts:
        tell(prompt)


def _wait(session: Session, watch: DrillWatch, notice: Notice) -> None:
    """Until the head sensor sends."""
    started = time.monotonic()
    told = ""
    while not watch.head_ns:
        _raise_failure(session)
        if watch.why != told:
            told = watch.why
            notice(told)
        if time.monotonic() - started > SEARCH_S:
            raise CalibrationError(
                "sensor",
                f"the head sensor did not answer within {SEARCH_S:.0f} s ({watch.why or 'nothing found'})",
                "Switch it on, bring it near, and try `headsup scan` and `headsup doctor`.",
            )
        time.sleep(POLL_S)


def _raise_failure(session: Session) -> None:
    if session.failure is not None:
        raise session.failure


class DrillWatch:
    """Takes the place of a recording: follows the posture of each calibrated sensor. Nothing is kept.

    head_ns : when the head sensor was last heard, for a watch that begins in the midst of a run
    """

    def __init__(self, profile: Profile, head_ns: int = 0) -> None:
        self._profile = profile
        self._lock = threading.Lock()
        self._chains: dict[str, _Chain] = {}
        self._blocks: list[tuple[str, PostureBlock]] = []
        self.head_ns = head_ns
        """Arrival of the head sensor's last data; 0 before the first."""
        self.why = ""

    def append(self, entry: LogEntry) -> None:
        """Called by the session's worker."""
        if isinstance(entry, PacketBlock) and entry.sensor in self._chains:
            blocks = self._chains[entry.sensor].push(entry)
            with self._lock:
                self._blocks += [(entry.sensor, block) for block in blocks]
            if entry.sensor == HEAD and blocks:
                self.head_ns = int(entry.t_ns[-1])
        elif isinstance(entry, LinkChange):
            if entry.state in (LinkState.LOST, LinkState.SEARCHING):
                self.why = entry.why or self.why
            if entry.state is LinkState.LOST and entry.sensor in self._chains:
                self._chains[entry.sensor].slots.relink()

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:  # noqa: ARG002
        """Called by the session's worker."""
        known = self._chains.get(info.key)
        if known is None or not known.slots.fits(info):
            self._chains[info.key] = _Chain(info, self._profile)

    def append_event(self, event: Event, t_ns: int) -> None:
        """The drills have prompts of their own."""

    def take(self) -> list[tuple[str, PostureBlock]]:
        """All blocks since the last call."""
        with self._lock:
            taken, self._blocks = self._blocks, []
        return taken


class _Chain:
    """One sensor from notifications to posture."""

    def __init__(self, info: SensorInfo, profile: Profile) -> None:
        self.slots = SensorSlots(info)
        self._channel = PostureChannel(self.slots.has_gyro, profile.site(info.key))

    def push(self, packets: PacketBlock) -> list[PostureBlock]:
        """Posture of some notifications."""
        return [self._channel.push(block) for block in self.slots.push(packets)]
