"""`headsup review`: a run in its window, or as a report, one self-contained HTML file."""

from __future__ import annotations

import argparse
import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from monitor.commands.analyze import write_text
from monitor.commands.replacing import PAGE, PICTURE, refuse_other
from monitor.commands.review_chosen import with_choices
from monitor.errors import OutputUnavailableError
from monitor.recording.reader import open_recording
from monitor.review.report import report_html

if TYPE_CHECKING:
    from monitor.commands.review_opening import Wanted


def run(args: argparse.Namespace) -> int:
    """Show the run in a window, or write its report where that is asked for or there is no display; exit code 0."""
    if wants_window(args):
        from monitor.commands.review_opening import wanted

        with open_recording(args.recording):
            pass  # a file that is no recording is refused here, before any window
        try:
            return show(wanted(args, cache_folder()))
        except OutputUnavailableError as error:
            print(f"headsup: {error} The report is written instead.", file=sys.stderr)
    return report(args)


def wants_window(args: argparse.Namespace) -> bool:
    """Whether a window is what is asked for: no report, no JSON, and a display to show it on."""
    told_not_to = args.report is not None or args.png is not None or args.json or args.no_open or args.no_gui
    return not told_not_to and has_display()


def show(run: Wanted) -> int:
    """The window, until it is closed. Raises OutputUnavailableError before anything is opened."""
    from monitor.dashboard.review.review_actions import ReviewActions
    from monitor.dashboard.review.review_app import run_review

    def fill(window: object) -> None:
        """The pages beside the charts."""
        from monitor.dashboard.review.panel_all import add_panels
        from monitor.dashboard.review.review_window import ReviewWindow

        assert isinstance(window, ReviewWindow)
        add_panels(window, reduced_motion=window.model.run.analysis.settings.reduced_motion)

    return run_review(run.opened, ReviewActions(run.recording, run.watch, run.said), run.recording.stem, fill)


def report(args: argparse.Namespace) -> int:
    """Write the report and, where there is a display, open it; exit code 0."""
    out = args.report or Path(args.recording).with_suffix(".html")
    if args.report is not None or args.png is None:
        refuse_other(out, PAGE)
    if args.png is not None:
        refuse_other(args.png, PICTURE)
    run = with_choices(args)
    written = {}
    if args.report is not None or args.png is None:
        write_text(out, report_html(run))
        written["report"] = str(out)
    if args.png is not None:
        from monitor.dashboard.report_png import report_png

        report_png(run, args.png)
        written["picture"] = str(args.png)
    if args.json:
        print(json.dumps({**written, "metrics": run.metrics.as_json()} | run.as_json(), indent=1))
        return 0
    for what, path in written.items():
        print(f"{what.capitalize()} written to {path}")
    quiet = args.no_open or args.no_gui or args.png is not None
    if not quiet and args.report is None and has_display():
        webbrowser.open(out.resolve().as_uri())
    return 0


def has_display() -> bool:
    """Whether a browser could be shown here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def cache_folder() -> Path:
    """Where reviews are kept for a quick second opening; anything there may be deleted."""
    home = os.environ.get("HEADSUP_HOME", "")
    return (Path(home) / "cache" if home else user_cache_path("headsup", appauthor=False)) / "reviews"
