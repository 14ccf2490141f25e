"""`headsup export`: a run's numbers for other programs, as CSV, Parquet or FIT."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, offset_words
from monitor.commands.analyze import analysed
from monitor.commands.treadmill import SOURCE as TREADMILL
from monitor.errors import RecordingError, SettingsError
from monitor.interop.columns import About, Columns, in_chunks
from monitor.interop.csv_out import metadata, metadata_path, write_csv
from monitor.interop.fit_copy import copy_with_posture
from monitor.interop.fit_parts import MAX_FIT_BYTES, split_parts
from monitor.interop.fit_wire import FitError
from monitor.interop.fit_write import fit_activity
from monitor.interop.new_file import check_free, new_file
from monitor.interop.parquet_out import need_pyarrow, write_parquet
from monitor.interop.reading import read_watch
from monitor.recording.reader import Recording, open_recording
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.from_watch import run_started_ns
from monitor.review.posture_series import posture_series, run_seconds
from monitor.review.reviewed import reviewed
from monitor.review.sample_columns import sample_chunks
from monitor.review.track_columns import about_run, track_columns
from monitor.review.watch_clock import aligned
from monitor.values import NS_PER_S, Ground, SensorInfo

TRACK_HZ = 10.0
LONGEST_OFFSET_S = 10 * 366 * 86_400.0


def run(args: argparse.Namespace) -> int:
    """Write every file that was asked for, all of one analysis; exit code 0. Raises HeadsUpError."""
    span_s = _span(args.from_s, args.to_s)
    _check(args)
    done = _samples(args, span_s) if args.samples else _tables_and_fit(args, span_s)
    if args.json:
        print(json.dumps({"files": done}, indent=1))
    else:
        for file in done:
            print(f"{file['rows']} {file['of']} written to {file['path']}")
            if note := file.get("note"):
                print(note)
    return 0


# ------------------------------------------------------------------ what was asked for


def _check(args: argparse.Namespace) -> None:
    """Everything that can be refused before hours of a run are worked out."""
    wanted = [path for path in (args.csv, args.parquet, args.fit) if path is not None]
    if not wanted:
        raise SettingsError("--csv, --parquet or --fit", "is missing: name the file to write")
    if args.samples and args.fit:
        raise SettingsError("--samples", "goes with --csv or --parquet; FIT does not hold samples")
    for option, value in (("--watch", args.watch), ("--offset", args.offset)):
        if value is not None and args.fit is None:
            raise SettingsError(option, "goes with --fit OUT")
    if args.offset is not None and not abs(args.offset) <= LONGEST_OFFSET_S:
        raise SettingsError("--offset", "must be a number of seconds, at most ten years")
    if args.rate != "all" and not (_is_number(args.rate) and 0 < float(args.rate) <= 1000):
        raise SettingsError("--rate", f"must be rows a second, such as 10, or 'all'; not '{args.rate}'")
    if not args.samples:
        _check_free(args, [*wanted, *([metadata_path(args.csv)] if args.csv else [])])
    if args.parquet is not None:
        need_pyarrow()
    if args.watch is not None:
        split_parts(_watch_bytes(args.watch), str(args.watch))


def _check_free(args: argparse.Namespace, targets: list[Path]) -> None:
    """No file to write is there already, is written twice, or is one of those that are read. Raises RecordingError."""
    taken = {path.resolve() for path in (args.recording, args.watch) if path is not None}
    for path in targets:
        if path.resolve() in taken:
            raise RecordingError(path, "is named twice; every file to write needs a name of its own")
        taken.add(path.resolve())
        check_free(path, replace=args.force)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _span(start: float | None, end: float | None) -> tuple[float, float]:
    """Seconds of the run. Raises SettingsError."""
    span = (0.0 if start is None else start, math.inf if end is None else end)
    if not (math.isfinite(span[0]) and 0 <= span[0] < span[1]):
        raise SettingsError("--from, --to", "must be seconds of the run, the first before the second")
    return span


# ------------------------------------------------------------------ the track, and FIT


def _tables_and_fit(args: argparse.Namespace, span_s: tuple[float, float]) -> list[dict[str, Any]]:
    analysis = analysed(args, best=args.estimate == "best")
    _check_reached(span_s, analysis.duration_s)
    done = []
    if args.csv or args.parquet:
        columns = track_columns(analysis, span_s, None if args.rate == "all" else float(args.rate))
        done += _table(
            args,
            args.csv,
            args.parquet,
            list(in_chunks(columns)),
            about_run(analysis),
            _label("rows", analysis.info.simulated),
        )
    if args.fit:
        done.append(_fit(args, analysis, span_s))
    return done


def _check_reached(span_s: tuple[float, float], duration_s: float) -> None:
    if span_s[0] > duration_s:
        raise SettingsError("--from", f"lies behind the end of the run, which is {duration_s:.0f} s long")


def _fit(args: argparse.Namespace, analysis: RunAnalysis, span_s: tuple[float, float]) -> dict[str, Any]:
    try:
        begin_ns = run_started_ns(analysis)
    except (ValueError, OverflowError):
        raise RecordingError(args.recording, "does not say when it began, so it has no place in a FIT file") from None
    if args.watch is None:
        with open_recording(args.recording) as recording:
            treadmill = any(isinstance(e, Ground) and e.source == TREADMILL for e in recording.controls())
        seconds = run_seconds(analysis, begin_ns / NS_PER_S + (args.offset or 0.0), treadmill, span_s)
        data, rows, note = fit_activity(seconds, posture_series(analysis, span_s)), len(seconds), ""
    else:
        watch = _watch_bytes(args.watch)
        alignment = by_hand(args.offset) if args.offset is not None else aligned(analysis, args.watch)
        series = posture_series(_on_the_watchs_slopes(analysis, args.watch, alignment), span_s)
        copy = copy_with_posture(watch, series, partial(alignment.run_s, begin_ns), str(args.watch))
        data, rows = copy.data, copy.records
        note = (
            f"{copy.matched} of them have a head pitch; everything of the watch's file is kept. "
            f"Watch {offset_words(alignment.offset_s)}: {alignment.evidence}"
        )
    with new_file(args.fit, replace=args.force) as out:
        out.write(data)
    of = _label("records", analysis.info.simulated)
    return {"path": str(args.fit), "rows": rows, "of": of} | ({"note": note} if note else {})


def _on_the_watchs_slopes(analysis: RunAnalysis, path: Path, alignment: Alignment) -> RunAnalysis:
    """The run as its review tells it with this watch: a gaze on a slope meets the ground elsewhere."""
    try:
        return reviewed(analysis, read_watch(path), alignment).analysis
    except RecordingError:
        return analysis  # a file without a course still takes the posture; where it lies was given by hand


def _watch_bytes(path: Path) -> bytes:
    """The watch's file; one byte more than is taken tells that it is too large."""
    try:
        if not path.is_file():
            raise FitError(str(path), "does not exist" if not path.exists() else "is not a file")
        with open(path, "rb") as file:
            return file.read(MAX_FIT_BYTES + 1)
    except OSError as error:
        raise FitError(str(path), f"cannot be read: {error.strerror}") from error


def _label(what: str, simulated: bool) -> str:
    return f"SIMULATED {what}" if simulated else what


# ------------------------------------------------------------------ tables


def _table(
    args: argparse.Namespace, csv: Path | None, parquet: Path | None, chunks: Iterable[Columns], about: About, of: str
) -> list[dict[str, Any]]:
    """One table as CSV with its description, as Parquet, or as both."""
    done = []
    if csv and parquet:
        chunks = list(chunks)
    if csv:
        first: list[Columns] = []
        with new_file(csv, replace=args.force) as out:
            rows = write_csv(_noting(chunks, first), out)
        with new_file(metadata_path(csv), replace=args.force) as out:
            out.write(metadata(csv, first[0], about))
        done.append({"path": str(csv), "rows": rows, "of": of})
    if parquet:
        with new_file(parquet, replace=args.force) as out:
            rows = write_parquet(chunks, out, about)
        done.append({"path": str(parquet), "rows": rows, "of": of})
    return done


def _noting(chunks: Iterable[Columns], first: list[Columns]) -> Iterable[Columns]:
    """The chunks, the first of them kept."""
    for chunk in chunks:
        if not first:
            first.append(chunk)
        yield chunk


def _samples(args: argparse.Namespace, span_s: tuple[float, float]) -> list[dict[str, Any]]:
    """A table of samples for each sensor, named after where it was worn."""
    done = []
    with open_recording(args.recording) as recording:
        _check_reached(span_s, recording.duration_s)
        names = _names(recording)
        if not names:
            raise RecordingError(args.recording, "holds no sensor, so there are no samples")
        tables = [_beside(path, name) for path in (args.csv, args.parquet) if path for name in names.values()]
        described = [metadata_path(_beside(args.csv, name)) for name in names.values()] if args.csv else []
        _check_free(args, [*tables, *described])
        for info in recording.sensors:
            about = _about_sensor(recording, info)
            for csv, parquet in ((args.csv, None), (None, args.parquet)):
                if csv or parquet:
                    name = names[info.key]
                    done += _table(
                        args,
                        csv and _beside(csv, name),
                        parquet and _beside(parquet, name),
                        sample_chunks(recording, info, span_s),
                        about,
                        _label(f"samples ({name})", about["simulated"]),
                    )
        for damage in recording.damage:
            print(f"headsup: {damage}", file=sys.stderr)
    return done


def _names(recording: Recording) -> dict[str, str]:
    """A name for each sensor's files: its site, counted where two were worn there. Keys come from anybody."""
    names: dict[str, str] = {}
    for info in recording.sensors:
        same = sum(name.partition("-")[0] == info.site.value for name in names.values())
        names[info.key] = f"{info.site.value}-{same + 1}" if same else info.site.value
    return names


def _beside(path: Path, name: str) -> Path:
    """'run.csv' -> 'run-head.csv'."""
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


def _about_sensor(recording: Recording, info: SensorInfo) -> dict[str, Any]:
    return {
        "run_id": recording.run.run_id,
        "started_utc": recording.run.started_utc,
        "simulated": recording.run.simulated or info.simulated,
        "site": info.site.value,
        "family": info.family,
        "name": info.name,
        "nominal_rate_hz": info.rate_hz if math.isfinite(info.rate_hz) else None,
        "axes": "as the sensor's maker defines them; at rest the axis that points up reads +9.81 m/s^2",
    }
