"""Where the eyes were: of the whole run, and of each lap, mile, slope and gait."""

from __future__ import annotations

import math
from collections.abc import Sequence

from monitor.posture.gaze import GazeZone
from monitor.review.ground_words import grade_words, look_ahead_words
from monitor.review.insight.breakdown import Part
from monitor.review.insight.observations import Section
from monitor.review.insight.spans import SpanNumbers
from monitor.review.report_charts import zone_strip
from monitor.review.report_parts import (
    ROWS_MOST,
    clock,
    degrees,
    height,
    more,
    pace,
    para,
    percent,
    section,
    span,
    table,
    term,
    way,
    whole,
)
from monitor.review.report_words import zone_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text

SHORT_FEET = ("under 3 ft", "3–4 ft", "4–7 ft", "7–15 ft", "beyond")
SHORT_METRES = ("under 0.9 m", "0.9–1.2 m", "1.2–2.1 m", "2.1–4.6 m", "beyond")


def gaze_section(run: ReviewedRun) -> str:
    """Time per gaze zone, of the whole run."""
    anchor, title = Section.GAZE.value, "Where the eyes were"
    m, feet = run.metrics, run.analysis.settings.feet
    total_s = sum(m.zone_s.values())
    running = next((p.numbers for p in run.insight.gaits if p.name == "running"), None)
    if total_s <= 0 or running is None or running.zone_share is None:
        return section(anchor, title, para("No head angle could be trusted while running, so nothing is said."))
    legend = []
    for i, zone in enumerate(GazeZone):
        share = percent(f"insight.gaits.0.numbers.zone_share.{i}", running.zone_share[i])
        spent = span(f"metrics.zone_s.{zone.value}", m.zone_s.get(zone.value, 0.0))
        legend.append(
            f'<li><span class="swatch z{i}"></span>{text(zone_words(zone, feet))}: <b>{share}</b> · {spent}</li>'
        )
    bar = zone_strip(running.zone_share, "bar")
    ground = "on level ground" if m.grade is None else "and the slope of the ground"
    return section(
        anchor,
        title,
        f'<figure>{bar}<ul class="zones">{"".join(legend)}</ul></figure>',
        para(look_ahead_words(m)),
        para(grade_words(m.grade)),
        para(
            "The bar runs from the nearest zone to the farthest. "
            f"Estimated from the head angle {ground}, while running. The eyes move too, so these "
            "are likely distances, not measured ones.",
            "dim",
        ),
    )


def breakdown_sections(run: ReviewedRun) -> str:
    """The run taken apart; '' where nothing tells how."""
    i, feet = run.insight, run.analysis.settings.feet
    return (
        _parts(Section.SLOPES.value, "Uphill and downhill", "slopes", i.slopes, feet, "kinds of slope")
        + _parts("laps", "Lap by lap", "laps", i.laps, feet, "laps")
        + _parts(
            "distances", "Mile by mile" if feet else "Kilometre by kilometre", "distances", i.distances, feet, "parts"
        )
        + (_parts("gaits", "Running and walking", "gaits", i.gaits, feet, "gaits") if len(i.gaits) > 1 else "")
    )


def _parts(anchor: str, title: str, at: str, parts: Sequence[Part], feet: bool, words: str) -> str:
    shown = parts[:ROWS_MOST]
    if not shown:
        return ""
    body = _numbers(at, shown, feet)
    if any(p.numbers.zone_share for p in shown):
        body += _zones(at, shown, feet)
    return section(anchor, title, body, more(len(parts), len(shown), words))


def _numbers(at: str, parts: Sequence[Part], feet: bool) -> str:
    """One row for each part; columns of which nothing is known in any part are left out."""
    columns = (
        ("Time", "total_s", clock),
        (term("Seen", "seen"), "seen_s", clock),
        ("Distance", "distance_m", lambda a, v: way(a, v, feet=feet)),
        (f"Pace, min/{'mi' if feet else 'km'}", "speed_mean_m_s", lambda a, v: pace(a, v, feet=feet)),
        ("Climb", "climb_m", lambda a, v: height(a, v, feet=feet)),
        ("Drop", "drop_m", lambda a, v: height(a, v, feet=feet)),
        (term("Head", "head"), "head_pitch_mean_deg", degrees),
        (term("95 % below", "p95"), "head_pitch_p95_deg", degrees),
        (term("Past limit", "past"), "past_limit_share", percent),
        (term("Shoulders up", "raised"), "raised_share", percent),
        (term("Cadence", "cadence"), "cadence_median_spm", lambda a, v: whole(a, v, "spm")),
        (term("Heart", "heart"), "heart_mean_bpm", lambda a, v: whole(a, v, "bpm")),
    )
    scattered = all(math.isnan(p.start_s) for p in parts)
    known = [
        (name, field, shown)
        for name, field, shown in columns
        if any(getattr(p.numbers, field) is not None for p in parts)
        # Climbs of ground that lies in many places are steps from one place to the next, not climbs.
        and not (scattered and field in ("climb_m", "drop_m"))
    ]
    rows = [
        [
            text(part.name),
            *(shown(f"insight.{at}.{i}.numbers.{field}", getattr(part.numbers, field)) for _, field, shown in known),
        ]
        for i, part in enumerate(parts)
    ]
    return table(["", *(name for name, _, _ in known)], rows, class_="numbers")


def _zones(at: str, parts: Sequence[Part], feet: bool) -> str:
    """Gaze zones of each part, with a small bar."""
    names = SHORT_FEET if feet else SHORT_METRES
    head = ["", term("Eyes", "zone"), *(f'<span class="swatch z{i}"></span>{text(n)}' for i, n in enumerate(names))]
    rows = [
        [text(part.name), *_zone_cells(f"insight.{at}.{i}.numbers.zone_share", part.numbers)]
        for i, part in enumerate(parts)
    ]
    return table(head, rows, class_="numbers zone-table")


def _zone_cells(at: str, numbers: SpanNumbers) -> list[str]:
    shares = numbers.zone_share
    if shares is None:
        return ["not seen", *["–"] * len(GazeZone)]
    return [zone_strip(shares), *(percent(f"{at}.{i}", share) for i, share in enumerate(shares))]
