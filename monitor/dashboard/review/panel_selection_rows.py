"""The numbers of the selected stretch beside the whole run, and of the cursors A and B, as rows of words. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.dashboard.review import review_words as words
from monitor.dashboard.review.moment import Differences, Moment
from monitor.dashboard.review.tables import fields, words_of
from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.spans import SpanNumbers, between, span_numbers
from monitor.review.report_words import clock_words, span_words


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its title, what it means, and its cells."""

    title: str
    meaning: str
    cells: tuple[str, ...]


def numbers_of(columns: RunColumns, span_s: tuple[float, float]) -> SpanNumbers:
    """The numbers of a stretch."""
    return span_numbers(columns, between(columns, *span_s))


def stretch_rows(chosen: SpanNumbers | None, whole: SpanNumbers, *, feet: bool) -> tuple[Row, ...]:
    """Each number of the stretch (where one is chosen) and of the whole run; what neither knows is left out."""
    found = []
    for field in fields(feet=feet):
        cells = ((words_of(field, chosen),) if chosen is not None else ()) + (words_of(field, whole),)
        if any(cell != words.NOTHING for cell in cells):
            found.append(Row(field.head, field.meaning, cells))
    return tuple(found)


def marks_rows(found: Differences, *, feet: bool) -> tuple[Row, ...]:
    """What was at A, what at B, and B less A; what neither knows is left out."""
    unit_m, way = (MILE_M, " mi") if feet else (1000.0, " km")
    high_m, height = (FOOT_M, " ft") if feet else (1.0, " m")
    lapse = f"{'−' if found.elapsed_s < 0 else ''}{span_words(abs(found.elapsed_s))}"
    a, b = found.a, found.b

    def speed(moment: Moment) -> str:
        return words.pace_words(moment.speed_m_s, feet)

    rows = (
        Row("Time", "time of the run", (clock_words(a.t_s), clock_words(b.t_s), lapse)),
        Row("Head", "head pitch, one-stride mean",
            (words.angle_words(a.drawn_deg), words.angle_words(b.drawn_deg), words.signed(found.drawn_deg, "°"))),
        Row("Shoulders", "part of your own full shrug",
            (words.shrug_words(a.shoulder), words.shrug_words(b.shoulder), words.signed(100 * found.shoulder, " %"))),
        Row("Cadence", "steps a minute",
            (words.cadence_words(a.cadence_spm), words.cadence_words(b.cadence_spm),
             words.signed(found.cadence_spm, " spm"))),
        Row("Pace", "minutes for each mile or kilometre", (speed(a), speed(b), "")),
        Row("Height", "above the sea",
            (words.height_words(a.elevation_m, feet), words.height_words(b.elevation_m, feet),
             words.signed(found.elevation_m / high_m, height))),
        Row("Way", "run so far",
            (words.way_words(a.distance_m, feet), words.way_words(b.distance_m, feet),
             words.signed(found.distance_m / unit_m, way, ".2f"))),
        Row("Heart", "beats a minute",
            (words.heart_words(a.heart_bpm), words.heart_words(b.heart_bpm), words.signed(found.heart_bpm, " bpm"))),
    )  # fmt: skip
    return tuple(row for row in rows if any(cell not in (words.NOTHING, "") for cell in row.cells))


def chosen_words(span_s: tuple[float, float] | None) -> str:
    """Which stretch is chosen, or how to choose one."""
    if span_s is None:
        return "Drag over the charts, take a row of the tables, or set A and B, to look at one stretch."
    return f"{clock_words(span_s[0])} to {clock_words(span_s[1])}, {span_words(span_s[1] - span_s[0])}"


def is_stretch(a_s: float | None, b_s: float | None) -> bool:
    """A and B have a stretch between them."""
    return a_s is not None and b_s is not None and math.isfinite(a_s) and math.isfinite(b_s) and a_s != b_s
