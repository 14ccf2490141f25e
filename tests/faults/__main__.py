"""`python -m tests.faults [--path PATH] [--only WORD] [--workers N] [--out FILE]`: every fault, and what came of it."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.catalogue import CASES
from tests.faults.stage import PATHS
from tests.faults.table import Row, markdown, run_row

RESULTS = Path(__file__).with_name("RESULTS.md")
INTRODUCTION = """# Faults of the link, injected

SIMULATED: virtual sensors on a virtual radio, no real adapter and no human; the simulated clock runs fast. The reader,
session, pipeline, cues and recording are the product's own, with its own timing (`LinkTiming()`) and settings; each
fault is laid on 30 s after both sensors (head and collar) stream. `Bumble`: bleak's front on a Bumble host. `BlueZ`:
bleak's own Linux backend on a private D-Bus with a small `org.bluez` of our own, which is our reading of BlueZ, not
BlueZ.

Each fault is run with the head up, and once more, on one path, with the head down (but for a look up of 3 s every half
minute) before, during and after. What a sensor does wrong while the link holds is the same on both paths and is run on
one. Times are the head sensor's, of the first run: until the runner is told (*noticed*), from the fault's end to the
first sample (*data again*) and to the first posture that is trusted (*posture again*). *Data lost*: seconds of its
samples that never arrived. *Told*: that the sensor is lost, and as often that it is back. *False*: of head or
shoulders, said or only noted, while the head was up. In all runs the recording was compared with what the session was
given, and its replay with the live events. The dying battery was asked every 5 s instead of every 3 minutes.

Not in the table, and open: frames of a WitMotion sensor carry no checksum. One that breaks off in its middle, with the
next one behind it, is read as one wrong sample; many of those within seconds bring a false alert.

Made by `python -m tests.faults`.

"""


def _run(chosen: tuple[int, str]) -> Row:
    logging.getLogger("bleak").setLevel(logging.ERROR)
    return run_row(*chosen)


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and write where everything was run; 1 where something is not as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--path", choices=PATHS, help="this path only")
    parser.add_argument("--only", default="", help="faults with this in their name only")
    parser.add_argument("--out", type=Path, help=f"instead of {RESULTS.name}, written where everything was run")
    parser.add_argument("--workers", type=int, default=2, help="processes at once")
    given = parser.parse_args(arguments)
    paths = [given.path] if given.path else [p for p in PATHS if p == "Bumble" or shutil.which("dbus-daemon")]
    chosen = [
        (number, path)
        for number, case in enumerate(CASES)
        for path in paths
        if path in case.paths and given.only in case.name
    ]
    rows: list[Row] = []
    with ProcessPoolExecutor(given.workers) as pool:
        for row in pool.map(_run, chosen):
            rows.append(row)
            name = f"{CASES[row.number].name} ({row.path})"
            print(f"{len(rows)} of {len(chosen)}: {name}", *row.faults, sep="; ", file=sys.stderr, flush=True)
    text = markdown(rows)
    print(text)
    whole = len(paths) == len(PATHS) and not given.only
    if given.out or whole:
        (given.out or RESULTS).write_text(INTRODUCTION + text + "\n")
    return 1 if any(row.faults for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
