"""What else is killed: a process that repairs, reviews or analyses a recording. python task_child.py TASK RUN OUT

It says "ready" when everything is loaded, and "done" at the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.cli import main as headsup
from monitor.commands.review_opening import Wanted
from monitor.recording.salvage import salvage
from monitor.review.cache import ReviewCache


def reviewed(run: Path, cache: Path) -> Wanted:
    """How a review opens a run, with its cache in a folder of ours."""
    return Wanted(run, None, None, None, None, None, ReviewCache(cache))


def main() -> None:
    task, run, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    print("ready", flush=True)
    if task == "repair":
        salvage(run, out)
    elif task == "review":
        reviewed(run, out).opened(lambda _words, _share: None)
    else:
        headsup(["analyze", str(run), "--json", f"{out}.json", "--track", f"{out}.csv"])
    print("done", flush=True)


if __name__ == "__main__":
    main()
