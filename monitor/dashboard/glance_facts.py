"""What the glance page makes of a live view: the figure's numbers, the values below it, and one spoken sentence.

Pure: no Qt, no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.dashboard.figure_pose import Seen
from monitor.dashboard.live_view import GlanceFacts, LiveState, LiveView
from monitor.review.report_words import clock_words

UNSEEN = frozenset({LiveState.SENSOR_LOST, LiveState.NOT_CALIBRATED, LiveState.FAILED, LiveState.ENDED})
"""States in which nothing current is known of head and gaze, whatever the numbers hold."""
AT_REST = frozenset(
    {LiveState.READY, LiveState.PAUSED, LiveState.WARMING_UP, LiveState.NOT_CALIBRATED, LiveState.ENDED}
)
"""States in which a runner without a cadence is drawn standing."""
M_PER_MILE = 1609.344
LONGEST_STEP_S = 0.25
"""A screen that hung does not let the legs catch up."""
FASTEST_SPM = 300.0
DASH = "–"


@dataclass(frozen=True, slots=True)
class GlanceValue:
    """One value below the figure. `words`: it is read, not a number."""

    caption: str
    text: str
    spoken: str
    words: bool = False


def next_phase(phase: float, seconds: float, cadence_spm: float) -> float:
    """The stride's phase 0..1 after some seconds at a cadence; a stride is two steps. NaN cadence: unchanged."""
    if not (math.isfinite(cadence_spm) and math.isfinite(seconds)):
        return phase
    step_s = min(max(seconds, 0.0), LONGEST_STEP_S)
    return (phase + step_s * min(max(cadence_spm, 0.0), FASTEST_SPM) / 120.0) % 1.0


def moves(view: LiveView) -> bool:
    """The legs may move: a cadence is measured now."""
    return view.state not in UNSEEN and math.isfinite(view.cadence_spm) and view.cadence_spm > 0


def seen(view: LiveView, facts: GlanceFacts, phase: float = math.nan) -> Seen:
    """What the figure draws; `phase` NaN: a still stride. The head's pitch has the trunk's lean in it again."""
    standing = view.state in AT_REST and not moves(view)
    if view.state in UNSEEN:
        return Seen(shoulder=view.shoulder_score, mode=view.mode, standing=standing)
    lean_deg = facts.lean_deg if math.isfinite(facts.lean_deg) else 0.0
    return Seen(
        pitch_deg=view.needle_deg + lean_deg,
        lean_deg=facts.lean_deg,
        shoulder=view.shoulder_score,
        gaze_m=facts.gaze_m,
        gaze_low_m=facts.gaze_low_m,
        gaze_high_m=facts.gaze_high_m,
        mode=view.mode,
        phase=phase if moves(view) else math.nan,
        standing=standing,
    )


def values(view: LiveView, facts: GlanceFacts) -> tuple[GlanceValue, ...]:
    """Eyes, shoulders, time and cadence always; speed, distance and heart where they are known."""
    gaze = DASH if view.state in UNSEEN else view.gaze
    found = [
        GlanceValue("Eyes on", gaze, f"Eyes on the ground {gaze}" if gaze != DASH else "Gaze not known", words=True),
        GlanceValue("Shoulders", view.shoulders, f"Shoulders {view.shoulders}", words=True),
        GlanceValue("Time", clock_words(view.elapsed_s), f"Time {clock_words(view.elapsed_s)}"),
        _number("Cadence", view.cadence_spm, ".0f", "Cadence {} steps a minute"),
    ]
    if view.speed:
        number, _, unit = view.speed.partition(" ")
        found.append(GlanceValue(unit or "Speed", number, f"Speed {view.speed}"))
    if math.isfinite(facts.distance_m):
        size, short, long = (M_PER_MILE, "Miles", "miles") if facts.feet else (1000.0, "km", "kilometres")
        found.append(_number(short, facts.distance_m / size, ".2f", f"Distance {{}} {long}"))
    if math.isfinite(facts.heart_bpm):
        found.append(_number("Heart", facts.heart_bpm, ".0f", "Heart {} beats a minute"))
    return tuple(found)


def _number(caption: str, value: float, form: str, spoken: str) -> GlanceValue:
    text = format(value, form) if math.isfinite(value) else DASH
    return GlanceValue(caption, text, spoken.format(text) if text != DASH else f"{spoken.split(' ')[0]} not known")


def summary(view: LiveView, facts: GlanceFacts) -> str:
    """The page in sentences, for a screen reader."""
    parts = [f"{view.state.word}. {view.reason}".rstrip(". "), *(value.spoken for value in values(view, facts))]
    if view.simulated:
        parts.insert(0, "Simulated")
    return ". ".join(part for part in parts if part) + "."
