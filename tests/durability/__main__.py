"""How durable a recording is: `python -m tests.durability kills|power-cuts|copies`. SIMULATED data.

Each prints a Markdown table and exits 0 where nothing was lost that should not be, 1 otherwise.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import statistics
import sys
from collections.abc import Sequence
from itertools import groupby

from tests.durability.copies import copies
from tests.durability.kills import Killed, kills
from tests.durability.kills_elsewhere import kills_elsewhere
from tests.durability.power_cuts import power_cuts, traced_run
from tests.durability.power_loop import missing, power_cuts_in_practice

LIMIT_S = 1.0
"""What a kill or a power cut may cost."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 0 where every target is met, 1 where one is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    kill = actions.add_parser("kills", help="kill -9 at random moments of a recording, and beside it")
    kill.add_argument("--elsewhere", type=int, default=20, help="of each other kind (default 20)")
    power = actions.add_parser("power-cuts", help="states that a disk can be left in, and a real ext4 cut off")
    power.add_argument("--seconds", type=float, default=60.0, help="length of the traced run (default 60)")
    power.add_argument("--in-practice", type=int, default=50, help="cuts of a real ext4; needs root (default 50)")
    copy = actions.add_parser("copies", help="copies taken while a run goes on")
    copy.add_argument("--seconds", type=float, default=60.0, help="length of the run (default 60)")
    for part in (kill, power):
        part.add_argument("--times", type=int, default=200, help="how often (default 200)")
        part.add_argument("--seed", type=int, default=1, help="which random moments (default 1)")
        part.add_argument("--at-once", type=int, default=6, help="processes at the same time (default 6)")
    options = parser.parse_args(arguments)
    print(
        f"SIMULATED data; {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.\n"
    )
    if options.action == "copies":
        return _copies(options.seconds)
    print(f"Seed {options.seed}. Lost: seconds of what the writer had been given. Promised: said to be on disk.\n")
    print("| what | times | opened and right | lost median | lost max | promised and lost |\n|---|---|---|---|---|---|")
    return _kills(options) if options.action == "kills" else _power_cuts(options)


def _kills(options: argparse.Namespace) -> int:
    sound = True
    if options.times:
        sound = _row("kill -9 while recording", kills(options.times, options.seed, options.at_once))
    for what, found in kills_elsewhere(options.elsewhere, options.seed, 2) if options.elsewhere else ():
        sound &= _row(f"kill -9 while {what}", found)
    return 0 if sound else 1


def _power_cuts(options: argparse.Namespace) -> int:
    run = traced_run(options.seconds)
    sound = _row(f"any state of the disk, run of {options.seconds:g} s", power_cuts(run, options.times, options.seed))
    unsynced = power_cuts(run.without_syncs(), min(options.times, 200), options.seed)
    noticed = sum(bool(cut.fault) or cut.committed_lost_s > 0 for cut in unsynced)
    why = missing()
    if why:
        print(f"\nNo real disk was cut off: {why}.")
    else:
        sound &= _row("ext4 on a loop device, shut down", power_cuts_in_practice(options.in_practice, options.seed))
    print(f"\nThe check itself: without the syncs, {noticed} of {len(unsynced)} such states are found to be bad.")
    return 0 if sound and noticed else 1


def _row(what: str, found: Sequence[Killed]) -> bool:
    """One line of the table, and the faults below it; whether all is as it must be."""
    lost = [one.lost_s for one in found]
    faults = [one for one in found if one.fault]
    broken = max((one.committed_lost_s for one in found), default=0.0)
    counts = f"{len(found)} | {len(found) - len(faults)}"
    print(f"| {what} | {counts} | {statistics.median(lost):.2f} s | {max(lost):.2f} s | {broken:.2f} s |", flush=True)
    for one in faults:
        print(f"fault: {what}, number {one.number}, after {one.after_s:.3f}: {one.fault}", file=sys.stderr)
    return not faults and broken == 0 and max(lost) <= LIMIT_S


def _copies(seconds: float) -> int:
    print("| copied while recording | copies | do not open | missing median | missing max |\n|---|---|---|---|---|")
    found = sorted(copies(seconds), key=lambda one: one.how)
    for how, group in groupby(found, key=lambda one: one.how):
        these = list(group)
        lost = [one.lost_s for one in these if not one.refused]
        refused = len(these) - len(lost)
        print(f"| {how} | {len(these)} | {refused} | {statistics.median(lost):.2f} s | {max(lost):.2f} s |")
        for words in {one.refused for one in these if one.refused}:
            print(f"does not open: {how}: {words}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
