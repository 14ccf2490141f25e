"""The live run as the screens see it: fed by a worker thread, polled by the window at 30 fps.

No Qt, no waiting: every method takes one short lock. What is polled is frozen and holds no reference to a buffer.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from monitor.dashboard import chart_series
from monitor.dashboard.ground_now import GroundNow
from monitor.dashboard.live_sensor import LiveSensor
from monitor.dashboard.live_state import STALE_S, SensorNow, decide
from monitor.dashboard.live_view import ChartData, Cue, GlanceFacts, LiveState, LiveView, LogLine
from monitor.dashboard.live_words import BACK, incline_words, lean_words, rest_words, speed_words, until_words
from monitor.dashboard.log_lines import log_line, only_shown
from monitor.dashboard.ring import TrackRing
from monitor.dashboard.run_log import RunLog
from monitor.dashboard.shoulders_now import shoulders_now
from monitor.dashboard.watch_lines import SensorWatch
from monitor.review import report_words as words
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    BatteryLevel,
    Event,
    EventKind,
    FloatArray,
    Ground,
    HeartRate,
    IntArray,
    LinkChange,
    Mode,
    PipelineOutput,
    Reason,
    SensorInfo,
    Site,
)

RING_CAPACITY = 24_000
"""Per sensor: over 10 min of a track, which has 38 values a second at most."""
MOVED_HINT_S = 60.0


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
        self._ground, self._ground_ns = GroundNow(), 0
        self._run_m = self._heart_bpm = math.nan
        self._rest_until_ns: int | None = None
        self._log = RunLog()
        several = len({s.site for s in sensors}) < len(sensors)
        self._sensors = {
            s.key: LiveSensor(
                s,
                words.clean(s.key, 20) if several else words.SITE_WORDS[s.site],
                TrackRing(RING_CAPACITY, len(chart_series.COLUMNS)),
            )
            for s in sensors
        }
        self._set_watch()

    def _set_watch(self) -> None:
        """Who tells the log when nothing is watched: the head's sensor, or the first; then those of the shoulders."""
        sensors = list(self._sensors.values())
        leads = next((s for s in sensors if s.info.site is Site.HEAD), next(iter(sensors), None))
        for s in sensors:
            if s is leads or (s.info.key in self._calibrated and s.info.site not in (Site.HEAD, Site.BACK)):
                s.watch = SensorWatch(s.info.site, leads=s is leads, grace_s=self._settings.grace_s)

    # ------------------------------------------------------------ from the worker thread

    def update(self, output: PipelineOutput) -> None:
        """Take what one `push` of the pipeline brought. Tracks of unknown sensors are ignored."""
        now_ns = self._clock_ns()
        with self._lock:
            dwell_limit_s = self._settings.head_rule(self._mode).dwell_s
            for track in output.tracks:
                sensor = self._sensors.get(track.sensor)
                if sensor is not None and len(track):
                    sensor.take(track, now_ns, self._settings.shoulders.off, dwell_limit_s)
                    self._ran = self._ran or bool((track.activity == Activity.RUN).any())
            for quality in output.quality:
                if quality.sensor in self._sensors:
                    self._sensors[quality.sensor].take_quality(quality)
            for event in output.events:
                self._note(event)
            for track in output.tracks:
                sensor = self._sensors.get(track.sensor)
                if sensor is not None and sensor.watch is not None:
                    for line in sensor.watch.lines(track):
                        self._log.enter_late(line)

    def link(self, change: LinkChange) -> None:
        """The link to a sensor changed."""
        with self._lock:
            sensor = self._sensors.get(change.sensor)
            if sensor is not None:
                sensor.link, sensor.why = change.state, words.clean(change.why)
                if change.rssi_dbm is not None:
                    sensor.signal_dbm = change.rssi_dbm

    def paced(self, key: str, interval_s: float) -> None:
        """How often a sensor sends: one that sends in lumps is not lost between them."""
        with self._lock:
            if (sensor := self._sensors.get(key)) is not None:
                sensor.interval_s = interval_s

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

    def ground(self, ground: Ground) -> None:
        """Speed and slope of the ground from now on."""
        with self._lock:
            self._run_m = self._distance_m(ground.t_ns)
            self._ground, self._ground_ns = GroundNow(ground.speed_m_s, ground.grade), ground.t_ns

    def heart(self, rate: HeartRate) -> None:
        """The heart rate from now on; NaN where the strap has lost the skin."""
        with self._lock:
            self._heart_bpm = rate.bpm

    def _distance_m(self, now_ns: int) -> float:
        """Run so far, as the belt or the foot pod tells; NaN before a speed was known."""
        speed_m_s = self._ground.speed_m_s
        if math.isnan(speed_m_s):
            return self._run_m
        so_far_m = 0.0 if math.isnan(self._run_m) else self._run_m
        return so_far_m + speed_m_s * max(0, now_ns - self._ground_ns) / NS_PER_S

    def rest(self, until_ns: int | None) -> None:
        """Cues rest until this sample time (`policy.FOREVER_NS`: to the end of the run), or not (None). Logged once."""
        now_ns = self._clock_ns()
        with self._lock:
            if until_ns != self._rest_until_ns:
                self._rest_until_ns = until_ns
                at_s = self._elapsed_s(now_ns)
                title = BACK if until_ns is None else until_words(until_ns)
                self._log.enter(LogLine(at_s, title, "", Cue.NOTE))

    def remark(self, title: str, why: str = "") -> None:
        """Something that happened beside the posture, as a note in the log: 'Treadmill connected', and more of it."""
        now_ns = self._clock_ns()
        with self._lock:
            at_s = self._elapsed_s(now_ns)
            self._log.enter(LogLine(at_s, words.clean(title), words.clean(why, 160), Cue.NOTE))

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

    def _note(self, event: Event) -> None:
        """Put an event into the log, and what else comes of it."""
        at_s, sensor = event.t_ns / NS_PER_S, self._sensors.get(event.sensor)
        if sensor is not None:
            sensor.note(event)
        if event.kind is EventKind.SENSOR_MOVED and not only_shown(event):
            self._moved_at_s = at_s
        if event.prompted:
            self._log.tick(at_s, Cue.GIVEN)
        elif event.kind is EventKind.MARK:
            self._log.tick(at_s, Cue.NOTE)
        self._log.enter(log_line(event))

    # ------------------------------------------------------------ from the screens

    def snapshot(self) -> LiveView:
        """What to show now."""
        now_ns = self._clock_ns()
        with self._lock:
            return self._view(now_ns)

    def chart(self, seconds: float = 60.0) -> ChartData:
        """The last `seconds` as the charts draw them, x = seconds before now; up to 10 minutes are remembered."""
        now_ns = self._clock_ns()
        each_ns = chart_series.bucket_ns(seconds)
        with self._lock:
            head, shoulder = self._head(), self._shoulder(now_ns)
            steps = head or next(iter(self._sensors.values()), None)
            parts = [self._recent(sensor, now_ns, seconds) for sensor in (head, shoulder, steps)]
            silent_s = head.age_s(now_ns) if head is not None else 0.0
            stale_s = head.stale_s if head is not None else STALE_S
            cue_x, mark_x = self._log.ticks(self._elapsed_s(now_ns), seconds)
        # Outside the lock: the worker never waits for a picture.
        of_head, of_shoulder, of_steps = (chart_series.series(*part, each_ns) for part in parts)
        unwatched = chart_series.stretches(of_head, silent_s if stale_s < silent_s < math.inf else 0.0, seconds)
        return ChartData(seconds, of_head, of_shoulder, of_steps, unwatched, cue_x, mark_x)

    def _head(self) -> LiveSensor | None:
        """The sensor whose head pitch is shown."""
        sensors = self._sensors.values()
        on_head = next((s for s in sensors if s.info.site is Site.HEAD), None)
        return on_head or next((s for s in sensors if math.isfinite(s.sustained_deg)), None)

    def _shoulder(self, now_ns: int) -> LiveSensor | None:
        """The sensor whose shoulder score is drawn: of two, the raised one, else always the same."""
        seeing = [s for s in self._sensors.values() if s.saw_shoulders]
        seeing = [s for s in seeing if s.age_s(now_ns) <= s.stale_s] or seeing
        raised = [s for s in seeing if s.shoulder > self._settings.shoulders.on]
        return next(iter(raised or seeing), None)

    def _elapsed_s(self, now_ns: int) -> float:
        """Seconds since the run's first sample; NaN before it."""
        offsets = [s.offset_ns for s in self._sensors.values() if s.offset_ns is not None]
        return (now_ns - min(offsets)) / NS_PER_S if offsets else math.nan

    @staticmethod
    def _recent(sensor: LiveSensor | None, now_ns: int, seconds: float) -> tuple[IntArray, FloatArray, int]:
        """A copy of what a sensor's ring holds of the last `seconds`, and now in its run time."""
        if sensor is None or sensor.offset_ns is None:
            return np.empty(0, np.int64), np.empty((0, 0)), 0
        run_ns = now_ns - sensor.offset_ns
        t_ns, values = sensor.ring.since(run_ns - int(seconds * NS_PER_S))
        return t_ns.copy(), values.copy(), run_ns

    def _view(self, now_ns: int) -> LiveView:
        settings, sensors = self._settings, list(self._sensors.values())
        now = {s.info.key: s.now(now_ns, calibrated=s.info.key in self._calibrated) for s in sensors}
        if self._failure:
            state, reason = LiveState.FAILED, self._failure
        else:
            state, reason = decide(list(now.values()), self._ran, self._mode, settings)
        rule = settings.head_rule(self._mode)
        head = self._head()
        if head is not None and not (now[head.info.key].fresh and head.valid):
            head = None
        dwell_s = head.dwell_s if head else 0.0
        lean_deg = head.lean_deg if head else math.nan
        gaze = self._ground.gaze(head.sustained_deg if head else math.nan, settings)
        shift_deg = self._ground.limit_shift_deg(self._mode, settings, lean_known=math.isfinite(lean_deg))
        fresh = [s for s in sensors if now[s.info.key].fresh]
        cadence_spm = next((s.cadence_spm for s in fresh if math.isfinite(s.cadence_spm)), math.nan)
        elapsed_s = self._elapsed_s(now_ns)
        shoulders, score = self._shoulders(now)
        notice = self._notice or self._doubt
        if not notice and elapsed_s - self._moved_at_s < MOVED_HINT_S:
            notice = "A sensor may have moved: check how it sits"
        return LiveView(
            state=state,
            reason=reason,
            mode=self._mode,
            simulated=self._simulated,
            pitch_deg=head.neck_deg if head else math.nan,
            needle_deg=head.needle_deg if head else math.nan,
            lean=lean_words(lean_deg),
            limit_deg=self._limits_deg.get(self._mode, rule.on_deg) + shift_deg,
            dwell=min(1.0, max(0.0, dwell_s / rule.dwell_s)),
            dwell_s=dwell_s,
            dwell_limit_s=rule.dwell_s,
            gaze=gaze.band,
            zone=gaze.zone,
            zone_text=gaze.zone_words,
            ahead=gaze.ahead,
            speed=speed_words(self._ground.speed_m_s, settings.feet),
            incline=incline_words(self._ground.grade),
            cadence_spm=cadence_spm,
            elapsed_s=elapsed_s,
            shoulders=shoulders,
            shoulder_score=score,
            shoulder_limit=settings.shoulders.on,
            links=tuple(s.row(now[s.info.key]) for s in sensors),
            log=self._log.lines,
            logged=self._log.entered,
            notice=notice,
            rest=rest_words(self._rest_until_ns, elapsed_s),
            facts=GlanceFacts(
                gaze_m=gaze.middle_m,
                gaze_low_m=gaze.low_m,
                gaze_high_m=gaze.high_m,
                lean_deg=lean_deg,
                distance_m=self._distance_m(now_ns),
                heart_bpm=self._heart_bpm,
                feet=settings.feet,
            ),
        )

    def _shoulders(self, now: Mapping[str, SensorNow]) -> tuple[str, float]:
        """Words and score; the words never claim what no sensor sees."""
        seeing = [now[s.info.key] for s in self._sensors.values() if s.saw_shoulders]
        if not seeing:
            may_come = any(
                s.site is not Site.HEAD and s.calibrated and not s.valid and s.reason is not Reason.CANNOT_SEE
                for s in now.values()
            )
            return ("not seen yet" if may_come else words.NOT_VISIBLE), math.nan
        return shoulders_now(seeing, self._settings.shoulders)
