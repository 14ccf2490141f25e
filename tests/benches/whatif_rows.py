"""What a question 'what if' costs: three hours of two sensors at 100 Hz, SIMULATED.

python -m tests.benches.whatif_rows
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration import store
from calibration.model import ShoulderCalibration, SiteCalibration
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.whatif import rescorer_of
from monitor.review.whatif_change import compared, tally
from monitor.review.whatif_quick import QuickLook
from monitor.review.whatif_settings import with_rule
from monitor.settings import Settings
from monitor.values import FloatArray, Mode
from tests.benches.material import PROFILE, hour, info, packets, part, run_info
from tests.benches.rows import Row, below, spread_ms, table

HOURS = 3
QUESTIONS = 12
NEAR_MS, EXACT_MS, MOST_MB = 100.0, 2000.0, 100.0
COLLAR = SiteCalibration(
    "collar", "collar", "", "", "vqf", (), shoulders=ShoulderCalibration((0, 0, 1), (-2.0, 0, 0), 12.0, 3.0)
)


def whatif_rows(acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """The rows, from acc, gyr (n,3) of an hour of running. Takes about half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.headsup"
        _record(path, acc, gyr)
        with open_recording(path) as recording:
            was, controls = analyse(recording), recording.controls()
        profile = replace(PROFILE, sites=(*PROFILE.sites, COLLAR))
        quick, rescorer = QuickLook(was, profile, controls), rescorer_of(path, was)
    limits, dwells = np.linspace(16, 38, QUESTIONS).tolist(), np.resize([3.0, 6.0, 12.0], QUESTIONS).tolist()
    asked = [
        with_rule(rescorer.settings, Mode.ROAD, on_deg=limit, dwell_s=dwell)
        for limit, dwell in zip(limits, dwells, strict=True)
    ]
    then = tally(was)
    near, near_ms = _each(lambda s: compared(was, quick.look(s), then), asked)
    exact, exact_ms = _each(lambda s: compared(was, rescorer.rescore(s), then), asked)
    cues = sum(abs(a.now.cues - b.now.cues) for a, b in zip(near, exact, strict=True))
    bouts = sum(abs(a.now.bouts - b.now.bouts) for a, b in zip(near, exact, strict=True))
    found = sum(b.now.bouts for b in exact)
    what = f"what if, {HOURS} h, 2 sensors at 100 Hz"
    kept_mb = rescorer.seen.size_bytes / 1e6
    return [
        below(f"{what}: near answer", *spread_ms(near_ms)[:1], float(np.median(near_ms)), NEAR_MS, "p50 <= 100 ms"),
        below(f"{what}: exact answer", *spread_ms(exact_ms)[:1], float(np.median(exact_ms)), EXACT_MS, "p50 <= 2 s"),
        below(f"{what}: bouts off in the near answers", f"{bouts} of {found}; cues {cues}", bouts, 0.01 * found, "1 %"),
        below(f"{what}: memory of what was seen", f"{kept_mb:.0f} MB", kept_mb, MOST_MB, "100 MB"),
    ]


def _each(answer: Callable, asked: list[Settings]) -> tuple[list, list[float]]:
    """The answers, and how long each took, ms."""
    out, took_ms = [], []
    for settings in asked:
        start = time.perf_counter()
        out.append(answer(settings))
        took_ms.append(1e3 * (time.perf_counter() - start))
    return out, took_ms


def _record(path: Path, acc: FloatArray, gyr: FloatArray) -> None:
    """The hour on both sensors, one after the other until it is enough."""
    profile = replace(PROFILE, sites=(*PROFILE.sites, COLLAR))
    writer = RecordingWriter(path, run_info(), Settings().to_json(), store.to_json(profile))
    for key in ("head", "collar"):
        writer.append_sensor(info(key), 0)
    for number in range(HOURS):
        start_ns = number * 3600 * 10**9
        head, collar = (packets(key, acc, gyr, start_ns) for key in ("head", "collar"))
        collar = replace(collar, t_ns=collar.t_ns + 1)
        for first in range(0, len(acc), 6000):
            writer.append(part(head, first, first + 6000))
            writer.append(part(collar, first, first + 6000))
    writer.close()


if __name__ == "__main__":
    print(table(whatif_rows(*hour())))
    sys.exit(0)
