"""One sensor of a live run, as the screens remember it: its newest values, its last minutes, its link."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from monitor.dashboard.link_facts import Delay, Gaps
from monitor.dashboard.live_state import STALE_INTERVALS, STALE_S, SensorNow, silence_words
from monitor.dashboard.live_view import LinkRow, Severity
from monitor.dashboard.ring import TrackRing
from monitor.dashboard.watch import watch_codes
from monitor.dashboard.watch_lines import SensorWatch
from monitor.review import report_words as words
from monitor.values import (
    NS_PER_S,
    Activity,
    BoolArray,
    Event,
    EventKind,
    FloatArray,
    LinkQuality,
    LinkState,
    Reason,
    SensorInfo,
    Track,
)


@dataclass(slots=True)
class LiveSensor:
    """What is remembered of one sensor; only touched under the model's lock. Angles are NaN where not to be trusted."""

    info: SensorInfo
    words: str
    ring: TrackRing
    """Of `chart_series.COLUMNS`."""
    watch: SensorWatch | None = None
    """Tells the log when its posture is not watched; None where it has none to watch."""
    link: LinkState = LinkState.SEARCHING
    why: str = ""
    t_ns: int | None = None
    offset_ns: int | None = None
    """Smallest `clock - t_ns` seen: the data's best case delay and the clocks' difference in one."""
    activity: Activity = Activity.UNKNOWN
    cadence_spm: float = math.nan
    sustained_deg: float = math.nan
    """Head pitch with the trunk and all: where the gaze goes."""
    neck_deg: float = math.nan
    """What the rules judge."""
    needle_deg: float = math.nan
    """The same without delay."""
    lean_deg: float = math.nan
    """The trunk's lean that was taken off."""
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
    gaps: Gaps = field(default_factory=Gaps)
    delay: Delay = field(default_factory=Delay)
    signal_dbm: int | None = None
    interval_s: float = 0.0
    """How often it sends."""

    def take(self, track: Track, now_ns: int, shoulders_off: float, dwell_limit_s: float) -> None:
        """Remember a track of one or more; below `shoulders_off` shoulders are down again.

        `dwell_limit_s`: how long the head may be low in the mode in force.
        """
        ok = track.valid
        self._remember(track, dwell_limit_s)
        self.delay.take(track)
        t_ns = int(track.t_ns[-1])
        if self.t_ns is not None and t_ns < self.t_ns:
            return
        offset_ns = now_ns - t_ns
        self.t_ns = t_ns
        self.offset_ns = offset_ns if self.offset_ns is None else min(self.offset_ns, offset_ns)
        self.activity = Activity(int(track.activity[-1]))
        self.cadence_spm = float(track.cadence_spm[-1])
        self.valid = bool(ok[-1])
        self.reason = Reason(int(track.reason[-1]))
        self._take_posture(track)
        self.saw_shoulders = self.saw_shoulders or bool(np.isfinite(track.shoulder[ok]).any())
        self.over = bool(track.over[-1])
        if self.shoulder < shoulders_off:
            self.shoulders_up = False
        dwell_s = float(track.dwell_s[-1])
        self.dwell_s = dwell_s if math.isfinite(dwell_s) else 0.0

    def _remember(self, track: Track, dwell_limit_s: float) -> None:
        """What the charts show later. The clock of a sensor without a head pitch is not the head's."""
        ok = track.valid
        known = np.isfinite(track.sustained_deg)
        self.ring.append(
            track.t_ns,
            _where(ok, track.angle_deg - np.nan_to_num(track.lean_deg)),
            _where(ok, track.neck_deg),
            _where(ok, track.shoulder),
            track.cadence_spm,
            _where(known, np.clip(track.dwell_s / dwell_limit_s, 0.0, 1.0)),
            watch_codes(track).astype(np.float64),
        )

    def take_quality(self, quality: LinkQuality) -> None:
        """How well its data arrives, as of now."""
        self.quality = quality
        self.gaps.take(quality)

    def _take_posture(self, track: Track) -> None:
        if not self.valid:
            self.sustained_deg = self.neck_deg = self.needle_deg = self.lean_deg = self.shoulder = math.nan
            return
        self.sustained_deg = float(track.sustained_deg[-1])
        self.neck_deg = float(track.neck_deg[-1])
        self.lean_deg = float(track.lean_deg[-1])
        self.shoulder = float(track.shoulder[-1])
        shown_deg = float(track.display_deg[-1]) - (self.sustained_deg - self.neck_deg)
        self.needle_deg = shown_deg if math.isfinite(shown_deg) else self.neck_deg

    def note(self, event: Event) -> None:
        """An event of this sensor."""
        if event.kind is EventKind.SHOULDERS_UP:
            self.shoulders_up = True
        elif self.watch is not None and event.kind is EventKind.LINK_LOST:
            self.watch.lost()
        elif self.watch is not None and event.kind is EventKind.LINK_BACK:
            self.watch.back(event.t_ns / NS_PER_S)

    def age_s(self, now_ns: int) -> float:
        """How old the newest value is; infinite before the first."""
        if self.t_ns is None or self.offset_ns is None:
            return math.inf
        return (now_ns - self.offset_ns - self.t_ns) / NS_PER_S

    @property
    def stale_s(self) -> float:
        """Its data is current for so long: a sensor that sends in lumps is not lost between them."""
        return max(STALE_S, STALE_INTERVALS * self.interval_s)

    def now(self, now_ns: int, *, calibrated: bool) -> SensorNow:
        """What the state is decided from."""
        return SensorNow(
            words=self.words,
            site=self.info.site,
            link=self.link,
            why=self.why,
            age_s=self.age_s(now_ns),
            calibrated=calibrated,
            activity=self.activity,
            valid=self.valid,
            reason=self.reason,
            over=self.over,
            sustained_deg=self.sustained_deg,
            dwell_s=self.dwell_s,
            shoulder=self.shoulder,
            shoulders_up=self.shoulders_up if math.isfinite(self.sustained_deg) else self.over,
            stale_s=self.stale_s,
        )

    def row(self, now: SensorNow) -> LinkRow:
        """Its row of the screen's list; `now` as this sensor's `now` said."""
        if self.link is LinkState.STOPPED:
            state, severity = "stopped", Severity.CALM
        elif now.fresh:
            state, severity = "live", Severity.GOOD
            if now.reason is Reason.SENSOR_FAULT:
                state, severity = "check it: clipped or frozen", Severity.ATTENTION
        elif now.lost:
            state, severity = silence_words(now).removeprefix(f"{now.words}: "), Severity.ATTENTION
        else:
            state = {LinkState.CONNECTING: "connecting", LinkState.STREAMING: "waiting for data"}.get(
                self.link, "searching"
            )
            severity = Severity.CALM
        quality = self.quality
        slots = quality.samples + quality.lost if quality is not None else 0
        return LinkRow(
            key=words.clean(self.info.key, 20),
            name=words.clean(self.info.name, 28) or words.clean(self.info.family, 28),
            site=self.info.site,
            state=state,
            severity=severity,
            rate_hz=quality.rate_hz if quality is not None and now.fresh else math.nan,
            loss_pct=100.0 * quality.lost / slots if quality is not None and slots > 0 else math.nan,
            battery_pct=self.battery_pct,
            simulated=self.info.simulated,
            gaps=self.gaps.count,
            longest_gap_s=self.gaps.longest_s,
            delay_s=self.delay.seconds if now.fresh else math.nan,
            signal_dbm=self.signal_dbm,
        )


def _where(ok: BoolArray, values: FloatArray) -> FloatArray:
    return np.where(ok, values, np.nan)
