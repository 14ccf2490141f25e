"""How long the review window takes to open and to pan, for runs of an hour, three hours and a day. SIMULATED runs.

python -m tests.benches.review_rows
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.review_window import ReviewWindow
from monitor.recording.reader import open_recording
from monitor.review.cache import ReviewCache
from monitor.review.reviewed import ReviewedRun, reviewed
from tests.benches.material import hour, record
from tests.benches.progress import say
from tests.benches.rows import Row, below, spread_ms, table
from tests.review.constructed_analysis import trail_run

HOURS = (1, 3, 24)
OPEN_S = 2.0
FRAME_MS = 33.0
SIZE = (1280, 800)
FRAMES = 25


def review_rows() -> list[Row]:
    """Opening from the cache, and frames of panning and zooming, for each length."""
    app = QApplication.instance() or QApplication([])
    app.setStyle("Fusion")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        cache = ReviewCache(Path(folder) / "cache")
        recording = _recording(Path(folder))
        for hours in HOURS:
            say(f"review window, {hours} h")
            run = reviewed(trail_run(3600.0 * hours))
            cache.put(f"{hours}h", run)
            del run
            rows += _rows_of(hours, cache, recording)
    return rows


def _recording(folder: Path) -> Path:
    """A short recording, for the controls that the cache reads from it."""
    acc, gyr = hour()
    path = folder / "short.headsup"
    record(path, "head", acc[:6000], gyr[:6000], stamped=False, lost=0.0)
    return path


def _rows_of(hours: int, cache: ReviewCache, recording: Path) -> list[Row]:
    start = time.perf_counter()
    with open_recording(recording) as opened:
        run = cache.get(f"{hours}h", opened)
    assert run is not None
    kept_s = time.perf_counter() - start
    window = _window(run)
    open_s = time.perf_counter() - start
    frames = _frames(window)
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    rows = [
        below(
            f"review window, {hours} h x 2 sensors: opened again, until it is painted",
            f"{open_s:.2f} s (of it the cache {kept_s:.2f} s)",
            open_s,
            OPEN_S,
            f"<= {OPEN_S:.0f} s",
        )
    ]
    for what, times_ms in frames.items():
        words, _ = spread_ms(times_ms)
        median = float(np.median(times_ms))
        rows.append(below(f"... {what}, {SIZE[0]} x {SIZE[1]}", words, median, FRAME_MS, f"p50 <= {FRAME_MS:.0f} ms"))
    return rows


def _window(run: ReviewedRun) -> ReviewWindow:
    window = ReviewWindow(ReviewModel(run), theme="dark")
    window.resize(*SIZE)
    window.show()
    QApplication.processEvents()
    window.grab()
    return window


def _frames(window: ReviewWindow) -> dict[str, list[float]]:
    """Milliseconds from a change of the model until everything is painted anew."""
    model = window.model
    hour_s = min(3600.0, model.duration_s / 2)
    times: dict[str, list[float]] = {"panning at full width": [], "panning an hour": [], "zooming": [], "playing": []}
    for i in range(FRAMES):
        width = 0.98 * model.duration_s
        times["panning at full width"].append(_frame(window, lambda i=i, w=width: model.show_range(10 + i, 10 + i + w)))
    model.show_range(0.0, hour_s)
    for _ in range(FRAMES):
        times["panning an hour"].append(_frame(window, lambda: model.pan(hour_s / 50)))
    model.show_all()
    for _ in range(FRAMES):
        times["zooming"].append(_frame(window, lambda: model.zoom(0.8, 0.6 * model.duration_s)))
    model.play()
    for _ in range(FRAMES):
        times["playing"].append(_frame(window, lambda: model.step(0.033)))
    model.play(False)
    return times


def _frame(window: ReviewWindow, change: object) -> float:
    start = time.perf_counter()
    assert callable(change)
    change()
    for part in (window.charts, window.overview, window.readout):
        part.repaint()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    print(table(review_rows()))
    sys.exit(0)
