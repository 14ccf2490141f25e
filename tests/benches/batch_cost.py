"""What a folder of many SIMULATED recordings costs by one process, by two, and on a Dask cluster of two workers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.batch.recordings import make_many
from tests.benches.material import seconds
from tests.benches.progress import say
from tests.benches.rows import Row, missing

NUMBER = 200


def rows(number: int = NUMBER, rounds: int = 3) -> list[Row]:
    """So many recordings of 60 to 300 s through `headsup batch`, each way in a process of its own, from its start.

    The ways take turns; of each the fastest of the rounds counts, as other programs only ever slow them down.
    """
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        say(f"making {number} recordings")
        make_many(runs, number)
        ways = {"1 process": ("--workers", "1"), "2 processes": ("--workers", "2")}
        if find_spec("distributed") is not None:
            ways["Dask, 2 workers"] = ("--workers", "2", "--dask", "local")
        took: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(rounds):
            for way, options in ways.items():
                took[way].append(_took(runs, Path(folder) / f"{way}-{turn}.csv", options))
        best = {way: min(times) for way, times in took.items()}
        again_s = _took(runs, Path(folder) / "2 processes-0.csv", ways["2 processes"])
        same = len({path.read_bytes() for path in Path(folder).glob("*.csv")}) == 1
    one_s = best["1 process"]
    what = f"{number} recordings of 1 to 5 minutes, from the start of `headsup batch` to the table"
    out = [Row(f"{what}: 1 process", f"{one_s:.1f} s (best of {rounds})")]
    out += [Row(f"... {way}", f"{s:.1f} s: {one_s / s:.2f} x as fast") for way, s in best.items() if way != "1 process"]
    if "Dask, 2 workers" not in best:
        out.append(missing("... Dask, 2 workers", "distributed is not installed"))
    out.append(Row("... once more, nothing new", f"{again_s:.1f} s"))
    return [*out, Row("their tables", "the same, byte for byte" if same else "NOT the same", "the same", same)]


def _took(runs: Path, out: Path, options: tuple[str, ...]) -> float:
    """Seconds of a batch. Raises CalledProcessError where it fails."""
    say(f"batch {' '.join(options)}")
    command = [sys.executable, "-m", "monitor.cli", "batch", str(runs), "-o", str(out), *options]
    env = {**os.environ, "HEADSUP_HOME": str(runs.parent / "home")}
    return seconds(
        lambda: subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
