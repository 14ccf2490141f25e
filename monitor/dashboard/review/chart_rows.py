"""The rows of the review's charts, made from a run: which there are, their curves, axes and words. No Qt.

A row of which the run knows nothing is left out; its place goes to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from monitor.dashboard.review.moment import Differences, Moment
from monitor.dashboard.review.pyramid import Pyramid, Shares, Times
from monitor.dashboard.review.review_words import (
    angle_words,
    cadence_words,
    heart_words,
    height_words,
    pace_words,
    shrug_words,
    signed,
    speed_words,
)
from monitor.posture.gaze import FOOT_M, GazeZone
from monitor.review.insight.breakdown import MILE_M
from monitor.review.report_words import REASON_WORDS, zone_words
from monitor.review.reviewed import ReviewedRun
from monitor.values import Activity, BoolArray, FloatArray, Reason


@dataclass(frozen=True, slots=True)
class LineRow:
    """A curve over time.

    counted : what the numbers of the run count; others : known, but not counted (walking, not trusted), drawn faintly
    limit : the limit in force, in the curve's unit; None where there is none
    low, high : ends of the axis in the curve's unit; inverted : larger values are drawn lower, as a head sinks
    shown : factor from the curve's unit to the axis' numbers; unit : of those
    part : share of the height, against the other rows
    posture : greyed where the posture was not trusted
    """

    title: str
    unit: str
    counted: Pyramid
    others: Pyramid | None
    limit: Pyramid | None
    low: float
    high: float
    value: Callable[[Moment], str]
    difference: Callable[[Differences], str]
    inverted: bool = False
    shown: float = 1.0
    part: float = 1.0
    posture: bool = False


@dataclass(frozen=True, slots=True)
class RibbonRow:
    """What of each stretch of time was which of a few answers, stacked; `names` from bottom to top."""

    title: str
    shares: Shares
    names: tuple[str, ...]
    value: Callable[[Moment], str]
    part: float = 0.5
    posture: bool = False


Row = LineRow | RibbonRow


@dataclass(frozen=True, slots=True)
class ChartRows:
    """All that is drawn of a run over time. `doubt`: seconds not trusted or without data (codes 0 good, 1, 2)."""

    rows: tuple[Row, ...]
    doubt: Shares
    head: Pyramid
    """For the overview: the head's pitch, counted or not."""


def rows_of(run: ReviewedRun) -> ChartRows:
    """The rows of a run, from top to bottom. Pure; for 24 h about a second."""
    c, feet = run.columns, run.analysis.settings.feet
    times = Times(c.t_s)
    known = np.isfinite(c.drawn_deg)
    whole = Pyramid(times, c.drawn_deg)
    rows: list[Row] = []
    if known.any():
        # The rule judges the pitch without the trunk's lean: what it allows the drawn pitch is the limit and the lean.
        limit = c.limit_deg + np.nan_to_num(c.pitch_deg - c.neck_deg)
        low, high = _axis(c.drawn_deg, limit, floor=-5.0, ceiling=25.0)
        rows.append(
            LineRow(
                "Head pitch", "°", Pyramid(times, np.where(c.seen, c.drawn_deg, np.nan)),
                Pyramid(times, np.where(c.seen, np.nan, c.drawn_deg)), _pyramid(times, limit), low, high,
                lambda m: angle_words(m.drawn_deg), lambda d: signed(d.drawn_deg, "°"),
                inverted=True, part=2.4, posture=True,
            )
        )  # fmt: skip
        names = tuple(zone_words(zone, feet) for zone in GazeZone)
        rows.append(
            RibbonRow(
                "Gaze", Shares(times, c.zone, c.weight_s, len(GazeZone)), names,
                lambda m: zone_words(m.zone, feet), posture=True,
            )
        )  # fmt: skip
    if c.shoulder_seen.any():
        limit = np.where(c.shoulder_clear, run.analysis.settings.shoulders.on, np.nan)
        low, high = _axis(c.shoulder, limit, floor=0.0, ceiling=0.8)
        rows.append(
            LineRow(
                "Shoulders", "%", Pyramid(times, np.where(c.shoulder_seen & c.running, c.shoulder, np.nan)),
                _pyramid(times, np.where(c.running, np.nan, c.shoulder)), _pyramid(times, limit), low, high,
                lambda m: shrug_words(m.shoulder), lambda d: signed(100 * d.shoulder, " %"),
                shown=100.0, posture=True,
            )
        )  # fmt: skip
    rows += filter(None, [
        _plain("Cadence", "spm", times, c.cadence_spm, lambda m: cadence_words(m.cadence_spm),
               lambda d: signed(d.cadence_spm, " spm"), counted=c.running),
        _plain("Elevation", "ft" if feet else "m", times, c.elevation_m, lambda m: height_words(m.elevation_m, feet),
               lambda d: signed(d.elevation_m / (FOOT_M if feet else 1.0), " ft" if feet else " m"),
               shown=1 / FOOT_M if feet else 1.0, part=1.1),
        _plain("Speed", "mph" if feet else "km/h", times, c.speed_m_s,
               lambda m: pace_words(m.speed_m_s, feet) if m.running else speed_words(m.speed_m_s, feet),
               lambda d: signed(d.speed_m_s * (3600 / MILE_M if feet else 3.6), " mph" if feet else " km/h", ".1f"),
               shown=3600 / MILE_M if feet else 3.6),
        _plain("Heart rate", "bpm", times, c.heart_bpm, lambda m: heart_words(m.heart_bpm),
               lambda d: signed(d.heart_bpm, " bpm")),
    ])  # fmt: skip
    blank = (c.activity == Activity.UNKNOWN) & (c.reason == Reason.NO_DATA)
    doubt = np.where(blank, 2, np.where(c.running & ~c.seen & (c.reason != Reason.OK), 1, 0)).astype(np.int8)
    doubted = Shares(times, doubt, c.weight_s, 3)
    rows.append(RibbonRow("Data", doubted, ("good", "not trusted", "no data"), _data_words, part=0.3))
    return ChartRows(tuple(rows), doubted, whole)


def _data_words(moment: Moment) -> str:
    return REASON_WORDS[moment.reason] if moment.known else REASON_WORDS[Reason.NO_DATA]


def _pyramid(times: Times, values: FloatArray) -> Pyramid | None:
    """A pyramid, where there is anything to draw."""
    return Pyramid(times, values) if np.isfinite(values).any() else None


def _plain(
    title: str,
    unit: str,
    times: Times,
    values: FloatArray,
    value: Callable[[Moment], str],
    difference: Callable[[Differences], str],
    *,
    counted: BoolArray | None = None,
    shown: float = 1.0,
    part: float = 1.0,
) -> LineRow | None:
    """A row without a limit; None where nothing is known of it."""
    if not np.isfinite(values).any():
        return None
    low, high = _axis(values, None)
    strong = Pyramid(times, values if counted is None else np.where(counted, values, np.nan))
    faint = None if counted is None else _pyramid(times, np.where(counted, np.nan, values))
    return LineRow(title, unit, strong, faint, None, low, high, value, difference, shown=shown, part=part)


def _axis(
    values: FloatArray, limit: FloatArray | None, *, floor: float | None = None, ceiling: float | None = None
) -> tuple[float, float]:
    """Ends that hold all but the oddest half percent to either side, the limit, and what is asked for."""
    known = values[np.isfinite(values)]
    low, high = np.percentile(known[:: max(1, len(known) // 200_000)], [0.5, 99.5])
    if limit is not None and np.isfinite(limit).any():
        high = max(high, float(np.nanmax(limit)))
    low = low if floor is None else min(low, floor)
    high = high if ceiling is None else max(high, ceiling)
    room = 0.06 * (high - low) or 1.0
    return float(low - room), float(high + room)
