"""All that is said of a run beyond its plain numbers, in one value: what the window, the report and the JSON read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from monitor.review.analysis import RunAnalysis
from monitor.review.insight.alert_effect import HEAD_KINDS, AlertEffect, alert_effect
from monitor.review.insight.around_marks import AroundMarks, around_marks
from monitor.review.insight.breakdown import (
    Part,
    QualitySpan,
    by_distance,
    by_gait,
    by_lap,
    by_slope,
    quality_ribbon,
)
from monitor.review.insight.columns import RunColumns, columns_of
from monitor.review.insight.course import Course
from monitor.review.insight.trend import Trend, trends
from monitor.review.metrics import corrections, plain
from monitor.values import EventKind

MOST_LABELS = 5
"""Kinds of marks that are looked at; a runner has few."""


@dataclass(frozen=True, slots=True)
class Insight:
    """What a run means, as far as its data carry.

    laps, distances, slopes, gaits : the run taken apart; empty where nothing tells how
    marks : per label that was used, the minutes around its marks against the rest
    """

    laps: tuple[Part, ...]
    distances: tuple[Part, ...]
    slopes: tuple[Part, ...]
    gaits: tuple[Part, ...]
    trends: tuple[Trend, ...]
    marks: tuple[AroundMarks, ...]
    alerts: AlertEffect
    quality: tuple[QualitySpan, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON; the ribbon of quality is left out, its shares are in the metrics."""
        table = {name: plain(_dict(getattr(self, name))) for name in self.__slots__ if name != "quality"}
        return dict(table)


def insight_of(analysis: RunAnalysis, course: Course | None = None, columns: RunColumns | None = None) -> Insight:
    """Everything of a run. `columns`: where they are at hand already. Pure."""
    columns = columns if columns is not None else columns_of(analysis, course)
    labels = dict.fromkeys(str(e.detail.get("label", "")) for e in analysis.events if e.kind is EventKind.MARK)
    around = (around_marks(columns, analysis.events, label) for label in list(labels)[:MOST_LABELS])
    rules = [e for e in analysis.events if e.kind in HEAD_KINDS]
    cued = corrections([e for e in rules if e.prompted], analysis)
    uncued = corrections([e for e in rules if not e.prompted], analysis)
    return Insight(
        laps=by_lap(columns, course.laps) if course else (),
        distances=by_distance(columns, feet=analysis.settings.feet),
        slopes=by_slope(columns),
        gaits=by_gait(columns),
        trends=trends(columns),
        marks=tuple(found for found in around if found is not None),
        alerts=alert_effect(columns, cued, analysis.events, uncued),
        quality=quality_ribbon(columns, analysis.duration_s),
    )


def _dict(value: Any) -> Any:
    """Dataclasses as mappings, at any depth."""
    if isinstance(value, tuple):
        return [_dict(v) for v in value]
    if isinstance(value, Mapping | StrEnum):
        return value
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value
