"""`headsup analyze`: the whole pipeline over a recording, as numbers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from calibration import store
from monitor.commands import places
from monitor.errors import RecordingError
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.analysis import RunAnalysis
from monitor.review.metrics import summarise
from monitor.review.table import write_track
from monitor.values import Mode


def run(args: argparse.Namespace) -> int:
    """Analyse, write what was asked for, print a summary; exit code 0."""
    analysis = analysed(args, best=args.estimate == "best")
    table = as_json(analysis)
    if args.json == "-":
        print(json.dumps(table, indent=1))
    elif args.json:
        write_text(Path(args.json), json.dumps(table, indent=1) + "\n")
    if args.track:
        try:
            with open(args.track, "w", encoding="utf-8", newline="") as file:
                write_track(analysis, file)
        except OSError as error:
            raise RecordingError(args.track, f"cannot be written: {error.strerror}") from error
    if args.json != "-":
        print(summary_text(analysis))
    return 0


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


def as_json(analysis: RunAnalysis) -> dict[str, Any]:
    """Metrics and events as plain values."""
    return {
        "run": {
            "id": analysis.info.run_id,
            "started_utc": analysis.info.started_utc,
            "mode": analysis.settings.mode.value,
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
        "metrics": summarise(analysis).as_json(),
        "events": [event.as_json() for event in analysis.events],
    }


def summary_text(analysis: RunAnalysis) -> str:
    """A few lines for a person."""
    lines = [
        f"{analysis.duration_s:.0f} s, {analysis.settings.mode.value} mode"
        + (" (SIMULATED)" if analysis.info.simulated else "")
    ]
    lines += [
        f"{s.key}: {analysis.calibrated.get(s.key, 'Not calibrated: run headsup calibrate.')}" for s in analysis.sensors
    ]
    for event in analysis.events:
        told = "cue given" if event.prompted else event.detail.get("silent", "")
        lines.append(f"{event.t_ns / 1e9:8.1f} s  {event.kind.value:14} {told}")
    if not analysis.events:
        lines.append("No events.")
    return "\n".join(lines)


def write_text(path: Path, text: str) -> None:
    """Write a small file. Raises RecordingError with a sentence."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RecordingError(path, f"cannot be written: {error.strerror}") from error
