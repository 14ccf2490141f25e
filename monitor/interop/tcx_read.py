"""TCX activities (Training Center XML, version 2), read only: the format has no room for fields of our own.

`RunCadence` of the activity extension counts one foot, as in FIT. A new `Track` within or between laps is a pause.
"""

from __future__ import annotations

import math

from monitor.interop.points import NO_TIME, Points
from monitor.interop.xml_stream import number, time_ns, word
from monitor.values import NS_PER_S

_VALUES = {
    "LatitudeDegrees": "lat", "LongitudeDegrees": "lon", "AltitudeMeters": "elevation", "DistanceMeters": "distance",
    "Speed": "speed", "RunCadence": "cadence", "Cadence": "cadence",
}  # fmt: skip
_SHORTEST_PAUSE_NS = 3 * NS_PER_S
"""Files begin a new track with every lap; one that follows on at once is no pause."""


class TcxHandler:
    """Follows a TCX file and adds its track points and laps."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._point: dict[str, float] | None = None
        self._lap: dict[str, float | str] = {}
        self._t_ns = NO_TIME
        self._last_ns = NO_TIME
        self._fresh = False
        self._sport = ""
        self._sport_from = NO_TIME

    @property
    def enough(self) -> bool:
        return self._points.full

    def start(self, path: list[str], attributes: dict[str, str]) -> None:
        name = path[-1]
        if name == "Trackpoint":
            self._point, self._t_ns = {}, NO_TIME
        elif name == "Track":
            self._fresh = True
        elif name == "Lap":
            self._lap = {"start": attributes.get("StartTime", "")[:40]}
        elif name == "Activity":
            self._sport = word(attributes.get("Sport")).lower()
            self._sport_from = NO_TIME
            self._points.sport = self._points.sport or self._sport

    def end(self, path: list[str], text: str) -> None:
        name, parent = path[-1], path[-2] if len(path) > 1 else ""
        if self._point is not None:
            if name == "Trackpoint":
                self._add(self._point)
                self._point = None
            elif name == "Time":
                self._t_ns = time_ns(text)
            elif name == "Value" and parent == "HeartRateBpm":
                self._point["heart"] = number(text)
            elif name in _VALUES:
                self._point[_VALUES[name]] = number(text)
        elif parent == "Lap" and name in ("TotalTimeSeconds", "DistanceMeters", "TriggerMethod"):
            self._lap[name] = word(text)
        elif name == "Lap":
            self._end_lap()
        elif name == "Activity":
            self._end_activity()
        elif name == "Name" and parent == "Creator":
            self._points.device = word(text)

    def _add(self, point: dict[str, float]) -> None:
        if self._points.full:
            return
        gap_ns = self._t_ns - self._last_ns
        if self._fresh and NO_TIME not in (self._t_ns, self._last_ns) and gap_ns > _SHORTEST_PAUSE_NS:
            self._points.pause(self._last_ns, self._t_ns)
        self._fresh = False
        if self._t_ns != NO_TIME:
            self._last_ns = self._t_ns
            self._sport_from = self._t_ns if self._sport_from == NO_TIME else self._sport_from
        keys = ("lat", "lon", "elevation", "distance", "speed", "cadence", "heart")
        self._points.add(self._t_ns, tuple(point.get(key, math.nan) for key in keys))

    def _end_lap(self) -> None:
        start_ns = time_ns(str(self._lap.get("start", "")))
        elapsed_s = number(str(self._lap.get("TotalTimeSeconds", "")))
        if start_ns == NO_TIME or not 0.0 < elapsed_s < 1e7:
            return
        end_ns = start_ns + round(elapsed_s * NS_PER_S)
        distance_m = number(str(self._lap.get("DistanceMeters", "")))
        self._points.lap(start_ns, end_ns, distance_m, str(self._lap.get("TriggerMethod", "")).lower())

    def _end_activity(self) -> None:
        if self._sport_from != NO_TIME:
            self._points.session(self._sport_from, self._last_ns, self._sport)
