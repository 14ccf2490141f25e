"""What a notification and a frame cost by themselves, with nothing else going on in the process."""

from __future__ import annotations

import os
import time

from monitor.dashboard.viewmodel import LiveModel
from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.values import FloatArray
from tests.benches.material import PROFILE, RATE_HZ, info, packets, part, seconds
from tests.benches.rows import Row, below, missing, spread_ms

FRAMES_PER_S = 30


def decision_rows(acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """Time from one notification to its decision, sample by sample; `acc`, `gyr` (n,3)."""
    pipeline = Pipeline([info("head")], PROFILE, Settings())
    whole = packets("head", acc[:20_000], gyr[:20_000])
    took_ms = []
    for i in range(20_000):
        one = part(whole, i, i + 1)
        took_ms.append(1e3 * seconds(lambda one=one: pipeline.push([one])))  # type: ignore[misc]
    text, p99 = spread_ms(took_ms)
    return [below("one notification through the pipeline alone", text, p99, 20.0, "p99 20 ms")]


def frame_rows(acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """Share of a core for the live window's figures at 30 frames a second, drawn off screen; `acc`, `gyr` (n,3)."""
    what = "the window's charts alone, 30 frames a second, off screen"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from monitor.dashboard.snapshot import NoActions
        from monitor.dashboard.window import LiveWindow
    except ImportError as error:
        return [missing(what, str(error), "25 % of a core")]
    app = QApplication.instance() or QApplication([])
    now_ns = [0]
    model = LiveModel(Settings(), [info("head")], {"head": "bench"}, True, lambda: now_ns[0])
    pipeline = Pipeline([info("head")], PROFILE, Settings(), shown=True)
    window = LiveWindow(model, NoActions())
    for timer in window.findChildren(QTimer):
        timer.stop()  # a frame is drawn when we say so, and only then
    window.resize(1280, 800)
    window.show()
    whole = packets("head", acc[:12_000], gyr[:12_000])

    def feed(first: int, last: int) -> None:
        block = part(whole, first, last)
        now_ns[0] = int(block.t_ns[-1])
        model.update(pipeline.push([block]))

    for a in range(0, 6000, 50):
        feed(a, a + 50)
    frames, cpu_s = 0, 0.0
    for a in range(6000, 12_000, 3):
        feed(a, a + 3)
        start = time.thread_time()
        window.refresh()
        window.repaint()
        app.processEvents()
        cpu_s += time.thread_time() - start
        frames += 1
    window.end_now()
    share = FRAMES_PER_S * cpu_s / frames
    text = f"{share:.0%} of a core ({1e3 * cpu_s / frames:.1f} ms a frame)"
    return [below(what, text, share, 0.25, "25 % of a core")]


assert RATE_HZ == 100.0, "frames are fed three samples each"
