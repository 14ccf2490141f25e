"""`headsup library`: the runs of a folder, what changed over the weeks, and the history of calibrations."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from calibration import store
from monitor.commands import places
from monitor.commands.analyze import write_text
from monitor.commands.review import has_display
from monitor.errors import OutputUnavailableError, ProfileError
from monitor.library.calibrations import history
from monitor.library.compare import Comparison
from monitor.library.compare_charts import Over
from monitor.library.compare_report import compare_html
from monitor.library.library import Library, read_library
from monitor.library.over_weeks import over_weeks
from monitor.library.rows import CalibrationFacts, RunRow
from monitor.library.summary import calibration_facts
from monitor.library.table import table_lines
from monitor.library.words import short_name

WIDEST = 180


def run(args: argparse.Namespace) -> int:
    """Show the window where there is a screen and a person before it, else print; exit code 0."""
    folder = library_folder(args.folder)
    wants_text = args.json or args.no_gui or args.calibrations or args.rebuild
    if not wants_text and sys.stdout.isatty() and has_display():
        try:
            return show_window(folder)
        except OutputUnavailableError as error:
            print(f"headsup: {error}", file=sys.stderr)
    library = read_library(folder, cache_folder(), rebuild=args.rebuild, progress=SaidProgress(quiet=args.json))
    feet = places.settings().feet
    if args.json:
        print(json.dumps(as_json(library), indent=1))
        return 0
    for note in library.notes:
        print(f"headsup: {note}", file=sys.stderr)
    if args.calibrations:
        print("\n".join(calibration_lines(library)))
        return 0
    width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
    print("\n".join(table_lines(library.rows, width, feet=feet)))
    told = [line.words(feet=feet) for line in over_weeks(library.rows) if line.slope is not None]
    if told:
        print("\nOver the weeks, comparable runs alone:")
        print("\n".join(f"  {words}" for words in told))
    return 0


def show_window(folder: Path) -> int:
    """Open the library's window. Raises OutputUnavailableError where there is no display."""
    from monitor.dashboard.library.library_app import run_library

    feet = places.settings().feet

    def save_page(comparison: Comparison, over: Over) -> Path:
        path = places.fresh(folder, "compared", ".html")
        write_text(path, compare_html(comparison, over, feet=feet))
        return path

    return run_library(folder, cache_folder(), tuple(shelf()), feet=feet, save_page=save_page)


def library_folder(given: Path | None) -> Path:
    """The folder that was asked for; without one the usual place of runs, made where it is missing."""
    if given is not None:
        return given
    folder = places.runs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cache_folder() -> Path:
    """Where the indexes of libraries are kept; `HEADSUP_HOME` moves it with everything else."""
    home = os.environ.get("HEADSUP_HOME", "")
    return (Path(home) / "cache" if home else user_cache_path("headsup", appauthor=False)) / "library"


def shelf() -> Iterator[CalibrationFacts]:
    """The profiles that are there now; one that cannot be read is left out."""
    folder = places.profiles_folder()
    for name in store.listed(folder):
        try:
            yield calibration_facts(store.inspect(folder, name))
        except ProfileError:
            continue


def as_json(library: Library) -> dict[str, object]:
    """All that is known of a library, as plain values."""
    return {
        "folder": str(library.folder),
        "runs": [row.as_json() for row in library.rows],
        "over_weeks": [line.as_json() for line in over_weeks(library.rows)],
        "calibrations": [version.as_json() for version in history(library.rows, shelf())],
        "worked_out": library.worked_out,
        "notes": list(library.notes),
    }


def calibration_lines(library: Library) -> list[str]:
    """The history of calibrations, oldest first."""
    lines = []
    for version in history(library.rows, shelf()):
        lines += [version.words, *(f"    {step.words}" for step in version.steps)]
    return lines or ["No calibrations yet: headsup calibrate."]


class SaidProgress:
    """Tells on a terminal how far the reading of new runs has come."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet or not sys.stderr.isatty()

    def __call__(self, done: int, of: int, rows: Sequence[RunRow]) -> bool:
        if not self._quiet and of > 1 and done > 0:
            end = "\n" if done == of else ""
            print(
                f"\rReading {done} of {of} new runs: {short_name(rows[-1], 30):30}",
                end=end,
                file=sys.stderr,
                flush=True,
            )
        return True
