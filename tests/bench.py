"""`make bench`, `python -m tests.bench [--minutes N] [--hours N] [--only PART ...]`: what Heads Up costs.

All data are SIMULATED. Prints one Markdown table; targets that are missed are marked, and nothing here is asserted:
the exit code is 0 whatever the figures are.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable

from monitor.values import FloatArray
from tests.benches import (
    analysis_cost,
    batch_cost,
    day_bench,
    growth_cost,
    live_bench,
    peers_cost,
    stage_cost,
    whatif_rows,
)
from tests.benches.material import hour
from tests.benches.progress import say
from tests.benches.rows import LEGEND, Row, load_average, missing, table

PARTS = ("core", "live", "day", "review", "batch", "peers", "growth")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the live run, in real time (default 10)")
    parser.add_argument("--hours", type=int, default=24, help="hours of data pushed at full speed (default 24)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some parts only")
    options = parser.parse_args(arguments)
    if not 0.1 <= options.minutes <= 24 * 60 or not 1 <= options.hours <= 48:
        parser.error("--minutes must lie between 0.1 and 1440, --hours between 1 and 48")
    rows: list[Row] = []
    acc, gyr = hour()
    try:
        for name, part in _parts(options, acc, gyr):
            say(f"{name} (load {load_average():.1f})")
            try:
                rows += part()
            except subprocess.CalledProcessError as error:
                rows.append(Row(name, f"its process ended with {error.returncode}", "to the end", False))
        say("done")
    except KeyboardInterrupt:
        say("stopped: this is what there is so far")
    print(f"SIMULATED data, {_machine()}. {LEGEND}\n")
    print(table(rows))
    return 0


def _parts(options: argparse.Namespace, acc: FloatArray, gyr: FloatArray) -> list[tuple[str, Callable[[], list[Row]]]]:
    parts: list[tuple[str, str, Callable[[], list[Row]]]] = [
        ("core", "analysis of an hour", lambda: analysis_cost.hour_rows(acc, gyr)),
        ("core", "analysis of an hour, stamped", lambda: analysis_cost.hour_rows(acc, gyr, stamped=True)),
        ("core", "analysis of an hour, 5 % lost", lambda: analysis_cost.hour_rows(acc, gyr, stamped=True, lost=0.05)),
        ("core", "one notification at a time", lambda: stage_cost.decision_rows(acc, gyr)),
        ("core", "the window by itself", lambda: stage_cost.frame_rows(acc, gyr)),
        ("live", f"live run of {options.minutes:g} minutes", lambda: live_bench.rows(options.minutes)),
        ("day", f"{options.hours} h of data", lambda: day_bench.rows(options.hours, acc, gyr)),
        ("review", "opening and moving a review", _review_rows),
        ("review", "what if", lambda: whatif_rows.whatif_rows(acc, gyr)),
        ("batch", "many recordings", batch_cost.rows),
        ("peers", "peers on the same hour", lambda: peers_cost.rows(acc, gyr)),
        ("growth", f"an hour to {options.hours} h", lambda: growth_cost.rows(options.hours, acc, gyr)),
    ]
    return [(name, part) for room, name, part in parts if room in options.only]


def _review_rows() -> list[Row]:
    """Drawn off screen. Qt is loaded only for this part, where it is there at all."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from tests.benches.review_rows import review_rows
    except ImportError as error:
        return [missing("the review window", str(error))]
    return review_rows()


def _machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
