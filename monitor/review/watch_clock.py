"""The offset between a run's clock and its watch's, by all that tells it: marks and laps, cadence, the clocks."""

from __future__ import annotations

from pathlib import Path

from monitor.alignment.cadence import by_cadence
from monitor.alignment.choose import choose
from monitor.alignment.marks import by_marks, pair_presses
from monitor.alignment.result import Alignment, NotAligned
from monitor.alignment.start_times import by_start_times
from monitor.errors import RecordingError
from monitor.interop.reading import read_watch
from monitor.interop.watch import WatchTrack
from monitor.posture.gait import DELAY_S
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.from_watch import run_started_ns
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import NS_PER_S, EventKind


def aligned(analysis: RunAnalysis, path: Path) -> Alignment:
    """The alignment of a run with a watch's file. Raises RecordingError where nothing may be used, with what to do."""
    found = align(analysis, read_watch(path))
    if isinstance(found, NotAligned):
        raise RecordingError(path, f"{found.reason} If a clock was wrong, give --offset.")
    return found


def align(analysis: RunAnalysis, watch: WatchTrack) -> Alignment | NotAligned:
    """The offset to use, or why there is none. Raises ValueError where the run has no date."""
    begin_ns = run_started_ns(analysis)
    track = main_track(analysis) or empty_track()
    marks_s = [e.t_ns / NS_PER_S for e in analysis.events if e.kind is EventKind.MARK]
    ways = (
        by_marks(begin_ns, pair_presses(begin_ns, marks_s, watch.pressed_ns.tolist())),
        by_cadence(begin_ns, track.t_ns / NS_PER_S - DELAY_S, track.cadence_spm, watch),
        by_start_times(begin_ns, analysis.duration_s, watch),
    )
    # Where nothing tells, the clocks' word is the one that helps.
    return choose(ways) if any(isinstance(way, Alignment) for way in ways) else ways[-1]
