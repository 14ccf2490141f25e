"""The live run as the screens see it: fed by a worker thread, polled by the window at 30 fps.

No Qt, no waiting: every method takes one short lock. What is polled is frozen and holds no reference to a buffer.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from monitor.dashboard.live_state import SensorNow, decide, silence_words
from monitor.dashboard.live_view import ChartData, Cue, LinkRow, LiveState, LiveView, LogLine, Severity
from monitor.dashboard.ring import TrackRing
from monitor.posture.gaze import GazeZone, ground_distance_m, zone
from monitor.review import report_words as words
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    BatteryLevel,
    Event,
    EventKind,
    FloatArray,
    IntArray,
    LinkChange,
    LinkQuality,
    LinkState,
    Mode,
    PipelineOutput,
    Reason,
    SensorInfo,
    Site,
    Track,
)

RING_CAPACITY = 8_000
"""Per sensor: over 5 min at 25 Hz, over 1 min at 100 Hz."""
LOG_LINES = 30
GAP_S = 0.5
"""Neighbours further apart than this are not joined by a line."""
MOVED_HINT_S = 60.0


@dataclass(slots=True)
class _Sensor:
    """What is remembered of one sensor; only touched under the lock."""

    info: SensorInfo
    words: str
    ring: TrackRing
    link: LinkState = LinkState.SEARCHING
    why: str = ""
    t_ns: int | None = None
    offset_ns: int | None = None
    """Smallest `clock - t_ns` seen: the data's best case delay and the clocks' difference in one."""
    activity: Activity = Activity.UNKNOWN
    cadence_spm: float = math.nan
    sustained_deg: float = math.nan
    shoulder: float = math.nan
    saw_shoulders: bool = False
    valid: bool = False
    reason: Reason = Reason.NO_DATA
    over: bool = False
    shoulders_up: bool = False
    """From a shoulder event until the score is low again; counts where `over` tells of the head."""
    dwell_s: float = 0.0
    quality: LinkQuality | None = None
    battery_pct: int | None = None

    def age_s(self, now_ns: int) -> float:
        if self.t_ns is None or self.offset_ns is None:
            return math.inf
        return (now_ns - self.offset_ns - self.t_ns) / NS_PER_S


class LiveModel:
    """Collects a run's outputs and answers what to show. All methods may be called from any thread.

    `sensors` are those expected; `calibrated` says per sensor key what its placement can see (absent = not
    calibrated); `clock_ns` is the run clock, the one that stamped the arrivals. `limits_deg` holds the wearer's
    own head limits where the calibration gave them; otherwise the settings' count.
    """

    def __init__(
        self,
        settings: Settings,
        sensors: Sequence[SensorInfo],
        calibrated: Mapping[str, str],
        simulated: bool,
        clock_ns: Callable[[], int],
        *,
        limits_deg: Mapping[Mode, float] = MappingProxyType({}),
    ) -> None:
        self._lock = threading.Lock()
        self._settings = settings
        self._calibrated = dict(calibrated)
        self._simulated = simulated or any(s.simulated for s in sensors)
        self._clock_ns = clock_ns
        self._limits_deg = dict(limits_deg)
        self._mode = settings.mode
        self._notice = ""
        self._doubt = ""
        self._failure = ""
        self._ran = False
        self._moved_at_s = -math.inf
        self._log: deque[LogLine] = deque(maxlen=LOG_LINES)
        self._logged = 0
        several = len({s.site for s in sensors}) < len(sensors)
        self._sensors = {
            s.key: _Sensor(
                s, words.clean(s.key, 20) if several else words.SITE_WORDS[s.site], TrackRing(RING_CAPACITY, 3)
            )
            for s in sensors
        }

    # ------------------------------------------------------------ from the worker thread

    def update(self, output: PipelineOutput) -> None:
        """Take what one `push` of the pipeline brought. Tracks of unknown sensors are ignored."""
        now_ns = self._clock_ns()
        with self._lock:
            for track in output.tracks:
                sensor = self._sensors.get(track.sensor)
                if sensor is not None and len(track):
                    self._take(sensor, track, now_ns)
            for quality in output.quality:
                if quality.sensor in self._sensors:
                    self._sensors[quality.sensor].quality = quality
            for event in output.events:
                self._note(event)

    def link(self, change: LinkChange) -> None:
        """The link to a sensor changed."""
        with self._lock:
            sensor = self._sensors.get(change.sensor)
            if sensor is not None:
                sensor.link, sensor.why = change.state, words.clean(change.why)

    def battery(self, level: BatteryLevel) -> None:
        """A sensor told its battery; values outside 0..100 are not shown."""
        with self._lock:
            sensor = self._sensors.get(level.sensor)
            if sensor is not None:
                sensor.battery_pct = level.percent if 0 <= level.percent <= 100 else None

    def mode(self, mode: Mode) -> None:
        """The run's mode changed."""
        with self._lock:
            self._mode = mode

    def notice(self, text: str) -> None:
        """A standing remark such as 'No sound: ...'; '' takes it away."""
        with self._lock:
            self._notice = words.clean(text, 160)

    def doubt(self, text: str) -> None:
        """Something that speaks against the calibration; it stays, behind any other remark."""
        with self._lock:
            self._doubt = words.clean(text, 160)

    def fail(self, text: str) -> None:
        """The run cannot go on; the screen says so and why."""
        with self._lock:
            self._failure = words.clean(text, 160) or "the run cannot go on"

    def _take(self, sensor: _Sensor, track: Track, now_ns: int) -> None:
        """Remember a sensor's newest values."""
        ok = track.valid
        sensor.ring.append(
            track.t_ns,
            np.where(ok, track.angle_deg, np.nan),
            np.where(ok, track.sustained_deg, np.nan),
            np.where(ok, track.shoulder, np.nan),
        )
        t_ns = int(track.t_ns[-1])
        if sensor.t_ns is not None and t_ns < sensor.t_ns:
            return
        offset_ns = now_ns - t_ns
        sensor.t_ns = t_ns
        sensor.offset_ns = offset_ns if sensor.offset_ns is None else min(sensor.offset_ns, offset_ns)
        sensor.activity = Activity(int(track.activity[-1]))
        sensor.cadence_spm = float(track.cadence_spm[-1])
        sensor.valid = bool(track.valid[-1])
        sensor.reason = Reason(int(track.reason[-1]))
        sensor.sustained_deg = float(track.sustained_deg[-1]) if sensor.valid else math.nan
        sensor.shoulder = float(track.shoulder[-1]) if sensor.valid else math.nan
        sensor.saw_shoulders = sensor.saw_shoulders or bool(np.isfinite(track.shoulder[ok]).any())
        sensor.over = bool(track.over[-1])
        if sensor.shoulder < self._settings.shoulders.off:
            sensor.shoulders_up = False
        dwell_s = float(track.dwell_s[-1])
        sensor.dwell_s = dwell_s if math.isfinite(dwell_s) else 0.0
        self._ran = self._ran or bool((track.activity == Activity.RUN).any())

    def _note(self, event: Event) -> None:
        """Put an event into the log."""
        t_s = event.t_ns / NS_PER_S
        why = words.event_why(event)
        if event.prompted:
            cue = Cue.GIVEN
        elif event.kind in words.POSTURE_KINDS:
            cue, why = Cue.SILENT, "; ".join(w for w in (why, words.silence_words(event)) if w)
        else:
            cue = Cue.NOTE
        if event.kind is EventKind.SHOULDERS_UP and event.sensor in self._sensors:
            self._sensors[event.sensor].shoulders_up = True
        if event.kind is EventKind.SENSOR_MOVED:
            self._moved_at_s = t_s
        self._logged += 1
        self._log.appendleft(LogLine(t_s, words.event_title(event), why, cue))

    # ------------------------------------------------------------ from the screens

    def snapshot(self) -> LiveView:
        """What to show now."""
        now_ns = self._clock_ns()
        with self._lock:
            return self._view(now_ns)

    def chart(self, seconds: float = 60.0) -> ChartData:
        """The last `seconds` of head pitch and shoulder score, x = seconds before now."""
        now_ns = self._clock_ns()
        with self._lock:
            head_x, head = self._series(self._leading(head=True), now_ns, seconds)
            shoulder_x, shoulder = self._series(self._leading(head=False), now_ns, seconds)
        return ChartData(head_x, head[0], head[1], shoulder_x, shoulder[2])

    def _leading(self, head: bool) -> _Sensor | None:
        """The sensor whose head pitch (or whose shoulder score) is shown."""
        if head:
            sensors = self._sensors.values()
            on_head = next((s for s in sensors if s.info.site is Site.HEAD), None)
            return on_head or next((s for s in sensors if math.isfinite(s.sustained_deg)), None)
        seeing = [s for s in self._sensors.values() if s.saw_shoulders]
        return max(seeing, key=lambda s: s.t_ns or 0, default=None)

    @staticmethod
    def _series(sensor: _Sensor | None, now_ns: int, seconds: float) -> tuple[FloatArray, FloatArray]:
        if sensor is None or sensor.offset_ns is None:
            return np.empty(0), np.empty((3, 0))
        run_ns = now_ns - sensor.offset_ns
        t_ns, values = sensor.ring.since(run_ns - int(seconds * NS_PER_S))
        return _broken_at_gaps(t_ns, values, run_ns)

    def _view(self, now_ns: int) -> LiveView:
        settings, sensors = self._settings, list(self._sensors.values())
        now = {s.info.key: self._now(s, now_ns) for s in sensors}
        if self._failure:
            state, reason = LiveState.FAILED, self._failure
        else:
            state, reason = decide(list(now.values()), self._ran, self._mode, settings)
        rule = settings.head_rule(self._mode)
        head = self._leading(head=True)
        seen = head is not None and now[head.info.key].fresh and head.valid
        pitch_deg = head.sustained_deg if head is not None and seen else math.nan
        dwell_s = head.dwell_s if head is not None and seen else 0.0
        gaze, ground, known = self._gaze(pitch_deg)
        fresh = [s for s in sensors if now[s.info.key].fresh]
        cadence_spm = next((s.cadence_spm for s in fresh if math.isfinite(s.cadence_spm)), math.nan)
        offsets = [s.offset_ns for s in sensors if s.offset_ns is not None]
        elapsed_s = (now_ns - min(offsets)) / NS_PER_S if offsets else math.nan
        shoulders, score = self._shoulders(now)
        notice = self._notice or self._doubt
        if not notice and elapsed_s - self._moved_at_s < MOVED_HINT_S:
            notice = "A sensor may have moved: check how it sits"
        return LiveView(
            state=state,
            reason=reason,
            mode=self._mode,
            simulated=self._simulated,
            pitch_deg=pitch_deg,
            limit_deg=self._limits_deg.get(self._mode, rule.on_deg),
            dwell=min(1.0, max(0.0, dwell_s / rule.dwell_s)),
            dwell_s=dwell_s,
            dwell_limit_s=rule.dwell_s,
            gaze=gaze,
            zone=ground,
            zone_text=known,
            cadence_spm=cadence_spm,
            elapsed_s=elapsed_s,
            shoulders=shoulders,
            shoulder_score=score,
            shoulder_limit=settings.shoulders.on,
            links=tuple(self._row(s, now[s.info.key]) for s in sensors),
            log=tuple(self._log),
            logged=self._logged,
            notice=notice,
        )

    def _now(self, sensor: _Sensor, now_ns: int) -> SensorNow:
        return SensorNow(
            words=sensor.words,
            site=sensor.info.site,
            link=sensor.link,
            why=sensor.why,
            age_s=sensor.age_s(now_ns),
            calibrated=sensor.info.key in self._calibrated,
            activity=sensor.activity,
            valid=sensor.valid,
            reason=sensor.reason,
            over=sensor.over,
            sustained_deg=sensor.sustained_deg,
            dwell_s=sensor.dwell_s,
            shoulder=sensor.shoulder,
            shoulders_up=sensor.shoulders_up if math.isfinite(sensor.sustained_deg) else sensor.over,
        )

    def _gaze(self, pitch_deg: float) -> tuple[str, GazeZone | None, str]:
        """Band in words, zone, zone in words."""
        if math.isnan(pitch_deg):
            return "–", None, "–"
        middle, low, high = ground_distance_m(np.array([pitch_deg]), self._settings.gaze)
        ground = zone(float(middle[0]))
        feet = self._settings.feet
        likely = f"likely {words.zone_words(ground, feet)}"
        return words.gaze_words(float(low[0]), float(high[0]), feet), ground, likely

    def _shoulders(self, now: Mapping[str, SensorNow]) -> tuple[str, float]:
        """Words and score; the words never claim what no sensor sees."""
        leading = self._leading(head=False)
        if leading is None:
            may_come = any(
                s.site is not Site.HEAD and s.calibrated and not s.valid and s.reason is not Reason.CANNOT_SEE
                for s in now.values()
            )
            return ("not seen yet" if may_come else words.NOT_VISIBLE), math.nan
        sensor = now[leading.info.key]
        if not sensor.fresh:
            return "no data now", math.nan
        if not (sensor.valid and math.isfinite(sensor.shoulder)):
            return "not sure now", math.nan
        rule = self._settings.shoulders
        if sensor.shoulder > rule.on:
            return "up", sensor.shoulder
        return ("relaxed" if sensor.shoulder < rule.off else "a little up"), sensor.shoulder

    def _row(self, sensor: _Sensor, now: SensorNow) -> LinkRow:
        if sensor.link is LinkState.STOPPED:
            state, severity = "stopped", Severity.CALM
        elif now.fresh:
            state, severity = "live", Severity.GOOD
            if now.reason is Reason.SENSOR_FAULT:
                state, severity = "check it: clipped or frozen", Severity.ATTENTION
        elif now.lost:
            state, severity = silence_words(now).removeprefix(f"{now.words}: "), Severity.ATTENTION
        else:
            state = {LinkState.CONNECTING: "connecting", LinkState.STREAMING: "waiting for data"}.get(
                sensor.link, "searching"
            )
            severity = Severity.CALM
        quality = sensor.quality
        slots = quality.samples + quality.lost if quality is not None else 0
        return LinkRow(
            key=words.clean(sensor.info.key, 20),
            name=words.clean(sensor.info.name, 28) or words.clean(sensor.info.family, 28),
            site=sensor.info.site,
            state=state,
            severity=severity,
            rate_hz=quality.rate_hz if quality is not None and now.fresh else math.nan,
            loss_pct=100.0 * quality.lost / slots if quality is not None and slots > 0 else math.nan,
            battery_pct=sensor.battery_pct,
            simulated=sensor.info.simulated,
        )


def _broken_at_gaps(t_ns: IntArray, values: FloatArray, now_ns: int) -> tuple[FloatArray, FloatArray]:
    """Copies with x in seconds before `now_ns`, and a NaN column inside each hole in time."""
    x = (t_ns - now_ns) / NS_PER_S
    holes = np.flatnonzero(np.diff(x) > GAP_S) + 1
    if len(holes) == 0:
        return x, values.copy()
    return np.insert(x, holes, x[holes - 1] + GAP_S / 2), np.insert(values, holes, np.nan, axis=1)
