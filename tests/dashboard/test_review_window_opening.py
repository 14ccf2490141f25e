"""From the recording to the window: progress, trouble, a wish to stop, and the cache behind it all."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from monitor.cli import main
from monitor.commands import review
from monitor.commands.review_opening import Wanted, wanted
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_app import Opening, OpeningStoppedError, run_review
from monitor.dashboard.review.review_desk import ReviewDesk
from monitor.errors import RecordingError, SettingsError
from monitor.review.cache import ReviewCache
from monitor.review.reviewed import reviewed
from tests.benches.material import RATE_HZ, record
from tests.review.constructed_analysis import trail_run


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    """A minute and a half of a head that bobs, SIMULATED."""
    path = tmp_path_factory.mktemp("run") / "run.headsup"
    t = np.arange(9000) / RATE_HZ
    acc = np.column_stack((0.2 * np.sin(17 * t), 0 * t, 9.8 + 4 * np.sin(17 * t)))
    record(path, "head", acc, 0.1 * np.sin(17 * t)[:, None] * np.ones(3), stamped=False, lost=0.0)
    return path


def options(recording: Path, **changes: object) -> argparse.Namespace:
    plain = {
        "recording": recording, "profile": None, "mode": None, "watch": None, "offset": None, "report": None,
        "png": None, "json": False, "no_open": False, "no_gui": False,
    }  # fmt: skip
    return argparse.Namespace(**(plain | changes))


def desk_of(shown, work, **surroundings: object) -> ReviewDesk:
    return shown(ReviewDesk(Opening(work), ReviewActions(**surroundings), "morning", lambda window: None, "dark"))


# ------------------------------------------------------------ the waiting page


def test_progress_is_shown_until_the_run_is_there(qtbot, shown):
    go_on = threading.Event()

    def work(tell):
        tell("Working out the posture: 1 h of 4 h", 0.25)
        go_on.wait(10)
        return reviewed(trail_run(60.0))

    desk = desk_of(shown, work)
    qtbot.waitUntil(lambda: desk.waiting.bar.value() == 25, timeout=5000)
    assert desk.waiting.words.text() == "Working out the posture: 1 h of 4 h"
    assert desk.review is None
    go_on.set()
    qtbot.waitUntil(lambda: desk.review is not None, timeout=5000)
    assert desk.review.isVisible()
    assert desk.review.model.values_at(desk.review.model.t_s).seen


def test_a_damaged_recording_is_told_in_a_sentence(qtbot, shown):
    def work(tell):
        raise RecordingError("morning.headsup", "this recording is damaged: its description is missing")

    desk = desk_of(shown, work)
    qtbot.waitUntil(lambda: "damaged" in desk.waiting.words.text(), timeout=5000)
    assert desk.waiting.title.text() == "This run cannot be shown"
    assert not desk.waiting.bar.isVisible()
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    assert not desk.isVisible()


def test_closing_stops_the_work(qtbot, shown):
    stopped = threading.Event()
    begun = threading.Event()

    def work(tell):
        try:
            while True:
                begun.set()
                threading.Event().wait(0.01)
                tell("…", None)
        except OpeningStoppedError:
            stopped.set()
            raise

    desk = desk_of(shown, work)
    assert begun.wait(5)
    desk.close()
    assert stopped.wait(5)


def test_q_in_the_run_closes_the_whole_window(qtbot, shown):
    closed: list[int] = []
    desk = desk_of(shown, lambda tell: reviewed(trail_run(60.0)), closed=lambda: closed.append(1))
    qtbot.waitUntil(lambda: desk.review is not None, timeout=5000)
    qtbot.keyClick(desk.review, Qt.Key.Key_Q)
    assert not desk.isVisible()
    assert closed == [1]


def when_shown(do, tries: int = 200) -> None:
    """Call `do(desk)` from within Qt's loop, once the run or its trouble is shown."""

    def look(left: int) -> None:
        desks = [w for w in QApplication.topLevelWidgets() if isinstance(w, ReviewDesk) and w.isVisible()]
        if desks and (desks[0].review is not None or desks[0].waiting.bar.isHidden()):
            do(desks[0])
        elif left:
            QTimer.singleShot(30, lambda: look(left - 1))

    QTimer.singleShot(0, lambda: look(tries))


def test_run_review_ends_with_its_window(qtbot):
    seen: list[str] = []

    def do(desk: ReviewDesk) -> None:
        seen.append(desk.windowTitle())
        desk.close()

    when_shown(do)
    filled: list[object] = []
    rc = run_review(lambda tell: reviewed(trail_run(60.0)), ReviewActions(), "my\nrun", filled.append, theme="dark")
    assert rc == 0
    assert seen == ["Heads Up: my run"]
    assert len(filled) == 1


def test_run_review_hands_on_what_went_wrong(qtbot):
    def work(tell):
        raise RecordingError("x", "is damaged")

    when_shown(lambda desk: desk.close())
    with pytest.raises(RecordingError):
        run_review(work, ReviewActions(), "run", lambda window: None, theme="dark")


# ------------------------------------------------------------ the command


def test_a_second_opening_comes_from_the_cache(recording, tmp_path):
    told: list[tuple[str, float | None]] = []
    ask = wanted(options(recording), tmp_path / "cache")
    first = ask.opened(lambda words, share: told.append((words, share)))
    assert any(share == 1.0 for _, share in told)
    told.clear()
    second = wanted(options(recording), tmp_path / "cache").opened(lambda words, share: told.append((words, share)))
    assert told == [("Reading the recording…", None)]
    assert second.as_json() == first.as_json()
    assert second.metrics == first.metrics
    other = wanted(options(recording, mode="trail"), tmp_path / "cache").opened(lambda words, share: None)
    assert other.analysis.settings.mode.value == "trail"


def test_stopping_keeps_nothing(recording, tmp_path):
    def stop(words: str, share: float | None) -> None:
        if share is not None:
            raise OpeningStoppedError

    with pytest.raises(OpeningStoppedError):
        wanted(options(recording), tmp_path / "cache").opened(stop)
    assert not list((tmp_path / "cache").glob("*.npz"))


def test_bad_options_are_refused_before_any_window(recording, tmp_path):
    with pytest.raises(SettingsError):
        wanted(options(recording, offset=3.0), tmp_path)
    with pytest.raises(RecordingError):
        wanted(options(recording, watch=tmp_path / "nothing.fit"), tmp_path)


def test_a_file_that_is_no_recording_never_opens_a_window(tmp_path, monkeypatch):
    (tmp_path / "x.headsup").write_bytes(b"no recording" * 100)
    monkeypatch.setattr(review, "has_display", lambda: True)
    monkeypatch.setattr(review, "show", lambda run: pytest.fail("a window"))
    with pytest.raises(RecordingError):
        review.run(options(tmp_path / "x.headsup"))


@pytest.mark.parametrize(
    ("changes", "window"),
    [({}, True), ({"report": Path("r.html")}, False), ({"json": True}, False), ({"no_open": True}, False),
     ({"no_gui": True}, False)],
)  # fmt: skip
def test_when_a_window_opens(changes, window, monkeypatch):
    monkeypatch.setattr(review, "has_display", lambda: True)
    assert review.wants_window(options(Path("run"), **changes)) is window
    monkeypatch.setattr(review, "has_display", lambda: False)
    assert not review.wants_window(options(Path("run"), **changes))


def test_the_command_shows_the_run_with_its_pages(recording, tmp_path, monkeypatch, qtbot):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    monkeypatch.setattr(review, "has_display", lambda: True)
    pages: list[int] = []

    def do(desk: ReviewDesk) -> None:
        pages.append(desk.review.side.count())
        desk.close()

    when_shown(do)
    assert main(["review", str(recording)]) == 0
    assert pages[0] >= 3
    assert list((tmp_path / "cache" / "reviews").glob("*.npz"))


def test_without_a_screen_the_report_is_written(recording, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(review, "has_display", lambda: False)
    assert main(["review", str(recording)]) == 0
    assert recording.with_suffix(".html").exists()
    assert "Report written" in capsys.readouterr().out


def test_the_watch_that_was_chosen_before_is_found(recording, tmp_path, shared_data):
    from monitor.alignment.choose import by_hand
    from monitor.dashboard.review.panel_watch_file import keep

    own = tmp_path / "run.headsup"
    own.write_bytes(recording.read_bytes())
    fit = shared_data / "watch" / "activity-small-fenix2-run.fit"
    keep(own, fit, by_hand(12.5), None)
    found = wanted(options(own), tmp_path / "cache")
    assert isinstance(found, Wanted)
    assert found.watch.resolve() == fit.resolve()
    assert found.alignment is not None
    assert found.alignment.offset_s == 12.5
    assert isinstance(found.cache, ReviewCache)
    given = wanted(options(own, watch=fit, offset=3.0), tmp_path / "cache")
    assert given.alignment is not None
    assert given.alignment.offset_s == 3.0
