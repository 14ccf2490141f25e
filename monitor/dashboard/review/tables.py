"""The tables of the review: a run taken apart by lap, mile, slope and gait, as rows that can be sorted. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor.dashboard.review.review_words import height_words, pace_words, way_words
from monitor.posture.gaze import FOOT_M, GazeZone
from monitor.review.insight.breakdown import Part
from monitor.review.insight.insight import Insight
from monitor.review.insight.spans import SpanNumbers
from monitor.review.report_words import clock_words

NAME = "Tables"


class Table(StrEnum):
    """The ways in which a run is taken apart."""

    LAPS = "Laps"
    DISTANCES = "Distances"
    SLOPES = "Slopes"
    GAITS = "Running and walking"


def table_title(table: Table, *, feet: bool) -> str:
    """'Miles' or 'Kilometres' for the distances."""
    if table is Table.DISTANCES:
        return "Miles" if feet else "Kilometres"
    return table.value


def empty_words(table: Table) -> str:
    """Why a table has no rows."""
    return {
        Table.LAPS: "The watch's file holds no laps on this run.",
        Table.DISTANCES: "No distance is known: a watch's file, a foot pod or a treadmill tells it.",
        Table.SLOPES: "No slope is known: a watch's file with heights or a treadmill tells it.",
        Table.GAITS: "There is no running or walking in this recording.",
    }[table]


def parts_of(insight: Insight, table: Table) -> tuple[Part, ...]:
    """The parts of a run that a table lists."""
    return {
        Table.LAPS: insight.laps,
        Table.DISTANCES: insight.distances,
        Table.SLOPES: insight.slopes,
        Table.GAITS: insight.gaits,
    }[table]


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a part of a run.

    head : the column's short title; `meaning`: what it counts, for tool tips and screen readers
    value : None where the data cannot say
    words : the value as it is read
    """

    head: str
    meaning: str
    value: Callable[[SpanNumbers], float | None]
    words: Callable[[float], str]


def _percent(share: float) -> str:
    return f"{round(100 * share)} %".replace("-", "−")


def _degrees(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}°".replace("-", "−")


def _clock(seconds: float) -> str:
    return clock_words(round(seconds))


def _whole(value: float) -> str:
    return f"{value:.0f}"


def fields(*, feet: bool) -> tuple[Field, ...]:
    """All numbers of a part of a run, in the order in which people ask for them."""
    near = "4 ft" if feet else f"{4 * FOOT_M:.1f} m"
    return (
        Field("Time", "how long it was, as far as there is data", lambda n: n.total_s, _clock),
        Field("Running", "how much of it was running", lambda n: n.running_s, _clock),
        Field("Past limit", "of the running seen, head past its limit", lambda n: n.past_limit_share, _percent),
        Field("Head", "mean head pitch while running, nose down positive", lambda n: n.head_pitch_mean_deg, _degrees),
        Field("Head 95 %", "only 5 % of the running had the head lower", lambda n: n.head_pitch_p95_deg, _degrees),
        Field(f"< {near}", f"of the running seen, with the eyes within {near}", near_share, _percent),
        Field("Shoulders", "mean shoulder score, 100 % = your own full shrug", lambda n: n.shoulder_mean, _percent),
        Field("Raised", "of the running, a shoulder past its limit where seen", lambda n: n.raised_share, _percent),
        Field("Cadence", "steps a minute, median", lambda n: n.cadence_median_spm, _whole),
        Field("Pace", "mean pace on foot", lambda n: n.speed_mean_m_s, lambda v: pace_words(v, feet)),
        Field("Heart", "beats a minute, mean", lambda n: n.heart_mean_bpm, _whole),
        Field("Way", "distance", lambda n: n.distance_m, lambda v: way_words(v, feet)),
        Field("Up", "metres or feet climbed", lambda n: n.climb_m, lambda v: height_words(v, feet)),
        Field("Down", "metres or feet dropped", lambda n: n.drop_m, lambda v: height_words(v, feet)),
        Field("Seen", "of the running, how much was seen well", seen_share, _percent),
    )  # fmt: skip


def near_share(numbers: SpanNumbers) -> float | None:
    """Share of the running seen with the gaze nearer than the target zone."""
    feet, near = numbers.zone_of(GazeZone.FEET), numbers.zone_of(GazeZone.NEAR)
    return None if feet is None or near is None else feet + near


def seen_share(numbers: SpanNumbers) -> float | None:
    """Share of the running that was seen well."""
    return numbers.seen_s / numbers.running_s if numbers.running_s > 0 else None


def words_of(field: Field, numbers: SpanNumbers) -> str:
    """A number as it is read; a dash where the data cannot say."""
    value = field.value(numbers)
    return "–" if value is None or not math.isfinite(value) else field.words(value)


def known_fields(parts: tuple[Part, ...], *, feet: bool) -> tuple[Field, ...]:
    """The numbers of which anything is known in these parts."""
    return tuple(f for f in fields(feet=feet) if any(words_of(f, part.numbers) != "–" for part in parts))
