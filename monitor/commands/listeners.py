"""Who follows a live run: the screen's model, the cues, and the first prompt's moment."""

from __future__ import annotations

import threading

from calibration.model import Profile
from calibration.validity import validity
from monitor.commands.places import utc_now
from monitor.dashboard.viewmodel import LiveModel
from monitor.outputs.phrases import LOW_BATTERY, PRAISE
from monitor.outputs.player import CuePlayer
from monitor.values import BatteryLevel, Control, Event, LinkChange, ModeChange, PipelineOutput, SensorInfo

LOW_BATTERY_PERCENT = 15


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
