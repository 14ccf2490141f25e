"""Which of the wanted sensors stream, since when not, and how full their batteries are."""

from __future__ import annotations

from monitor.values import BatteryLevel, Control, LinkChange, LinkState, PipelineOutput, SensorInfo

LOW_PCT = 10
"""A battery that was this low is likely why a sensor fell silent."""


class Links:
    """A listener of a session, read from another thread. `keys`: the run's keys of the sensors, e.g. 'head'."""

    def __init__(self, keys: set[str]) -> None:
        self._gone: dict[str, LinkState | None] = dict.fromkeys(sorted(keys))
        self._heard: set[str] = set()
        self._battery: dict[str, int] = {}
        self.why = ""
        """The last reason that the radio gave, in words."""

    @property
    def all_stream(self) -> bool:
        """Every sensor has sent samples."""
        return self._heard >= self._gone.keys()

    def missing(self) -> tuple[str, ...]:
        """Places whose sensor has not been heard yet."""
        return tuple(place_of(key) for key in self._gone if key not in self._heard)

    def lost(self) -> tuple[str, ...]:
        """Places whose sensor was heard and is out of reach, or is connected but sends nothing."""
        return tuple(place_of(key) for key, gone in list(self._gone.items()) if gone is not None)

    def why_lost(self) -> str:
        """What is known of the reason, in a sentence; '' where nothing is."""
        gone = {key: state for key, state in list(self._gone.items()) if state is not None}
        for key in gone:
            if self._battery.get(key, 100) <= LOW_PCT:
                return f"The battery of the {place_of(key)} sensor was at {self._battery[key]} %: charge it."
        if gone and all(state is LinkState.STALE for state in gone.values()):
            return "The radio holds, but nothing is sent: if it stays so, switch the sensor off and on again."
        return ""

    def batteries(self) -> dict[str, int]:
        """Percent by the run's key, of the sensors that told."""
        return dict(self._battery)

    def sensor(self, info: SensorInfo) -> None:
        """Set up, but not streaming yet."""

    def output(self, output: PipelineOutput) -> None:
        """Who has sent samples."""
        self._heard |= {q.sensor for q in output.quality if q.samples}

    def control(self, entry: Control) -> None:
        """Links that break and mend, and batteries."""
        if isinstance(entry, BatteryLevel):
            self._battery[entry.sensor] = entry.percent
        if not isinstance(entry, LinkChange) or entry.sensor not in self._gone:
            return
        if entry.state in (LinkState.LOST, LinkState.STALE):
            self._gone[entry.sensor] = entry.state
        elif entry.state is LinkState.STREAMING:
            self._gone[entry.sensor] = None
        self.why = entry.why or self.why


def place_of(key: str) -> str:
    """A run's key in words: 'left shoulder'."""
    return key.replace("_", " ")
