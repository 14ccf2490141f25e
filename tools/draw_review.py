"""The picture of the review window in the README: `python tools/draw_review.py RUN.headsup WATCH OUT.png`.

Made with the SIMULATED trail run of `python -m tests.review.trail_run`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from monitor.dashboard.app import application
from monitor.dashboard.review.panel_all import add_panels
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.review_window import ReviewWindow
from monitor.interop.reading import read_watch
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.reviewed import reviewed

SIZE = (1400, 860)


def main(recording: Path, watch: Path, out: Path) -> int:
    """Open, wait until everything is drawn, and take the picture."""
    with open_recording(recording) as opened:
        run = reviewed(analyse(opened), read_watch(watch), watch_name=watch.name)
    app = application()
    assert isinstance(app, QApplication)
    window = ReviewWindow(ReviewModel(run), ReviewActions(recording, watch), theme="dark")
    add_panels(window)
    window.resize(*SIZE)
    window.show()
    window.model.move_cursor(0.75 * run.analysis.duration_s)
    for _ in range(50):
        app.processEvents()
    window.grab().save(str(out))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
