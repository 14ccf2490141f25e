"""`headsup review`: the report of a recording, one self-contained HTML file."""

from __future__ import annotations

import argparse
import json
import os
import sys
import webbrowser
from pathlib import Path

from monitor.commands.analyze import reviewed_run, write_text
from monitor.review.report import report_html


def run(args: argparse.Namespace) -> int:
    """Write the report and, where there is a display, open it; exit code 0."""
    run = reviewed_run(args)
    out = args.report or Path(args.recording).with_suffix(".html")
    write_text(out, report_html(run))
    if args.json:
        print(json.dumps({"report": str(out), "metrics": run.metrics.as_json()} | run.as_json(), indent=1))
        return 0
    print(f"Report written to {out}")
    if not args.no_open and args.report is None and has_display():
        webbrowser.open(out.resolve().as_uri())
    return 0


def has_display() -> bool:
    """Whether a browser could be shown here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
