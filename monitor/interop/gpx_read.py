"""GPX tracks (1.0 and 1.1), with heart rate, cadence and speed from the usual extensions.

Extensions are taken by local name, so that Garmin's TrackPointExtension and the many that imitate it are all read.
A new segment is a pause of the watch.
"""

from __future__ import annotations

import math

from monitor.interop.points import NO_TIME, Points
from monitor.interop.xml_stream import number, time_ns, word

_SPORTS = {"9": "running", "run": "running", "trail running": "running", "walk": "walking", "hike": "hiking"}
"""What exporters write in a track's type: Strava a number, others words of their own."""
_VALUES = {
    "ele": "elevation", "speed": "speed", "hr": "heart", "heartrate": "heart", "heartratebpm": "heart",
    "cad": "cadence", "cadence": "cadence", "runcadence": "cadence", "distance": "distance",
}  # fmt: skip


class GpxHandler:
    """Follows a GPX file and adds its track points."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._point: dict[str, float] | None = None
        self._t_ns = NO_TIME
        self._last_ns = NO_TIME
        self._fresh = False
        self.planned = 0
        """Points of routes and way points: plans, not a run."""

    @property
    def enough(self) -> bool:
        return self._points.full

    def start(self, path: list[str], attributes: dict[str, str]) -> None:
        name = path[-1]
        if name == "trkpt":
            self._point = {"lat": number(attributes.get("lat")), "lon": number(attributes.get("lon"))}
            self._t_ns = NO_TIME
        elif name == "trkseg":
            self._points.break_here()
            self._fresh = True
        elif name in ("rtept", "wpt"):
            self.planned += 1
        elif name == "gpx":
            self._points.device = word(attributes.get("creator"))

    def end(self, path: list[str], text: str) -> None:
        name = path[-1]
        if self._point is None:
            if name == "type" and len(path) == 3 and path[1] == "trk" and not self._points.sport:
                kind = word(text).lower()
                self._points.sport = _SPORTS.get(kind, kind)
        elif name == "trkpt":
            self._add(self._point)
            self._point = None
        elif name == "time":
            self._t_ns = time_ns(text)
        elif (key := _VALUES.get(name.lower())) is not None:
            self._point[key] = number(text)

    def _add(self, point: dict[str, float]) -> None:
        if self._points.full:
            return
        if self._fresh and NO_TIME not in (self._t_ns, self._last_ns) and self._last_ns < self._t_ns:
            self._points.pause(self._last_ns, self._t_ns)
        self._fresh = False
        self._last_ns = self._t_ns if self._t_ns != NO_TIME else self._last_ns
        keys = ("lat", "lon", "elevation", "distance", "speed", "cadence", "heart")
        self._points.add(self._t_ns, tuple(point.get(key, math.nan) for key in keys))
