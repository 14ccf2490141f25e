"""The live screen of any moment of a recorded run: what the runner would have seen, from the same words. No Qt."""

from __future__ import annotations

import math

import numpy as np

from monitor.dashboard.ground_now import GroundNow
from monitor.dashboard.live_state import SensorNow, decide
from monitor.dashboard.live_view import GlanceFacts, LiveView
from monitor.dashboard.live_words import incline_words, lean_words, speed_words
from monitor.dashboard.log_lines import log_line
from monitor.dashboard.review.moment import moment_at
from monitor.dashboard.review.track_map import sign_words
from monitor.dashboard.shoulders_now import shoulders_now
from monitor.review.report_words import NOT_VISIBLE, SITE_WORDS, clock_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import NS_PER_S, Activity, Event, EventKind, LinkState, Reason, SensorInfo, Track

TOLD_S = 4.0
"""A cue or a mark is told of for so long behind it."""
LINES_MOST = 4


class PlayBack:
    """A reviewed run as the live screen shows it, at any time; what can be known beforehand is worked out once."""

    def __init__(self, run: ReviewedRun) -> None:
        self._run = run
        self._main = main_track(run.analysis) or empty_track()
        ran = np.flatnonzero(run.columns.running)
        self._ran_from_s = float(run.columns.t_s[ran[0]]) if len(ran) else math.inf
        self._events = sorted(run.analysis.events, key=lambda e: e.t_ns)
        self._events_ns = np.array([e.t_ns for e in self._events], np.int64)
        self._sees_from_s = {key: _sees_from_s(track) for key, track in run.analysis.tracks.items()}

    def view(self, t_s: float) -> LiveView:
        """What the live screen would show. Numbers are NaN where nothing was known then."""
        analysis, settings = self._run.analysis, self._run.analysis.settings
        now = moment_at(self._run.columns, analysis.modes, t_s)
        sensors = {s.key: self._sensor(s, t_s) for s in analysis.sensors}
        state, reason = decide(list(sensors.values()), t_s >= self._ran_from_s, now.mode, settings)
        leads = sensors.get(self._main.sensor)
        i = _at(self._main, t_s)
        seen = i is not None and leads is not None and leads.fresh and leads.valid
        pitch_deg = neck_deg = lean_deg = needle_deg = math.nan
        if seen and i is not None:
            main = self._main
            pitch_deg, lean_deg = float(main.sustained_deg[i]), float(main.lean_deg[i])
            neck_deg = pitch_deg - (lean_deg if math.isfinite(lean_deg) else 0.0)
            needle_deg = float(main.display_deg[i]) - (pitch_deg - neck_deg)
        ground = GroundNow(now.speed_m_s, now.grade)
        gaze = ground.gaze(pitch_deg, settings)
        rule = settings.head_rule(now.mode)
        limit_deg = now.limit_deg if math.isfinite(now.limit_deg) else rule.on_deg
        dwell_s = leads.dwell_s if seen and leads is not None else 0.0
        shoulders, score = self._shoulders(sensors, t_s)
        told = int(np.searchsorted(self._events_ns, round(t_s * NS_PER_S), side="right"))
        events = self._events[max(0, told - LINES_MOST) : told]
        return LiveView(
            state=state,
            reason=reason,
            mode=now.mode,
            simulated=analysis.info.simulated or any(s.simulated for s in analysis.sensors),
            pitch_deg=neck_deg,
            needle_deg=needle_deg if math.isfinite(needle_deg) else neck_deg,
            lean=lean_words(lean_deg),
            limit_deg=limit_deg,
            dwell=min(1.0, max(0.0, dwell_s / rule.dwell_s)),
            dwell_s=dwell_s,
            dwell_limit_s=rule.dwell_s,
            gaze=gaze.band,
            zone=gaze.zone,
            zone_text=gaze.zone_words,
            ahead=gaze.ahead,
            speed=speed_words(now.speed_m_s, settings.feet),
            incline=incline_words(now.grade),
            cadence_spm=now.cadence_spm,
            elapsed_s=t_s,
            shoulders=shoulders,
            shoulder_score=score,
            shoulder_limit=settings.shoulders.on,
            links=(),
            log=tuple(log_line(e) for e in reversed(events)),
            logged=told,
            notice=_just_now(events, t_s),
            rest="",
            facts=GlanceFacts(
                gaze_m=gaze.middle_m,
                gaze_low_m=gaze.low_m,
                gaze_high_m=gaze.high_m,
                lean_deg=lean_deg,
                distance_m=now.distance_m,
                heart_bpm=now.heart_bpm,
                feet=settings.feet,
            ),
        )

    def _sensor(self, info: SensorInfo, t_s: float) -> SensorNow:
        """One sensor as it was at a time."""
        analysis = self._run.analysis
        track = analysis.tracks.get(info.key)
        i = _at(track, t_s) if track is not None else None
        if track is None or i is None:
            return SensorNow(
                SITE_WORDS[info.site], info.site, LinkState.CONNECTING, "", math.inf, info.key in analysis.sites,
                Activity.UNKNOWN, False, Reason.NO_DATA, False, math.nan, 0.0, math.nan, False,
            )  # fmt: skip
        valid = bool(track.valid[i])
        return SensorNow(
            words=SITE_WORDS[info.site],
            site=info.site,
            link=LinkState.STREAMING,
            why="",
            age_s=max(0.0, t_s - float(track.t_ns[i]) / NS_PER_S),
            calibrated=info.key in analysis.sites,
            activity=Activity(int(track.activity[i])),
            valid=valid,
            reason=Reason(int(track.reason[i])),
            over=bool(track.over[i]),
            sustained_deg=float(track.sustained_deg[i]) if valid else math.nan,
            dwell_s=float(np.nan_to_num(track.dwell_s[i])),
            shoulder=float(track.shoulder[i]) if valid else math.nan,
            shoulders_up=self._shoulders_up(info, track, i),
        )

    def _shoulders_up(self, info: SensorInfo, track: Track, i: int) -> bool:
        """Its shoulder rule is past the limit: from its event on, until the score was low again."""
        if not np.isfinite(track.sustained_deg[i]):
            return bool(track.over[i]) and bool(np.isfinite(track.shoulder[i]))
        began = [
            e.t_ns
            for e in self._events
            if e.kind is EventKind.SHOULDERS_UP and e.sensor == info.key and e.t_ns <= track.t_ns[i]
        ]
        if not began:
            return False
        since = track.shoulder[int(np.searchsorted(track.t_ns, began[-1])) : i + 1]
        return not bool((since < self._run.analysis.settings.shoulders.off).any())

    def _shoulders(self, sensors: dict[str, SensorNow], t_s: float) -> tuple[str, float]:
        """Words and score; the words never claim what no sensor sees."""
        seeing = [s for key, s in sensors.items() if self._sees_from_s.get(key, math.inf) <= t_s]
        if seeing:
            return shoulders_now(seeing, self._run.analysis.settings.shoulders)
        later = any(math.isfinite(at_s) for at_s in self._sees_from_s.values())
        return "not seen yet" if later else NOT_VISIBLE, math.nan


def _at(track: Track, t_s: float) -> int | None:
    """The number of the newest value at a time; None before the first."""
    i = int(np.searchsorted(track.t_ns, round(t_s * NS_PER_S), side="right")) - 1
    return i if i >= 0 else None


def _sees_from_s(track: Track) -> float:
    """When a sensor first saw a shoulder; infinite where never."""
    known = np.flatnonzero(track.valid & np.isfinite(track.shoulder))
    return float(track.t_ns[known[0]]) / NS_PER_S if len(known) else math.inf


def _just_now(events: list[Event], t_s: float) -> str:
    """'Cue: head down, 12:04' for a moment behind a cue or a mark; '' at other times."""
    for event in reversed(events):
        at_s = event.t_ns / NS_PER_S
        if t_s - at_s > TOLD_S:
            return ""
        if event.prompted or event.kind is EventKind.MARK:
            return f"{sign_words(event)}, {clock_words(at_s)}"
    return ""
