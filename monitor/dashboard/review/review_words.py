"""The words of the review's charts: values, differences, what a moment was like. In the wearer's units. No Qt."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import datetime

import numpy as np

from monitor.dashboard.review.moment import Differences, Moment
from monitor.posture.gaze import FOOT_M
from monitor.review.ground_words import mode_words
from monitor.review.insight.breakdown import MILE_M
from monitor.review.report_words import ACTIVITY_WORDS, REASON_WORDS, clean, clock_words, span_words
from monitor.review.reviewed import ReviewedRun
from monitor.values import Reason

NOTHING = "–"
SIMULATED = "SIMULATED · this is not a real runner"
SLOWEST_PACE_M_S = 0.5
"""Slower than this nobody thinks in minutes per mile."""


def angle_words(degrees: float) -> str:
    """A head pitch as people say it: '24° down', '3° up', 'level'."""
    if not math.isfinite(degrees):
        return NOTHING
    whole = round(degrees)
    return "level" if whole == 0 else f"{abs(whole)}° {'down' if whole > 0 else 'up'}"


def shrug_words(score: float) -> str:
    """A shoulder score, in percent of the own full shrug: '42 % shrug'."""
    return f"{signless(100 * score)} % shrug" if math.isfinite(score) else NOTHING


def signless(value: float) -> str:
    """A whole number with a true minus sign where it needs one, never '-0'."""
    return f"{round(value)}".replace("-", "−")


def cadence_words(spm: float) -> str:
    """Steps per minute."""
    return f"{spm:.0f} spm" if math.isfinite(spm) else NOTHING


def heart_words(bpm: float) -> str:
    """Beats per minute."""
    return f"{bpm:.0f} bpm" if math.isfinite(bpm) else NOTHING


def height_words(metres: float, feet: bool) -> str:
    """A height in feet or metres."""
    if not math.isfinite(metres):
        return NOTHING
    return f"{metres / FOOT_M:,.0f} ft" if feet else f"{metres:,.0f} m"


def way_words(metres: float, feet: bool) -> str:
    """A distance run, in miles or kilometres."""
    if not math.isfinite(metres):
        return NOTHING
    return f"{metres / MILE_M:.2f} mi" if feet else f"{metres / 1000:.2f} km"


def pace_words(speed_m_s: float, feet: bool) -> str:
    """A speed as minutes per mile or kilometre; a dash for standing."""
    if not (math.isfinite(speed_m_s) and speed_m_s >= SLOWEST_PACE_M_S):
        return NOTHING
    return f"{clock_words((MILE_M if feet else 1000.0) / speed_m_s)} /{'mi' if feet else 'km'}"


def speed_words(speed_m_s: float, feet: bool) -> str:
    """A speed in miles or kilometres per hour."""
    if not math.isfinite(speed_m_s):
        return NOTHING
    return f"{speed_m_s * 3600 / MILE_M:.1f} mph" if feet else f"{3.6 * speed_m_s:.1f} km/h"


def grade_words(grade: float) -> str:
    """The slope of the ground: '8 % uphill'; '' where it is not known."""
    if not math.isfinite(grade):
        return ""
    percent = round(100 * grade)
    return "level ground" if percent == 0 else f"{abs(percent)} % {'uphill' if percent > 0 else 'downhill'}"


def signed(value: float, unit: str, form: str = ".0f") -> str:
    """A difference with its sign: '+4°', '−3 bpm'; a dash where it is not known."""
    if not math.isfinite(value):
        return NOTHING
    size = format(abs(value), form)
    sign = "" if float(size.replace(",", "")) == 0 else ("+" if value > 0 else "−")
    return f"{sign}{size}{unit}"


def moment_words(moment: Moment, feet: bool) -> str:
    """Where the cursor is, in one line: time, place, what the wearer did, and whether the posture is trusted."""
    parts = [clock_words(moment.t_s)]
    if not moment.known:
        return f"{parts[0]} · no data here"
    if math.isfinite(moment.distance_m):
        parts.append(way_words(moment.distance_m, feet))
    parts += [ACTIVITY_WORDS[moment.activity], f"{moment.mode.value} mode"]
    parts += filter(None, [grade_words(moment.grade)])
    if moment.reason is not Reason.OK:
        parts.append(f"posture not trusted: {REASON_WORDS[moment.reason]}")
    elif moment.past and moment.raised:
        parts.append("head past its limit, shoulders up")
    elif moment.past:
        parts.append("head past its limit")
    elif moment.raised:
        parts.append("shoulders up")
    return " · ".join(parts)


def difference_words(found: Differences, feet: bool) -> str:
    """From A to B in one line; what is not known is left out."""
    parts = [f"A {clock_words(found.a.t_s)} → B {clock_words(found.b.t_s)}"]
    parts.append(("−" if found.elapsed_s < 0 else "") + span_words(abs(found.elapsed_s)))
    told = (
        ("head", signed(found.drawn_deg, "°")),
        ("shoulders", signed(100 * found.shoulder, " %")),
        ("cadence", signed(found.cadence_spm, " spm")),
        ("height", signed(found.elevation_m / (FOOT_M if feet else 1.0), " ft" if feet else " m")),
        ("way", signed(found.distance_m / (MILE_M if feet else 1000.0), " mi" if feet else " km", ".2f")),
        ("heart", signed(found.heart_bpm, " bpm")),
    )
    return " · ".join(parts + [f"{name} {value}" for name, value in told if value != NOTHING])


def stretch_words(start_s: float, end_s: float) -> str:
    """A chosen stretch in one line."""
    return f"Chosen: {clock_words(start_s)} to {clock_words(end_s)}, {span_words(end_s - start_s)}"


def title_words(run: ReviewedRun) -> str:
    """Which run this is: the day, the ground, how long and how far."""
    analysis = run.analysis
    parts = [mode_words(analysis.modes), span_words(analysis.duration_s)]
    with suppress(ValueError):
        parts.insert(0, f"{datetime.fromisoformat(analysis.info.started_utc):%d %b %Y %H:%M UTC}")
    known = run.columns.distance_m[np.isfinite(run.columns.distance_m)]
    if len(known):
        parts.append(way_words(float(known[-1] - known[0]), analysis.settings.feet))
    if analysis.info.note:
        parts.append(clean(analysis.info.note, 60))
    return " · ".join(parts)
