"""From an hour to a day of two sensors: does the analysis cost more per hour the longer the run is?

Counted in seconds on a core, which other programs disturb less than the clock on the wall; each length in a process of
its own, the bare filter beside it on the same samples.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from vqf import VQF

from calibration import store
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.settings import Settings
from monitor.values import FloatArray, PacketBlock
from tests.benches.analysis_cost import TIMES_BARE
from tests.benches.day_child import KEYS, STAMP, profile
from tests.benches.material import RATE_HZ, info, run_info, stamped_packets
from tests.benches.processes import peak_memory_mb
from tests.benches.progress import say
from tests.benches.rows import Row, below

HOUR_NS = 3_600_000_000_000
APART_NS = 1_000_000
"""Between the notifications of the two sensors."""


def rows(hours: int, acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """An hour, then so many hours of two sensors, each the same hour `acc`, `gyr` (n,3) over and over."""
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.npz"
        hour_of_both = [stamped_packets(key, acc, gyr) for key in KEYS]
        np.savez(samples, acc=acc, gyr=gyr)
        core_s, out = {}, []
        for length in sorted({1, min(4, hours), hours}):
            path = Path(folder) / f"{length}.headsup"
            say(f"writing {length} h of two sensors")
            _record(path, length, hour_of_both)
            say(f"analysing {length} h of two sensors")
            found = _measured(path, samples, runs=3 if length == 1 else 1)
            path.unlink()
            core_s[length] = found["core_s"]
            bare_s = found["bare_core_s"] * length * len(KEYS)
            text = (
                f"{core_s[length]:.2f} s on a core ({core_s[length] / length:.2f} s an hour; {found['took_s']:.2f} s "
            )
            text += (
                f"by the clock), {core_s[length] / bare_s:.1f} x bare vqf ({bare_s:.2f} s), {found['peak_mb']:.0f} MB"
            )
            what = f"analysis of {length} h x {len(KEYS)} sensors x {RATE_HZ:g} Hz"
            out.append(below(what, text, core_s[length] / bare_s, TIMES_BARE, f"{TIMES_BARE:g} x bare vqf"))
    if hours > 1:
        power = math.log(core_s[hours] / core_s[1]) / math.log(hours)
        text = f"grows as hours to the {power:.2f}"
        out.append(below(f"growth from 1 h to {hours} h", text, power, 1.0, "linear or better: at most 1"))
    return out


def _measured(path: Path, samples: Path, runs: int) -> dict[str, float]:
    """What `_measure` prints, from a process of its own. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "tests.benches.growth_cost", str(path), str(samples), str(runs)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _measure(path: Path, samples: Path, runs: int) -> None:
    """Print the least of some runs: seconds of the analysis, of the filter on an hour of one sensor, peak memory."""
    core, took, bare = [], [], []
    for _ in range(runs):
        with open_recording(path) as recording:
            core_s, took_s = time.process_time(), time.perf_counter()
            analyse(recording)
            core.append(time.process_time() - core_s)
            took.append(time.perf_counter() - took_s)
    peak_mb = peak_memory_mb()
    with np.load(samples) as hour:
        acc, gyr = hour["acc"], hour["gyr"]
    for _ in range(5):
        core_s = time.process_time()
        VQF(1 / RATE_HZ).updateBatch(gyr, acc)
        bare.append(time.process_time() - core_s)
    print(json.dumps({"core_s": min(core), "took_s": min(took), "bare_core_s": min(bare), "peak_mb": peak_mb}))


def _record(path: Path, hours: int, hour_of_both: Sequence[PacketBlock]) -> None:
    """A recording as fast as the writer takes it, the sensors minute by minute in turn."""
    writer = RecordingWriter(path, run_info(), Settings().to_json(), store.to_json(profile()))
    for number, key in enumerate(KEYS):
        writer.append_sensor(info(key, "openearable2"), number)
    minute = round(60 * RATE_HZ) // 4  # notifications
    for hour in range(hours):
        for first in range(0, len(hour_of_both[0].t_ns), minute):
            for number, whole in enumerate(hour_of_both):
                writer.append(_later(whole, slice(first, first + minute), hour * HOUR_NS + number * APART_NS))
    writer.close()


def _later(whole: PacketBlock, rows: slice, by_ns: int) -> PacketBlock:
    """Some notifications of an hour, arrived and stamped by their sensor so much later."""
    size = int(whole.ends[0])
    frames = np.frombuffer(whole.data, np.uint8).reshape(-1, size)[rows].copy()
    stamps = frames[:, STAMP].copy().view("<u8") + np.uint64(by_ns // 1000)
    frames[:, STAMP] = stamps.view(np.uint8)
    return PacketBlock(whole.sensor, whole.t_ns[rows] + by_ns, whole.ends[: len(frames)], frames.tobytes())


if __name__ == "__main__":
    _measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
