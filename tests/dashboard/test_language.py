"""Another language on every page: nothing stays English, and longer texts fit or are cut with an ellipsis."""

from __future__ import annotations

import re
from io import StringIO
from itertools import combinations

import pytest
from constructed_drills import constructed_drills
from constructed_runs import busy_run, long_run
from faked_sound import FakeSound
from pseudo_language import english_left, pseudo_language, shown_texts
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QLabel
from recorded_actions import Recorded
from setup_stories import stories
from setup_window import open_wizard

from monitor.dashboard import terminal
from monitor.dashboard.fitting import MIN_PX, fitted, size_of
from monitor.dashboard.settings_page import SettingsPage
from monitor.dashboard.tiles import CENTRE, RIGHT, Tile
from monitor.dashboard.window import LiveWindow
from monitor.texts import speaking

SIZE = (1024, 600)
MADE_UP = (
    "this computer has no audio output. Prompts are still shown here.",
    "this computer has no audio output. Prompts are still shown here",
    "no cue: grace",
    "Start it. Or ask.",
    "Start it.",
    "Or ask.",
    "Press the button once.",
    "Its battery was at {} %: charge it.",
    "Your own voice: none yet.",
    "It has format version {}; this program reads up to version {}.",
)
"""Texts of the fakes, which the program itself does not say."""
RUNS = ("eyes up", "good", "shoulders", "lost", "thin", "treadmill", "notice", "road")


@pytest.fixture(autouse=True)
def _spoken():
    speaking.use(pseudo_language(*MADE_UP))
    yield
    speaking.use(None)


def painted(item):
    """The box that the letters of a text really take."""
    way = fitted(item)
    width, height = size_of(way.lines, way.px, item.bold)
    assert way.px >= MIN_PX
    assert width <= item.rect.width() + 1.5, way.lines
    assert height <= item.rect.height() + 1.5 or way.px == MIN_PX, way.lines
    left = item.rect.left()
    if item.align == RIGHT:
        left = item.rect.right() - width
    elif item.align == CENTRE:
        left = item.rect.center().x() - width / 2
    return QRectF(left, item.rect.center().y() - height / 2, width, height)


def check_painted(window):
    """Painted texts stay within their boxes, cut with an ellipsis at worst, and none lies over another."""
    for tile in window.findChildren(Tile):
        if not tile.isVisible():
            continue
        boxes = [(item.text, painted(item)) for item in tile.texts() if item.text]
        for (one, a), (other, b) in combinations(boxes, 2):
            both = a.intersected(b)
            assert min(both.width(), 0.5 * both.height()) <= 2, (tile.accessibleName(), one, other)


def check(window):
    window.resize(*SIZE)
    window.refresh()
    QApplication.processEvents()
    assert (window.width(), window.height()) == SIZE
    assert english_left(shown_texts(window)) == []
    check_painted(window)


@pytest.mark.parametrize("story", RUNS)
def test_every_page_of_a_run(shown, story):
    live, _ = busy_run(story)
    window = shown(LiveWindow(live, Recorded(), theme="dark", recording=True))
    for go in (lambda: None, window.turn_page, window.open_more, window.open_drills, window.turn_help):
        go()
        check(window)
    window.turn_help()
    window.leave()
    check(window)


def test_ten_minutes_of_charts(shown):
    live, _ = long_run()
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    for _ in range(4):
        window.next_span()
        check(window)


@pytest.mark.parametrize("name", [name for name, _ in constructed_drills()])
def test_every_drill(shown, name):
    live, _ = busy_run("good")
    actions = Recorded()
    actions.drill_shown = dict(constructed_drills())[name]
    window = shown(LiveWindow(live, actions, theme="dark"))
    check(window)
    window.turn_page()
    check(window)


@pytest.mark.parametrize("story", stories())
def test_every_page_of_the_set_up(shown, qtbot, story):
    told = stories()[story]
    parts = told.parts()
    window = open_wizard(shown, qtbot, parts)
    told.act(window, parts)
    check(window)


def test_the_settings(shown, tmp_path, qtbot):
    page = shown(SettingsPage(tmp_path / "settings.toml", FakeSound(), running=True))
    page.resize(*SIZE)
    qtbot.waitUntil(lambda: not page.sound_panel.busy)
    for index in range(len(page.leaves)):
        page.open_leaf(index)
        QApplication.processEvents()
        assert english_left(shown_texts(page), set(re.findall("[A-Za-z]+", tmp_path.as_posix()))) == []
        area = page._stack.currentWidget()
        assert area.widget().width() <= area.viewport().width()
        for label in area.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_the_terminal():
    live, _ = busy_run("treadmill")
    console = terminal.Console(width=160, record=True, file=StringIO())
    console.print(terminal.panel(live.snapshot(), "S let cues rest   Ctrl-C ends the run", "Cues are back"))
    shown = console.export_text().splitlines()
    assert english_left(shown) == []
