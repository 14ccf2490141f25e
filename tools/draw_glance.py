#!/usr/bin/env python3
"""Draw the glance page in all its states, to look at, and print how long one picture takes. All runners SIMULATED.

    python tools/draw_glance.py FOLDER [WIDTHxHEIGHT ...]

Writes FOLDER/<size>-<theme>-<state>.png. The time is the processor's, of painting the figure and the whole page.
"""

from __future__ import annotations

import math
import os
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from monitor.dashboard.glance_view import GlancePage
from monitor.dashboard.live_view import GlanceFacts, LiveState, LiveView
from monitor.dashboard.theme import DARK, LIGHT
from monitor.dashboard.viewmodel import LiveModel
from monitor.posture.gaze import ground_distance_m
from monitor.review.report_words import NOT_VISIBLE, gaze_words, target_words
from monitor.settings import GazeModel, Settings
from monitor.values import Mode

SIZES = ("1024x600", "1280x800", "1920x1080")
NAN = math.nan
STATES = {
    "good-road": (LiveState.GOOD, Mode.ROAD, 4.0, 0.1, "Head level, shoulders relaxed", "relaxed"),
    "good-trail": (LiveState.GOOD, Mode.TRAIL, 27.0, 0.1, "Head level, shoulders relaxed", "relaxed"),
    "eyes-up-road": (LiveState.EYES_UP, Mode.ROAD, 26.0, 0.2, "", "relaxed"),
    "eyes-up-trail": (LiveState.EYES_UP, Mode.TRAIL, 44.0, NAN, "", NOT_VISIBLE),
    "look-up-technical": (LiveState.EYES_UP, Mode.TECHNICAL, 40.0, 0.1, "", "relaxed"),
    "shoulders": (LiveState.RELAX_SHOULDERS, Mode.ROAD, 5.0, 0.85, "Let them drop, shake out the wrists", "both up"),
    "no-head-sensor": (LiveState.GOOD, Mode.ROAD, NAN, 0.1, "Shoulders relaxed", "relaxed"),
    "lost": (LiveState.SENSOR_LOST, Mode.TRAIL, NAN, NAN, "Cap sensor: no data for 8 s", "no data now"),
    "check": (
        LiveState.CHECK_SENSOR,
        Mode.ROAD,
        NAN,
        NAN,
        "Cap sensor: readings are clipped or frozen",
        "not sure now",
    ),
    "uncalibrated": (
        LiveState.NOT_CALIBRATED,
        Mode.ROAD,
        NAN,
        NAN,
        "Cap sensor: calibrate it to see posture",
        NOT_VISIBLE,
    ),
    "ready": (LiveState.READY, Mode.ROAD, 2.0, 0.0, "Run when you like", "relaxed"),
}


def view_of(name: str) -> tuple[LiveView, GlanceFacts]:
    """A SIMULATED moment in this state."""
    state, mode, pitch_deg, score, reason, shoulders = STATES[name]
    middle, low, high = (float(d[0]) for d in ground_distance_m(np.array([pitch_deg]), GazeModel()))
    running = state not in (LiveState.READY, LiveState.NOT_CALIBRATED, LiveState.SENSOR_LOST)
    view = replace(
        LiveModel(Settings(mode=mode), (), {}, True, lambda: 0).snapshot(),
        state=state,
        reason=reason or target_words(mode, feet=True),
        mode=mode,
        needle_deg=pitch_deg,
        pitch_deg=pitch_deg,
        shoulder_score=score,
        shoulders=shoulders,
        gaze=gaze_words(low, high, feet=True),
        cadence_spm=172.0 if running else NAN,
        elapsed_s=4365.0 if running else 12.0,
        speed="10.0 km/h" if mode is Mode.ROAD else "",
    )
    far = 12_345.0 if mode is Mode.ROAD else NAN
    return view, GlanceFacts(middle, low, high, distance_m=far, heart_bpm=152.0 if mode is Mode.ROAD else NAN)


def painting_ms(widget: QWidget, rounds: int = 15) -> float:
    """Processor time of painting a widget once, in milliseconds; the median of some."""
    page = QPixmap(widget.size())
    taken = []
    for _ in range(rounds):
        start = process_time()
        widget.render(page)
        taken.append(process_time() - start)
    return 1e3 * sorted(taken)[rounds // 2]


def main(folder: Path, sizes: tuple[str, ...]) -> None:
    """Write all pictures and print the times."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    app.setStyle("Fusion")
    for size in sizes:
        width, height = (int(part) for part in size.split("x"))
        for theme in (DARK, LIGHT):
            for name in STATES:
                page = GlancePage(theme, clock=lambda: 0.0)
                page.resize(width, height)
                page.show_view(*view_of(name))
                page.grab().save(str(folder / f"{size}-{theme.name}-{name}.png"))
                if theme is DARK:
                    figure_ms, page_ms = painting_ms(page.figure), painting_ms(page)
                    print(f"{size:>9} {name:18} figure {figure_ms:5.2f} ms   whole page {page_ms:5.2f} ms")
                page.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or SIZES)
