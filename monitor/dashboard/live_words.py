"""Short words that the window and the terminal share: angles, the limit, speed, incline, and cues that rest."""

from __future__ import annotations

import math

from monitor.alerts.policy import FOREVER_NS
from monitor.review.report_words import clock_words
from monitor.values import NS_PER_S, Mode

KMH_PER_M_S = 3.6
MPH_PER_M_S = 3600 / 1609.344
"""The international mile."""
BACK = "Cues are back"
LEAN_INCLUDED = "Without a trunk sensor, a lean of the trunk is included in the head pitch."


def pitch_words(pitch_deg: float) -> str:
    """'12° down', 'level', '5° up'; a dash where it is not known."""
    if math.isnan(pitch_deg):
        return "–"
    degrees = round(pitch_deg)
    return "level" if degrees == 0 else f"{abs(degrees)}° {'down' if degrees > 0 else 'up'}"


def limit_words(limit_deg: float, mode: Mode) -> str:
    """'limit 20°', or on technical ground, where looking down is allowed, from where the head counts as up."""
    return f"{'look up above' if mode is Mode.TECHNICAL else 'limit'} {limit_deg:.0f}°"


def lean_words(lean_deg: float) -> str:
    """'trunk lean 8° taken off'; '' where no sensor tells the lean."""
    return f"trunk lean {lean_deg:.0f}° taken off" if math.isfinite(lean_deg) else ""


def speed_words(speed_m_s: float, feet: bool) -> str:
    """'10.0 km/h' or, in US units, '6.2 mph'; '' where it is not known."""
    if not math.isfinite(speed_m_s):
        return ""
    return f"{speed_m_s * MPH_PER_M_S:.1f} mph" if feet else f"{speed_m_s * KMH_PER_M_S:.1f} km/h"


def incline_words(grade: float) -> str:
    """'incline 5.0 %'; '' where it is not known."""
    if not math.isfinite(grade):
        return ""
    percent = round(100 * grade, 1) + 0.0  # never "-0.0"
    return f"incline {percent:.1f} %"


def ground_words(speed: str, incline: str) -> str:
    """Both, as far as they are known: '10.0 km/h, incline 5.0 %'."""
    return ", ".join(part for part in (speed, incline) if part)


def until_words(until_ns: int) -> str:
    """'Cues rest until 12:40', by the run's own clock."""
    if until_ns >= FOREVER_NS:
        return "Cues rest for the rest of the run"
    return f"Cues rest until {clock_words(until_ns / NS_PER_S)}"


def rest_words(until_ns: int | None, elapsed_s: float) -> str:
    """The same with the time that is left, of a run that has lasted `elapsed_s`; '' where cues do not rest.

    `until_ns` is sample time, as the policy's.
    """
    if until_ns is None:
        return ""
    if until_ns >= FOREVER_NS or not math.isfinite(elapsed_s):
        return until_words(until_ns)
    left_s = until_ns / NS_PER_S - elapsed_s
    return f"{until_words(until_ns)}, {clock_words(math.ceil(left_s))} left" if left_s > 0 else ""
