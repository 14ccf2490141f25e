"""`headsup analyze`: the whole pipeline over a recording, as numbers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from calibration import store
from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment
from monitor.commands import places
from monitor.commands.replacing import JSON, PAGE, TRACK, refuse_other
from monitor.errors import RecordingError, SettingsError
from monitor.interop.reading import read_watch
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.analysis import RunAnalysis
from monitor.review.ground_words import grade_words, lean_words, look_ahead_words, mode_words
from monitor.review.metrics import RunMetrics, summarise
from monitor.review.report_words import SITE_WORDS, clean, silence_words
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.review.track_columns import write_track
from monitor.review.whatif_change import Compared
from monitor.review.whatif_once import what_if
from monitor.review.whatif_words import in_lines
from monitor.values import NS_PER_S, Event, EventKind, Mode, Site

LONGEST_OFFSET_S = 10 * 366 * 86_400.0
NAMES_ITS_SENSOR = frozenset(
    {EventKind.SHOULDERS_UP, EventKind.SENSOR_MOVED, EventKind.LINK_LOST, EventKind.LINK_BACK}
)  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Analyse, write what was asked for, print a summary; exit code 0."""
    best = args.estimate == "best"
    change = None
    if args.json and args.json != "-":
        refuse_other(args.json, JSON)
    if args.track:
        refuse_other(args.track, TRACK)
    if args.choices and (args.set or best):
        raise SettingsError("--choices", "goes neither with --set nor with --estimate best")
    if args.choices:
        from monitor.commands.review_chosen import with_choices

        run = with_choices(args)
    elif args.set:
        otherwise, change = asked_otherwise(args, best=best)
        run = beside(args, otherwise)
    else:
        run = reviewed_run(args, best=best)
    analysis, metrics = run.analysis, run.metrics
    table = as_json(analysis, metrics) | run.as_json() | ({"what_if": change.as_json()} if change else {})
    if args.json == "-":
        print(json.dumps(table, indent=1))
    elif args.json:
        write_text(Path(args.json), json.dumps(table, indent=1) + "\n")
    if args.track:
        try:
            with open(args.track, "wb") as file:
                write_track(analysis, file)
        except OSError as error:
            raise RecordingError(args.track, f"cannot be written: {error.strerror}") from error
    if args.json != "-":
        print(summary_text(analysis, metrics))
        for line in [*beside_lines(run), *(in_lines(change) if change else [])]:
            print(line)
    return 0


def reviewed_run(args: argparse.Namespace, *, best: bool = False) -> ReviewedRun:
    """The run that the common options ask for, with the watch's file beside it. Raises HeadsUpError."""
    check_offset(args)
    return beside(args, analysed(args, best=best))


def asked_otherwise(args: argparse.Namespace, *, best: bool) -> tuple[RunAnalysis, Compared]:
    """The run under other settings, and what that changes. Raises HeadsUpError."""
    check_offset(args)
    profile = store.load(places.profiles_folder(), args.profile) if args.profile else None
    with open_recording(args.recording) as recording:
        return what_if(recording, args.set, profile=profile, mode=Mode(args.mode) if args.mode else None, best=best)


def check_offset(args: argparse.Namespace) -> None:
    """Before hours of a run are worked out."""
    if args.offset is not None and args.watch is None:
        raise SettingsError("--offset", "goes with --watch FILE")
    if args.offset is not None and not abs(args.offset) <= LONGEST_OFFSET_S:
        raise SettingsError("--offset", "must be a number of seconds, at most ten years")


def beside(args: argparse.Namespace, analysis: RunAnalysis) -> ReviewedRun:
    """An analysis with the watch's file that the options name. Raises HeadsUpError."""
    if args.watch is None:
        return reviewed(analysis)
    watch = read_watch(args.watch)
    by = by_hand(args.offset) if args.offset is not None else None
    try:
        return reviewed(analysis, watch, by, args.watch.name)
    except ValueError as error:
        raise RecordingError(
            args.recording, "does not say when the run began, so no watch can lie beside it"
        ) from error


def beside_lines(run: ReviewedRun) -> list[str]:
    """What was found out about the watch's file, and what is said of the run."""
    lines = []
    if run.watch is not None:
        found = run.watch.alignment
        lines += [f"Watch: {found.evidence if isinstance(found, Alignment) else found.reason}"]
        lines += [f"Watch: {clean(warning, 300)}" for warning in run.watch.track.warnings]
    return lines + [" ".join(filter(None, (o.text, o.next_time))) for o in run.observations]


def analysed(args: argparse.Namespace, *, best: bool = False) -> RunAnalysis:
    """The analysis that the common options ask for, with a word on a recording that was cut short."""
    profile = store.load(places.profiles_folder(), args.profile) if args.profile else None
    with open_recording(args.recording) as recording:
        analysis = analyse(recording, profile=profile, mode=Mode(args.mode) if args.mode else None, best=best)
        for damage in recording.damage:
            print(f"headsup: {damage}", file=sys.stderr)
    if analysis.recovered:
        print("headsup: this recording was never closed; all that was written is here.", file=sys.stderr)
    return analysis


def as_json(analysis: RunAnalysis, metrics: RunMetrics | None = None) -> dict[str, Any]:
    """Metrics and events as plain values; the metrics are worked out where they are not given."""
    return {
        "run": {
            "id": analysis.info.run_id,
            "started_utc": analysis.info.started_utc,
            "mode": analysis.settings.mode.value,
            "modes": [
                {"from_s": round(s.start_s, 3), "to_s": round(s.end_s, 3), "mode": s.mode.value} for s in analysis.modes
            ],
            "simulated": analysis.info.simulated,
            "recovered": analysis.recovered,
        },
        "duration_s": round(analysis.duration_s, 3),
        "estimate": analysis.estimate,
        "sensors": [
            {
                "key": s.key,
                "family": s.family,
                "name": s.name,
                "sees": analysis.calibrated.get(s.key, "Not calibrated."),
            }
            for s in analysis.sensors
        ],
        "metrics": (metrics or summarise(analysis)).as_json(),
        "events": [event.as_json() for event in analysis.events],
    }


def summary_text(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    """A few lines for a person."""
    simulated = " (SIMULATED)" if analysis.info.simulated else ""
    mode = mode_words(analysis.modes) + (" mode" if len(analysis.modes) == 1 else "")
    lines = [f"{analysis.duration_s:.0f} s, {mode}{simulated}"]
    for sensor in analysis.sensors:
        sees = clean(analysis.calibrated.get(sensor.key, "Not calibrated: run headsup calibrate."), 300)
        lines.append(f"{clean(sensor.key)}: {sees}")
    sites = {sensor.key: sensor.site for sensor in analysis.sensors}
    lines += [event_line(event, sites.get(event.sensor)) for event in analysis.events] or ["No events."]
    said = [lean_words(metrics.trunk_lean), grade_words(metrics.grade), look_ahead_words(metrics)]
    if metrics.asymmetry is not None:
        said.append(metrics.asymmetry.words)
    return "\n".join([*lines, *filter(None, said)])


def event_line(event: Event, site: Site | None) -> str:
    """One event: when, its kind, which sensor where that matters, and whether a cue was given or why not."""
    told = "cue given" if event.prompted else silence_words(event)
    if event.kind is EventKind.MARK:
        told = clean(str(event.detail.get("label", "")))
    elif site is not None and event.kind in NAMES_ITS_SENSOR:
        told = f"{SITE_WORDS[site]}{f': {told}' if told else ''}"
    return f"{event.t_ns / NS_PER_S:8.1f} s  {event.kind.value:14} {told}".rstrip()


def write_text(path: Path, text: str) -> None:
    """Write a page or JSON, over an earlier one at most. Raises RecordingError with a sentence."""
    refuse_other(path, PAGE if text.startswith("<") else JSON)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RecordingError(path, f"cannot be written: {error.strerror}") from error
