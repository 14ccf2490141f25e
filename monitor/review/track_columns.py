"""The track as columns for other programs: those of `headsup analyze --track`, then the date of each row."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, BinaryIO

import numpy as np

from monitor.interop.columns import Column, Columns, in_chunks
from monitor.interop.csv_out import write_csv
from monitor.posture.gaze import ground_distance_m, look_ahead_s
from monitor.review.analysis import RunAnalysis
from monitor.review.ground import grade_at, slope_at, speed_at
from monitor.review.table import centred, main_track
from monitor.review.track_time import empty_track, nearest
from monitor.values import NS_PER_S, Activity, FloatArray, IntArray, Reason, Site, Track

ACTIVITIES = tuple(a.name.lower() for a in Activity)
REASONS = tuple("" if r is Reason.OK else r.name.lower() for r in Reason)


def track_columns(analysis: RunAnalysis, span_s: tuple[float, float], rate_hz: float | None = None) -> Columns:
    """The rows of a run from span_s[0] to before span_s[1], all or about `rate_hz` a second."""
    main = main_track(analysis) or empty_track()
    sustained = centred(main)
    gaze, low, high = ground_distance_m(sustained, analysis.settings.gaze, slope_at(analysis.ground, main.arrival_ns))
    shoulder = np.full(len(main), np.nan)
    for track in analysis.tracks.values():
        shoulder = np.fmax(shoulder, score_beside(main, track))
    columns = [
        Column("t_s", main.t_ns / NS_PER_S, "s", "time since the run's first sample"),
        Column("activity", main.activity, "", "what the wearer was doing", words=ACTIVITIES),
        Column("cadence_spm", main.cadence_spm, "1/min", "steps a minute", 2),
        Column("head_pitch_deg", main.angle_deg, "deg", "head pitch, nose down positive, 0 = own far gaze"),
        Column("head_pitch_sustained_deg", sustained, "deg", "its mean over the stride around this moment"),
        Column("gaze_m", gaze, "m", "likeliest distance at which the gaze meets the ground; inf: never"),
        Column("gaze_low_m", low, "m", "near end of its band of one standard deviation"),
        Column("gaze_high_m", high, "m", "far end of its band of one standard deviation"),
        Column("shoulder_score", shoulder, "1", "0 = neutral, 1 = own full shrug; of several sensors the higher"),
        Column("valid", main.valid, "", "the posture may be trusted"),
        Column("reason", main.reason, "", "why not", words=REASONS),
        *_further(analysis, main, gaze),
        Column("time_utc", utc(analysis.info.started_utc, main.t_ns + analysis.origin_ns), "", "date and time, UTC"),
    ]
    keep = picked(main.t_ns, span_s, rate_hz)
    return tuple(column.where(keep) for column in columns)


def write_track(analysis: RunAnalysis, out: BinaryIO) -> int:
    """Write the table of `headsup analyze --track`, every value, without the date; returns its number of rows."""
    return write_csv(in_chunks(track_columns(analysis, (0.0, math.inf))[:-1]), out)


def about_run(analysis: RunAnalysis) -> dict[str, Any]:
    """What a table of this run is about: plain values for JSON."""
    return {
        "run_id": analysis.info.run_id,
        "started_utc": analysis.info.started_utc,
        "simulated": analysis.info.simulated,
        "note": analysis.info.note,
        "app_version": analysis.info.app_version,
        "estimate": analysis.estimate,
        "modes": [{"from_s": m.start_s, "to_s": m.end_s, "mode": m.mode.value} for m in analysis.modes],
        "sensors": [
            {
                "key": s.key,
                "site": s.site.value,
                "family": s.family,
                "simulated": s.simulated,
                "sees": analysis.calibrated.get(s.key, ""),
            }
            for s in analysis.sensors
        ],
        "events": [{k: _plain(v) for k, v in event.as_json().items()} for event in analysis.events],
    }


def _plain(value: float | int | str | bool) -> float | int | str | bool | None:
    """JSON knows no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def picked(t_ns: IntArray, span_s: tuple[float, float], rate_hz: float | None) -> IntArray:
    """Numbers of the rows (n,) in a span, thinned to at most `rate_hz` a second: of each step the first."""
    at = np.flatnonzero((t_ns >= span_s[0] * NS_PER_S) & (t_ns < span_s[1] * NS_PER_S))
    if rate_hz is None or len(at) == 0:
        return at
    # Half a millisecond early, so that clocks that waver do not skip a step.
    step = np.floor((t_ns[at] / NS_PER_S + 0.0005) * rate_hz)
    return at[np.diff(step, prepend=step[0] - 1) > 0]


def utc(started: str, t_ns: IntArray) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Date and time (n,) of log times (n,); not-a-time where the run does not say when it began."""
    try:
        begin_ns = round(datetime.fromisoformat(started).timestamp() * 1000) * 1_000_000
    except (ValueError, OverflowError):
        return np.full(len(t_ns), np.datetime64("NaT", "ns"))
    return (t_ns + begin_ns).astype("datetime64[ns]")


def score_beside(main: Track, track: Track) -> FloatArray:
    """A sensor's trusted shoulder scores at the main track's times, (n,); NaN where there is none."""
    seen = ~np.isnan(track.shoulder) & track.valid
    at = nearest(main.t_ns, track.t_ns[seen])
    return np.append(track.shoulder[seen], np.nan)[at]


def _further(analysis: RunAnalysis, main: Track, gaze_m: FloatArray) -> list[Column]:
    """The columns of which anything is known in this run."""
    worn = {s.site: analysis.tracks[s.key] for s in analysis.sensors if s.key in analysis.tracks}
    out = []
    if Site.LEFT_SHOULDER in worn and Site.RIGHT_SHOULDER in worn:
        out += [
            Column(f"shoulder_{side}", score_beside(main, worn[site]), "1", f"score of the {side} shoulder")
            for side, site in (("left", Site.LEFT_SHOULDER), ("right", Site.RIGHT_SHOULDER))
        ]
    speed, grade = speed_at(analysis.ground, main.arrival_ns), grade_at(analysis.ground, main.arrival_ns)
    known = (
        Column("lean_deg", main.lean_deg, "deg", "forward lean of the trunk, held in the head pitch"),
        Column("speed_m_s", speed, "m/s", "speed as a treadmill, foot pod or watch told it"),
        Column("slope_deg", np.degrees(np.arctan(grade)), "deg", "slope of the ground, uphill positive"),
        Column("look_ahead_s", look_ahead_s(gaze_m, speed), "s", "running time up to where the gaze meets the ground"),
    )
    return out + [column for column in known if not np.isnan(column.values).all()]
