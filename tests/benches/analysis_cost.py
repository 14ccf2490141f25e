"""What a whole analysis costs, against the bare orientation filter on the same samples.

Measured in a process of its own, so that its memory is the analysis's, not the simulation's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from vqf import VQF

from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.values import FloatArray
from tests.benches.material import PROFILE, RATE_HZ, record, seconds
from tests.benches.processes import peak_memory_mb
from tests.benches.rows import Row, below

HOUR_S, HOUR_MB = 1.0, 400.0
TIMES_BARE = 2.0


def hour_rows(acc: FloatArray, gyr: FloatArray, *, stamped: bool = False, lost: float = 0.0) -> list[Row]:
    """An hour of one sensor, `acc`, `gyr` (n,3), the best of some runs in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "bench.headsup", Path(folder) / "samples.npz"
        record(path, "head", acc, gyr, stamped=stamped, lost=lost)
        np.savez(samples, acc=acc, gyr=gyr)
        found = measured(path, samples, runs=5)
    took, bare = found["took_s"], found["bare_s"]
    label = f"analysis of 1 h x 1 sensor x {RATE_HZ:g} Hz" + (", stamped" if stamped else "")
    label += f", {lost:.0%} of the notifications lost" if lost else ""
    text = f"{took:.2f} s ({took / bare:.1f} x bare vqf, {bare:.2f} s)"
    return [
        below(label, text, took, HOUR_S, "within 1 s"),
        below("its peak memory", f"{found['peak_mb']:.0f} MB", found["peak_mb"], HOUR_MB, "400 MB"),
    ]


def day_rows(path: Path, samples: Path, hours: float, sensors: int) -> list[Row]:
    """A recording of so many hours, whose sensors' samples are those of an hour over and over; and whether its events
    are those that the recording holds as given live."""
    found = measured(path, samples, runs=1)
    took, bare = found["took_s"], found["bare_s"] * hours * sensors
    label = f"analysis of {hours:g} h x {sensors} sensors x {RATE_HZ:g} Hz, stamped"
    text = f"{took:.1f} s ({took / bare:.1f} x bare vqf, {bare:.1f} s)"
    same = bool(found["same"])
    return [
        below(label, text, took / bare, TIMES_BARE, "2 x bare vqf"),
        Row("its peak memory", f"{found['peak_mb']:.0f} MB"),
        Row(
            "its events and those of the pushed run",
            f"{found['events']:.0f}, {'the same' if same else 'NOT the same'}",
            "the same",
            same and found["events"] > 0,
        ),
    ]


def measured(path: Path, samples: Path, runs: int) -> dict[str, float]:
    """What `measure` prints, from a process of its own."""
    command = [sys.executable, "-m", "tests.benches.analysis_cost", str(path), str(samples), str(runs)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(out)
    return found


def measure(path: Path, samples: Path, runs: int) -> None:
    """Print seconds of an analysis, of the bare filter on an hour of samples, peak memory, and about the events."""
    events: list[object] = []

    def analysis() -> float:
        with open_recording(path) as recording:
            # An analysis is dropped before the next one begins: two at once would double the memory.
            own = None if recording.profile_json else PROFILE
            took_s = seconds(lambda: events.append(analyse(recording, profile=own).events))
            kept.append(tuple(live.event for live in recording.live_events()))
        return took_s

    kept: list[object] = []
    took = [analysis()]
    peak_mb = peak_memory_mb()
    with np.load(samples) as hour_of_it:
        acc, gyr = hour_of_it["acc"], hour_of_it["gyr"]
    bare = []
    for i in range(runs):
        took += [analysis()] if i else []
        bare += [seconds(lambda: VQF(1 / RATE_HZ).updateBatch(gyr, acc)) for _ in range(3)]
    found = {"took_s": min(took), "bare_s": min(bare), "peak_mb": peak_mb}
    print(json.dumps(found | {"events": len(events[0]), "same": events[0] == kept[0]}))  # type: ignore[arg-type]


if __name__ == "__main__":
    measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
