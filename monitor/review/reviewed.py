"""A run as it is reviewed: its analysis, the watch beside it, and what both mean, in one value for all who show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from monitor.alignment.result import Alignment, NotAligned
from monitor.interop.watch import WatchTrack
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.columns import RunColumns, columns_of
from monitor.review.insight.course import Course
from monitor.review.insight.from_watch import course_of, ground_of, run_started_ns
from monitor.review.insight.insight import Insight, insight_of
from monitor.review.insight.observations import Observation, observations
from monitor.review.metrics import RunMetrics, plain, summarise
from monitor.review.watch_clock import align


@dataclass(frozen=True, slots=True)
class WatchBeside:
    """A watch's file laid beside a run. `alignment`: where it lies, or why that is not known; then `course` is None."""

    name: str
    track: WatchTrack
    alignment: Alignment | NotAligned
    course: Course | None

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        table: dict[str, Any] = {"file": self.name, "kind": self.track.source.value, "aligned": self.course is not None}
        if isinstance(self.alignment, Alignment):
            table |= {
                "offset_s": self.alignment.offset_s,
                "confidence": self.alignment.confidence,
                "method": self.alignment.method.value,
                "uncertainty_s": self.alignment.uncertainty_s,
                "drift_ppm": self.alignment.drift_ppm,
                "evidence": self.alignment.evidence,
            }
        else:
            table["reason"] = self.alignment.reason
        return table | {"warnings": list(self.track.warnings)}


@dataclass(frozen=True, slots=True)
class ReviewedRun:
    """Everything a review shows. All of it follows from the recording, the watch's file and the alignment."""

    analysis: RunAnalysis
    metrics: RunMetrics
    columns: RunColumns
    insight: Insight
    observations: tuple[Observation, ...]
    watch: WatchBeside | None

    @property
    def course(self) -> Course | None:
        """The watch on the run's clock; None without a watch, or where its place is not known."""
        return self.watch.course if self.watch else None

    def as_json(self) -> dict[str, Any]:
        """What the review adds to `headsup analyze --json`: plain values."""
        return {
            "insight": self.insight.as_json(),
            "observations": [plain(asdict(o)) for o in self.observations],
            "watch": self.watch.as_json() if self.watch else None,
        }


def reviewed(
    analysis: RunAnalysis,
    watch: WatchTrack | None = None,
    alignment: Alignment | NotAligned | None = None,
    watch_name: str = "",
) -> ReviewedRun:
    """Work out everything. `alignment` None: the watch is aligned here (`align`). Pure."""
    beside = None
    if watch is not None:
        alignment = alignment if alignment is not None else align(analysis, watch)
        course = None
        if isinstance(alignment, Alignment):
            course = course_of(watch, alignment, run_started_ns(analysis), watch_name)
        beside = WatchBeside(watch_name, watch, alignment, course)
        if course is not None and analysis.ground is None:
            ground = ground_of(course, analysis.origin_ns)
            analysis = replace(analysis, ground=ground, ground_of_watch=ground is not None)
    course = beside.course if beside else None
    metrics, columns = summarise(analysis), columns_of(analysis, course)
    insight = insight_of(analysis, course, columns)
    # Without a calibration nothing is seen, however well the sensor sits.
    seen = metrics.running_valid_share if analysis.calibrated else None
    said = observations(insight, analysis.duration_s, seen, feet=analysis.settings.feet)
    return ReviewedRun(analysis, metrics, columns, insight, said, beside)
