"""`headsup compare`: two or more recordings side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from monitor.commands import places
from monitor.commands.analyze import write_text
from monitor.errors import SettingsError
from monitor.library.compare import MOST_RUNS, compare, compared
from monitor.library.compare_charts import Over
from monitor.library.compare_report import compare_html
from monitor.library.compare_text import compare_lines
from monitor.library.summary import open_run
from monitor.recording.format import SUFFIX


def run(args: argparse.Namespace) -> int:
    """Compare, write the page where one is asked for, print; exit code 0. Raises HeadsUpError."""
    paths = [found(path) for path in args.recordings]
    if not 2 <= len(paths) <= MOST_RUNS:
        raise SettingsError("RUN", f"between two and {MOST_RUNS} recordings can be compared, not {len(paths)}")
    if len({path.resolve() for path in paths}) < len(paths):
        raise SettingsError("RUN", "one recording is named twice")
    comparison = compare([compared(open_run(path)) for path in paths])
    over = Over(args.over) if args.over else Over.TIME
    if over is Over.DISTANCE and not comparison.has_distance:
        raise SettingsError("--over", "needs a distance in every run: from a treadmill, a foot pod or a watch's file")
    feet = places.settings().feet
    if args.report is not None:
        write_text(args.report, compare_html(comparison, over, feet=feet))
    if args.json:
        print(json.dumps(comparison.as_json(), indent=1))
        return 0
    print("\n".join(compare_lines(comparison, feet=feet)))
    if args.report is not None:
        print(f"Page written to {args.report}")
    return 0


def found(given: Path) -> Path:
    """The recording that is meant: a path, or the name of one in the usual place of runs, with or without ending."""
    if given.exists() or given.name != str(given):
        return given
    usual = places.runs_folder() / given.name
    return next((p for p in (usual, usual.with_name(usual.name + SUFFIX)) if p.is_file()), given)
