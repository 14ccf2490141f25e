"""What the review writes: a stretch as CSV or Parquet, a picture, the report. Whole or not at all. No Qt.

Only the user chooses names, and has agreed to replace what is there; what the run is read from is never replaced.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from monitor.errors import RecordingError
from monitor.interop.columns import in_chunks, rows
from monitor.interop.csv_out import metadata, metadata_path, write_csv
from monitor.interop.new_file import new_file
from monitor.interop.parquet_out import need_pyarrow, write_parquet
from monitor.review.report import report_html
from monitor.review.report_words import clean, clock_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.track_columns import about_run, track_columns

WHOLE = (0.0, math.inf)


def write_stretch_csv(run: ReviewedRun, span_s: tuple[float, float], path: Path) -> str:
    """The rows of a stretch, with their description beside them. Raises RecordingError. Says what was written."""
    columns = track_columns(run.analysis, span_s)
    with new_file(path, replace=True) as out:
        count = write_csv(in_chunks(columns), out)
    with new_file(metadata_path(path), replace=True) as out:
        out.write(metadata(path, columns, about_run(run.analysis)))
    return _written(run, count, path)


def write_stretch_parquet(run: ReviewedRun, span_s: tuple[float, float], path: Path) -> str:
    """The rows of a stretch as Parquet. Raises RecordingError, MissingLibraryError. Says what was written."""
    need_pyarrow()
    columns = track_columns(run.analysis, span_s)
    with new_file(path, replace=True) as out:
        write_parquet(in_chunks(columns), out, about_run(run.analysis))
    return _written(run, rows(columns), path)


def write_report(run: ReviewedRun, path: Path) -> str:
    """The report, one HTML file that stands alone. Raises RecordingError. Says what was written."""
    text = report_html(run)
    with new_file(path, replace=True) as out:
        out.write(text.encode("utf-8"))
    return f"Report written to {path.name}."


def write_bytes(data: bytes, path: Path) -> str:
    """A picture. Raises RecordingError. Says what was written."""
    with new_file(path, replace=True) as out:
        out.write(data)
    return f"Picture written to {path.name}."


def _written(run: ReviewedRun, count: int, path: Path) -> str:
    simulated = "SIMULATED " if run.analysis.info.simulated else ""
    return f"{count} {simulated}rows written to {path.name}."


def target(chosen: str, suffix: str, kept: Iterable[Path | None]) -> Path:
    """The file to write, with a suffix where none was given. Raises RecordingError for one of the files to be kept."""
    path = Path(chosen)
    if not path.suffix:
        path = path.with_name(path.name + suffix)
    for other in kept:
        if other is not None and path.resolve() == other.resolve():
            raise RecordingError(path, "is what this run is read from; please choose another name")
    return path


def proposed(recording: Path | None, span_s: tuple[float, float] | None, suffix: str) -> str:
    """A name beside the recording: 'morning-32m43-42m43.csv' for a stretch, 'morning.csv' for the whole run."""
    stem = clean(recording.stem, 60) if recording is not None else "run"
    if span_s is not None:
        ends = (clock_words(t).replace(":", "m" if t < 3600 else "h", 1).replace(":", "m") for t in span_s)
        stem = f"{stem}-{'-'.join(ends)}"
    folder = recording.parent if recording is not None else Path.home()
    return str(folder / f"{stem}{suffix}")
