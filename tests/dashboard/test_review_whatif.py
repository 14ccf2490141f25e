"""The page 'What if' on a SIMULATED recording: sliders, boxes, the two answers, cues to jump to, neutrals."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSlider, QComboBox, QDoubleSpinBox, QPushButton

from monitor.dashboard.review import panel_whatif
from monitor.dashboard.review.panel_whatif import AS_IT_WAS, EXACT, NEARLY, WhatIfPage
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.theme import DARK, LIGHT
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.choices import choices_path, read_choices, write_choices
from monitor.review.reviewed import reviewed
from monitor.review.splits import Edits, edits_of, with_edits
from monitor.values import NS_PER_S, EventKind, Mode
from tests.review.whatif_run import record

WAIT_MS = 30_000


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    path = record(tmp_path_factory.mktemp("whatif") / "run.headsup")
    with open_recording(path) as opened:
        return path, reviewed(analyse(opened))


@pytest.fixture
def page(original, tmp_path, shown):
    path, run = original
    own = shutil.copy(path, tmp_path / "run.headsup")
    page = shown(WhatIfPage(ReviewModel(run), DARK, own))
    yield page
    panel_whatif._close(page._open)


def settled(qtbot, page, text=EXACT) -> None:
    qtbot.waitUntil(lambda: page.status.text() == text, timeout=WAIT_MS)


def buttons(cues) -> list[QPushButton]:
    return [button for button in cues.findChildren(QPushButton) if button.isVisibleTo(cues)]


def test_it_begins_with_the_run_as_it_was(page):
    assert page.limit.value == 20.0
    assert page.dwell.value == 6.0
    assert page.status.text() == AS_IT_WAS
    assert not page.back.isEnabled()
    assert not page.undo.isEnabled()
    assert not page.neutral.isEnabled()


def test_a_moved_limit_is_answered_at_once_and_then_exactly(qtbot, page):
    was = page.model.run
    page.limit.slider.setValue(2 * 33)
    assert page.limit.box.value() == 33.0
    assert page.status.text() == NEARLY
    near = page.change
    assert near.now.bouts < near.then.bouts
    assert page.model.run is was
    settled(qtbot, page)
    now = page.model.run
    with open_recording(page._path) as opened:
        whole = analyse(opened, settings=page.settings)
    assert now.analysis.events == whole.events
    assert page.change.now.bouts == near.now.bouts
    at_start = now.columns.limit_deg[now.columns.t_s < 150]
    assert set(at_start) == {33.0}  # the charts' line follows
    assert now.analysis.info.note.startswith("WHAT IF")
    assert page.limit.box.lineEdit().width() > 50
    assert page.back.isEnabled()


def test_as_it_was_puts_everything_back(qtbot, page):
    before = page.model.run.analysis
    page.limit.box.setValue(27.0)
    page.dwell.slider.setValue(2 * 12)
    settled(qtbot, page)
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert (page.limit.value, page.dwell.value) == (20.0, 6.0)
    settled(qtbot, page, AS_IT_WAS)
    assert page.model.run.analysis.events == before.events
    assert page.model.run.analysis.info == before.info
    assert not page.change.gained
    assert not page.change.lost


def test_another_mode_has_its_own_limit(qtbot, page):
    page.mode.setFocus()
    qtbot.keyClick(page.mode, Qt.Key.Key_Down)
    assert page.limit.value == 36.0
    settled(qtbot, page)
    assert page.model.run.analysis.settings.mode is Mode.TRAIL
    assert page.model.run.analysis.modes[0].mode is Mode.TRAIL


def test_a_cue_that_goes_is_one_click_away(qtbot, page):
    page.limit.box.setValue(60.0)
    settled(qtbot, page)
    lost = page.change.lost
    assert lost
    assert lost[0].kind is EventKind.HEAD_DOWN
    qtbot.waitUntil(lambda: bool(buttons(page.lost)), timeout=WAIT_MS)
    button = buttons(page.lost)[0]
    assert "Go there" in button.accessibleName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.model.t_s == pytest.approx(lost[0].t_ns / NS_PER_S)


def test_the_near_answer_knows_the_neutrals_once_they_were_seen(qtbot, page):
    before = page.model.run
    page.model.move_cursor(140.0)
    qtbot.mouseClick(page.moved, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.run is not before, timeout=WAIT_MS)
    page.limit.box.setValue(31.0)
    assert page.status.text() == NEARLY
    near = page.change.now.bouts
    settled(qtbot, page)
    assert page.change.now.bouts == pytest.approx(near, abs=1)


def test_smoothed_angles_are_not_asked(original, tmp_path, shown):
    path, run = original
    best = replace(run, analysis=replace(run.analysis, estimate="best"))
    page = shown(WhatIfPage(ReviewModel(best), DARK, path))
    assert not page.isEnabled()
    assert "smoothed" in page.status.text()


def test_whatever_goes_wrong_in_the_thread_is_said(qtbot, page, monkeypatch):
    monkeypatch.setattr(panel_whatif, "reviewed", lambda *_: 1 / 0)
    before = page.model.run
    page.limit.box.setValue(31.0)
    qtbot.waitUntil(lambda: "did not work" in page.status.text(), timeout=WAIT_MS)
    assert page.model.run is before


def test_only_the_last_of_many_moves_is_shown(qtbot, page):
    for position in range(2 * 18, 2 * 30):
        page.limit.slider.setValue(position)
    settled(qtbot, page)
    assert page.model.run.analysis.settings.road.on_deg == 29.5


def test_a_stretch_is_neutral_kept_and_taken_back(qtbot, page):
    page.model.select(300.0, 345.0)
    assert page.neutral.isEnabled()
    before = page.model.run
    qtbot.mouseClick(page.neutral, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.run is not before, timeout=WAIT_MS)
    assert "5:00-5:45" in page.said.text()
    kept, wrong = edits_of(read_choices(page._path)[0])
    assert not wrong
    assert kept == page.edits
    assert kept.in_force[0].stretch == (300.0, 345.0)
    qtbot.mouseClick(page.undo, Qt.MouseButton.LeftButton)
    settled(qtbot, page, AS_IT_WAS)
    assert page.model.run.analysis.events == before.analysis.events
    assert "neutrals" not in choices_path(page._path).read_text("utf-8")


def test_what_shows_no_neutral_is_said_and_not_kept(qtbot, page):
    before = page.model.run
    page.model.select(1.0, 6.0)
    qtbot.mouseClick(page.neutral, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "running" in page.status.text(), timeout=WAIT_MS)
    assert page.model.run is before
    assert not page.edits
    assert not choices_path(page._path).exists()


def test_neutrals_chosen_earlier_are_found_again(qtbot, page, shown):
    page.model.move_cursor(140.0)
    before = page.model.run
    qtbot.mouseClick(page.moved, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.run is not before, timeout=WAIT_MS)
    events = page.model.run.analysis.events
    again = shown(WhatIfPage(ReviewModel(before), LIGHT, page._path))
    qtbot.waitUntil(lambda: again.model.run is not before, timeout=WAIT_MS)
    assert again.model.run.analysis.events == events
    assert "moved at 2:20" in again.said.text()
    panel_whatif._close(again._open)


def test_neutrals_that_no_longer_fit_are_said_once_and_left_in_the_file(qtbot, page, shown):
    write_choices(page._path, with_edits(read_choices(page._path)[0], Edits().moved("left_ear", 10.0)))
    again = shown(WhatIfPage(ReviewModel(page.model.run), DARK, page._path))
    qtbot.waitUntil(lambda: "not calibrated" in again.status.text(), timeout=WAIT_MS)
    again.limit.box.setValue(30.0)
    settled(qtbot, again)
    assert edits_of(read_choices(page._path)[0])[0]
    panel_whatif._close(again._open)


def test_it_fits_beside_the_charts(qtbot, page):
    page.limit.box.setValue(5.0)
    settled(qtbot, page)
    assert page.minimumSizeHint().width() <= 400
    assert page.gained.minimumSizeHint().width() <= 360
    assert page.change.gained
    qtbot.waitUntil(lambda: len(buttons(page.gained)) == len(page.change.gained), timeout=WAIT_MS)


def test_a_recording_that_is_gone_is_a_sentence(page):
    page._path.unlink()
    page.limit.slider.setValue(2 * 30)
    assert "run.headsup" in page.status.text()


def test_everything_has_a_name_and_is_reached_by_keyboard(qtbot, page):
    page.limit.box.setValue(60.0)
    settled(qtbot, page)
    parts = [w for kind in (QAbstractSlider, QDoubleSpinBox, QComboBox, QPushButton) for w in page.findChildren(kind)]
    ours = [w for w in parts if w.isVisible() and "ScrollBar" not in type(w).__name__]
    assert len(ours) >= 9
    assert all(w.accessibleName() for w in ours), [w for w in ours if not w.accessibleName()]
    assert all(w.focusPolicy() & Qt.FocusPolicy.TabFocus for w in ours)
    page.limit.slider.setFocus()
    qtbot.keyClick(page.limit.slider, Qt.Key.Key_Left)
    assert page.limit.value == 59.5
    assert "Cues: " in page.figures.accessibleName()
    page.restyle(LIGHT)
