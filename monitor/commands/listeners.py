"""Who follows a live run: the screen's model, its remarks, the cues, and the events for whoever waits for one."""

from __future__ import annotations

import math
import threading

from calibration.model import Profile
from calibration.validity import validity
from monitor.commands.companion_turns import CompanionTurns
from monitor.commands.news import News
from monitor.commands.places import utc_now
from monitor.dashboard.viewmodel import LiveModel
from monitor.errors import HeadsUpError
from monitor.outputs.phrases import LOW_BATTERY, PRAISE
from monitor.outputs.player import CuePlayer
from monitor.review.report_words import SITE_WORDS, clean
from monitor.sensors.registry import family
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import IdentityDesk
from monitor.values import (
    BatteryLevel,
    Control,
    Event,
    HeartRate,
    LinkChange,
    LinkState,
    ModeChange,
    PipelineOutput,
    SensorInfo,
    Site,
)

LOW_BATTERY_PERCENT = 15
CHARGE_SOON_PERCENT = 30
NO_PULSE = "Heart strap: no pulse; wet it, or pull it tighter"
SLOW_S = 0.5
"""A sensor that sends more rarely adds a delay that a runner notices."""
_COMPANIONS, _SITES = frozenset(CompanionKind), frozenset(Site)


class ModelListener:
    """Keeps the screens' model up to date, says where a sensor does not fit the calibration, and enters into the log
    what else happens: a companion is found, lost, or back, a battery runs low."""

    def __init__(self, model: LiveModel, profile: Profile | None = None, desk: IdentityDesk | None = None) -> None:
        self._model = model
        self._profile = profile
        self._desk = desk
        self._low = LowBattery()
        self._slow: set[str] = set()
        self._turns = CompanionTurns()

    def sensor(self, info: SensorInfo) -> None:
        self._tell_delay(info)
        if self._profile is None or self._profile.site(info.key) is None:
            return
        for finding in validity(self._profile, utc_now(), (info,)):
            if finding.serious and not (finding.code == "sensor" and self._is_same(info)):
                self._model.doubt(finding.text)

    def _is_same(self, info: SensorInfo) -> bool:
        """The wearer said that it is the sensor of the calibration, under another id."""
        return self._desk is not None and self._desk.is_same(info.site, info.name, info.address)

    def _tell_delay(self, info: SensorInfo) -> None:
        """A sensor that sends much at once makes all that is seen and heard late: said once."""
        try:
            interval_s = family(info.family).notification_interval_s
        except HeadsUpError:  # then nothing comes of it either
            return
        self._model.paced(info.key, interval_s)
        if interval_s >= SLOW_S and info.key not in self._slow:
            self._slow.add(info.key)
            title = f"{_whose(info.key)} sends every {interval_s:.1f} s"
            self._model.remark(title, f"what you see and hear is up to {interval_s:.1f} s late")

    def output(self, output: PipelineOutput) -> None:
        self._model.update(output)

    def control(self, entry: Control) -> None:
        if isinstance(entry, LinkChange):
            self._model.link(entry)
            if turn := self._turns.turn(entry):
                self._model.remark(turn.title, turn.why)
        elif isinstance(entry, BatteryLevel):
            self._model.battery(entry)
            if self._low.is_news(entry):
                self._model.remark(f"{_whose(entry.sensor)}: battery low", f"{entry.percent} %")
        elif isinstance(entry, ModeChange):
            self._model.mode(entry.mode)


class LowBattery:
    """Notices, once for each sensor, that its battery runs low."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def is_news(self, level: BatteryLevel) -> bool:
        """Whether it is low, and was not before. What is no percentage is no battery level."""
        if level.sensor in self._known or not 0 <= level.percent < LOW_BATTERY_PERCENT:
            return False
        self._known.add(level.sensor)
        return True


class CueListener:
    """Plays a cue for every prompted event, and once for each low battery, unless that is switched off."""

    def __init__(self, player: CuePlayer, *, battery: bool = True) -> None:
        self._player = player
        self._battery = battery
        self._low = LowBattery()

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
        if isinstance(entry, BatteryLevel) and self._low.is_news(entry) and self._battery:
            self._player.play(LOW_BATTERY)


class NewsListener:
    """Remarks on the batteries as they are when the run begins, on the links of what accompanies the sensors, and on a
    strap that has lost the skin."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._batteries: set[str] = set()
        self._beating = False
        self._turns = CompanionTurns()

    def sensor(self, info: SensorInfo) -> None:
        """No remark."""

    def output(self, output: PipelineOutput) -> None:
        """No remark."""

    def control(self, entry: Control) -> None:
        if isinstance(entry, BatteryLevel):
            self._battery(entry)
        elif isinstance(entry, LinkChange) and entry.sensor in _COMPANIONS:
            self._companion(entry)
        elif isinstance(entry, HeartRate) and math.isnan(entry.bpm) and self._beating:
            self._news.add(entry.source, NO_PULSE)

    def _battery(self, level: BatteryLevel) -> None:
        first = level.sensor not in self._batteries
        self._batteries.add(level.sensor)
        if first and 0 <= level.percent < CHARGE_SOON_PERCENT:
            self._news.add(
                f"battery {level.sensor}", f"{_whose(level.sensor)}: battery {level.percent} %, charge it soon"
            )

    def _companion(self, change: LinkChange) -> None:
        turn, why = self._turns.turn(change), clean(change.why, 120)
        if change.sensor == CompanionKind.HEART_STRAP:
            self._beating = change.state is LinkState.STREAMING
        if turn is not None:
            self._news.add(change.sensor, str(turn))
        elif change.state is LinkState.STREAMING:
            self._news.add(change.sensor, f"{CompanionKind(change.sensor).label.capitalize()}: data again")
        elif why and change.state is not LinkState.CONNECTING:
            self._news.add(change.sensor, f"{CompanionKind(change.sensor).label.capitalize()}: {why}")


def _whose(sensor: str) -> str:
    whose = SITE_WORDS[Site(sensor)] if sensor in _SITES else f"sensor {clean(sensor, 20)}"
    return whose.capitalize()


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
