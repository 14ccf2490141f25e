"""The day bench: 24 h of data pushed through a session in a process of its own; does anything grow, or get slower?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from monitor.values import FloatArray
from tests.benches.analysis_cost import day_rows
from tests.benches.day_child import KEYS
from tests.benches.progress import say
from tests.benches.rows import Row, below, missing, spread_ms

GROWTH_MB_H = 0.5
"""In 24 h less than a tenth of what the program takes to begin with."""
FRAME_MS = 33.0


def rows(hours: int, acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """Push so many hours of an hour's samples `acc`, `gyr` (n,3), then analyse the recording they left."""
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "day.headsup", Path(folder) / "samples.npz"
        np.savez(samples, acc=acc, gyr=gyr)
        told = _push(hours, path, samples)
        by_hour, end = told[:-1], told[-1]
        out = [*_run_rows(by_hour, end), *_memory_rows(by_hour), *_frame_rows(by_hour)]
        say(f"analysing the {hours} h")
        return out + day_rows(path, samples, hours, len(KEYS))


def _push(hours: int, path: Path, samples: Path) -> list[dict[str, Any]]:
    """What the process told, hour by hour. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "tests.benches.day_child", str(hours), str(path), str(samples)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HEADSUP_HOME": str(path.parent)}
    told = []
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            told.append(json.loads(line))
            if "hour" in told[-1]:
                say(f"hour {told[-1]['hour']} of {hours} pushed in {told[-1]['took_s']:.0f} s")
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return told


def _run_rows(by_hour: list[dict[str, Any]], end: dict[str, Any]) -> list[Row]:
    took_s = sum(hour["took_s"] for hour in by_hour)
    hours, lost = len(by_hour), end["lost"]
    text = f"{took_s:.0f} s ({3600 * hours / took_s:.0f} x real time), {end['events']} events, {end['file_mb']:.0f} MB"
    return [
        Row(f"{hours} h x {len(KEYS)} sensors x 100 Hz pushed through a session", text),
        Row("entries of it that were not recorded", str(lost), "0", lost == 0),
    ]


def _memory_rows(by_hour: list[dict[str, Any]]) -> list[Row]:
    hours = len(by_hour)
    what = f"growth of memory, hour 2 to {hours}"
    if "memory_mb" not in by_hour[0]:
        return [missing(what, "only Linux tells it", "flat")]
    memory = np.array([hour["memory_mb"] for hour in by_hour])
    out = [Row("memory after each hour, MB", " ".join(f"{mb:.0f}" for mb in memory))]
    if hours < 3:
        out.append(missing(what, "too few hours", "flat"))
    else:
        slope = float(np.polyfit(np.arange(2, hours + 1), memory[1:], 1)[0])
        text = f"{slope:+.2f} MB/h; {memory[0]:.0f} MB after hour 1, {memory[-1]:.0f} MB after hour {hours}"
        out.append(below(what, text, slope, GROWTH_MB_H, f"flat: below {GROWTH_MB_H:g} MB/h"))
    for name, key in (("threads", "threads"), ("file handles", "open_files")):
        first, last = by_hour[0][key], by_hour[-1][key]
        out.append(Row(f"{name} after hour 1 and {hours}", f"{first} and {last}", "no more", last <= first))
    return out


def _frame_rows(by_hour: list[dict[str, Any]]) -> list[Row]:
    out = []
    for page, key in (("the runner", "runner_ms"), ("the charts", "charts_ms")):
        for hour in sorted({1, len(by_hour)}):
            text, p99 = spread_ms(by_hour[hour - 1][key])
            what = f"time to draw a frame in hour {hour}, {page}"
            out.append(below(what, text, p99, FRAME_MS, f"p99 {FRAME_MS:.0f} ms"))
    return out
