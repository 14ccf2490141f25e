"""A live run as streams of the Lab Streaming Layer, for programs that record several devices together.

One stream of posture for each sensor and one of markers, made only when asked for: LSL announces streams on the local
network. Samples carry the time at which they were measured, on LSL's own clock. pylsl is imported when it is used:
the extra `lsl`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from monitor.interop.missing import optional
from monitor.posture.gaze import ground_distance_m
from monitor.settings import GazeModel
from monitor.values import (
    NS_PER_S,
    Control,
    Event,
    EventKind,
    FloatArray,
    ModeChange,
    PipelineOutput,
    SensorInfo,
    Track,
)

_log = logging.getLogger(__name__)
TRACK_HZ = 25.0
"""About; the true rate follows the sensor's, so the stream is declared irregular and every sample has its time."""
LONGEST_MARKER = 100
CHANNELS = (
    ("head_pitch", "deg"),
    ("head_pitch_sustained", "deg"),
    ("gaze_distance", "m"),
    ("shoulder_score", "1"),
    ("cadence", "1/min"),
    ("activity", "code"),
    ("valid", "bool"),
)
"""Label and unit of each channel; NaN where nothing is known. Activity: 0 unknown, 1 still, 2 walk, 3 run, 4 other."""


class LslStreams:
    """`monitor.session.Listener`: a run's posture and events as LSL streams.

    clock_ns  : the run clock now, as `Session.clock_ns`
    origin_ns : run-clock time of the first sample once there is one, as `Session.origin_ns`
    gaze      : how a head pitch becomes a distance, `Settings.gaze`
    run_id    : so that a recorder finds the streams again after a break
    simulated : every stream's name says SIMULATED

    Raises MissingLibraryError where pylsl is absent. Use from one thread; streams end with `close`.
    """

    def __init__(
        self,
        clock_ns: Callable[[], int],
        origin_ns: Callable[[], int | None],
        gaze: GazeModel,
        run_id: str,
        *,
        simulated: bool = False,
    ) -> None:
        self._lsl: Any = optional("pylsl", "Streaming to LSL", "lsl")
        self._clock_ns = clock_ns
        self._origin_ns = origin_ns
        self._gaze = gaze
        self._run_id = run_id
        self._prefix = "HeadsUp SIMULATED" if simulated else "HeadsUp"
        self._posture: dict[str, Any] = {}
        self._markers: Any = self._outlet("events", "Markers", 1, self._lsl.cf_string)

    def sensor(self, info: SensorInfo) -> None:
        """A stream for this sensor, once; it goes on when the sensor comes back."""
        if info.key in self._posture or self._markers is None:
            return

        def describe(stream: Any) -> None:
            channels = stream.desc().append_child("channels")
            for label, unit in CHANNELS:
                channel = channels.append_child("channel")
                channel.append_child_value("label", label)
                channel.append_child_value("unit", unit)
            stream.desc().append_child_value("site", info.site.value)
            stream.desc().append_child_value("nominal_rate_hz", f"{TRACK_HZ:g}")
            stream.desc().append_child_value("simulated", str(info.simulated).lower())

        self._posture[info.key] = self._outlet(info.key, "Posture", len(CHANNELS), self._lsl.cf_double64, describe)

    def output(self, output: PipelineOutput) -> None:
        """Push new posture values and events, each with the time at which it was measured or known."""
        origin_ns = self._origin_ns()
        if origin_ns is None or self._markers is None:
            return
        try:
            self._push(output, origin_ns)
        except (RuntimeError, ValueError, OSError) as error:
            # The run matters more than who watches it.
            _log.warning("the streams to LSL ended: %s", error)
            self.close()

    def _push(self, output: PipelineOutput, origin_ns: int) -> None:
        begin_s = self._run_start_s() + origin_ns / NS_PER_S
        for track in output.tracks:
            outlet = self._posture.get(track.sensor)
            if outlet is not None and len(track):
                times_s = begin_s + track.t_ns / NS_PER_S
                outlet.push_chunk(self._rows(track).tolist(), times_s.tolist())
        for event in output.events:
            self._markers.push_sample([marker(event)], begin_s + event.t_ns / NS_PER_S)

    def control(self, entry: Control) -> None:
        """A change of mode is a marker; what else the log holds comes as an event."""
        if isinstance(entry, ModeChange) and self._markers is not None:
            self._markers.push_sample([f"mode:{entry.mode.value}"], self._run_start_s() + entry.t_ns / NS_PER_S)

    def close(self) -> None:
        """End the streams. May be called twice."""
        self._posture.clear()
        self._markers = None

    def _run_start_s(self) -> float:
        """LSL time at which the run clock was 0; both clocks are steady."""
        return float(self._lsl.local_clock()) - self._clock_ns() / NS_PER_S

    def _rows(self, track: Track) -> FloatArray:
        """Values (n, channels) of a track."""
        gaze_m = ground_distance_m(track.sustained_deg, self._gaze)[0]
        return np.column_stack(
            (
                track.angle_deg,
                track.sustained_deg,
                gaze_m,
                track.shoulder,
                track.cadence_spm,
                track.activity,
                track.valid,
            )
        ).astype(np.float64)

    def _outlet(
        self, name: str, kind: str, channels: int, form: Any, describe: Callable[[Any], None] | None = None
    ) -> Any:
        lsl = self._lsl
        source = f"headsup-{self._run_id}-{name}"
        stream = lsl.StreamInfo(f"{self._prefix} {name}", kind, channels, lsl.IRREGULAR_RATE, form, source)
        if describe is not None:
            describe(stream)
        return lsl.StreamOutlet(stream)


def marker(event: Event) -> str:
    """An event as one short word that tools can tell apart: 'head_down', 'head_down:cue', 'mark:cramp'."""
    if event.kind is EventKind.MARK:
        label = str(event.detail.get("label", "")).encode("utf-8", "replace").decode("utf-8")
        return f"mark:{' '.join(label.split())}"[:LONGEST_MARKER]
    return f"{event.kind.value}:cue" if event.prompted else event.kind.value
