"""Who follows a live run: the screen's model, its remarks, the cues, and the events for whoever waits for one."""

from __future__ import annotations

import threading

from calibration.model import Profile
from calibration.validity import validity
from monitor.commands.news import News
from monitor.commands.places import utc_now
from monitor.dashboard.viewmodel import LiveModel
from monitor.outputs.phrases import LOW_BATTERY, PRAISE
from monitor.outputs.player import CuePlayer
from monitor.review.report_words import SITE_WORDS, clean
from monitor.sources.companions import CompanionKind
from monitor.values import (
    BatteryLevel,
    Control,
    Event,
    LinkChange,
    LinkState,
    ModeChange,
    PipelineOutput,
    SensorInfo,
    Site,
)

LOW_BATTERY_PERCENT = 15
CHARGE_SOON_PERCENT = 30
_COMPANIONS, _SITES = frozenset(CompanionKind), frozenset(Site)


class ModelListener:
    """Keeps the screens' model up to date, and says where a sensor does not fit the calibration."""

    def __init__(self, model: LiveModel, profile: Profile | None = None) -> None:
        self._model = model
        self._profile = profile

    def sensor(self, info: SensorInfo) -> None:
        if self._profile is None or self._profile.site(info.key) is None:
            return
        for finding in validity(self._profile, utc_now(), (info,)):
            if finding.serious:
                self._model.doubt(finding.text)

    def output(self, output: PipelineOutput) -> None:
        self._model.update(output)

    def control(self, entry: Control) -> None:
        if isinstance(entry, LinkChange):
            self._model.link(entry)
        elif isinstance(entry, BatteryLevel):
            self._model.battery(entry)
        elif isinstance(entry, ModeChange):
            self._model.mode(entry.mode)


class CueListener:
    """Plays a cue for every prompted event."""

    def __init__(self, player: CuePlayer) -> None:
        self._player = player
        self._warned: set[str] = set()

    def sensor(self, info: SensorInfo) -> None:
        """Nothing to hear."""

    def output(self, output: PipelineOutput) -> None:
        for event in output.events:
            if event.prompted:
                self._player.play(event)
        if output.praise_ns:
            self._player.play(PRAISE)

    def control(self, entry: Control) -> None:
        """A battery that runs low is said once; all else that is heard are the pipeline's events."""
        if isinstance(entry, BatteryLevel) and entry.percent < LOW_BATTERY_PERCENT and entry.sensor not in self._warned:
            self._warned.add(entry.sensor)
            self._player.play(LOW_BATTERY)


class NewsListener:
    """Remarks on the batteries as they are when the run begins, and on the links of what accompanies the sensors."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._batteries: set[str] = set()
        self._names: dict[str, str] = {}

    def sensor(self, info: SensorInfo) -> None:
        """No remark."""

    def output(self, output: PipelineOutput) -> None:
        """No remark."""

    def control(self, entry: Control) -> None:
        if isinstance(entry, BatteryLevel):
            self._battery(entry)
        elif isinstance(entry, LinkChange) and entry.sensor in _COMPANIONS:
            self._companion(entry, CompanionKind(entry.sensor).label.capitalize())

    def _battery(self, level: BatteryLevel) -> None:
        first = level.sensor not in self._batteries
        self._batteries.add(level.sensor)
        if first and 0 <= level.percent < CHARGE_SOON_PERCENT:
            whose = SITE_WORDS[Site(level.sensor)] if level.sensor in _SITES else f"sensor {clean(level.sensor, 20)}"
            self._news.add(
                f"battery {level.sensor}", f"{whose.capitalize()}: battery {level.percent} %, charge it soon"
            )

    def _companion(self, change: LinkChange, which: str) -> None:
        why = clean(change.why, 120)
        if change.state is LinkState.CONNECTING:
            self._names[change.sensor] = why
        elif change.state is LinkState.STREAMING:
            name = self._names.get(change.sensor, "")
            self._news.add(which, f"{which} connected{f': {name}' if name else ''}")
        elif change.state is LinkState.LOST:
            self._news.add(which, f"{which} lost, looking for it{f': {why}' if why else ''}")
        elif why:
            self._news.add(which, f"{which}: {why}")


class EventLog:
    """Collects the events of a run; `wait_for` lets another thread wait for the next one of a kind."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._new = threading.Condition()

    @property
    def events(self) -> tuple[Event, ...]:
        with self._new:
            return tuple(self._events)

    def sensor(self, info: SensorInfo) -> None:
        """Not an event."""

    def output(self, output: PipelineOutput) -> None:
        if output.events:
            with self._new:
                self._events += output.events
                self._new.notify_all()

    def control(self, entry: Control) -> None:
        """The pipeline makes the events of these."""
