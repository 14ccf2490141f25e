"""Every page in every state: by the keyboard alone, by ear, and in colours that can be told from their ground."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QListWidget, QPushButton, QRadioButton, QWidget
from setup_stories import Story, stories
from setup_window import escape, open_wizard

from monitor.dashboard.setup.facts import Outcome
from monitor.dashboard.setup.page_base import Words
from monitor.dashboard.tiles import Tile

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""


@pytest.fixture
def told(shown, qtbot):
    """Opens the window in the state of a story."""

    def open_(story: Story, **options):
        parts = story.parts()
        window = open_wizard(shown, qtbot, parts, **options)
        window.fakes = parts
        story.act(window, parts)
        for _ in range(2):
            window.refresh()
            QApplication.processEvents()
        return window

    return open_


def pressable(window: QWidget) -> set[QWidget]:
    """What a hand could press or choose from; of a group of round buttons the chosen one."""
    found = {b for b in window.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()}
    found |= {x for x in window.findChildren(QListWidget) if x.isVisible()}
    return {w for w in found if not (isinstance(w, QRadioButton) and not w.isChecked())}


def standing(window) -> tuple[object, ...]:
    """Where the set-up is, and what was asked of the fakes."""
    model, fakes = window.model, window.fakes
    return model.page, model.guide is None, model.choice, model.picks, fakes.scanner.starts, len(fakes.checker.asked)


@pytest.mark.parametrize("name", stories())
def test_everything_is_reached_by_tab(told, qtbot, name):
    window = told(stories()[name])
    wanted = pressable(window)
    assert window.focusWidget() is not None, "the focus is somewhere from the first"
    reached = {window.focusWidget()}
    for _ in range(2 * len(wanted) + 4):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget().isVisible()
        reached.add(window.focusWidget())
    assert wanted <= reached, [w.accessibleName() for w in wanted - reached]


@pytest.mark.parametrize("name", stories())
def test_no_letter_serves_two_buttons(told, name):
    window = told(stories()[name])
    keys = [
        text[text.index("&") + 1].upper()
        for b in window.findChildren(QAbstractButton)
        if b.isVisible() and "&" in (text := b.text())
    ]
    assert len(keys) == len(set(keys)), keys


@pytest.mark.parametrize("name", stories())
def test_enter_on_the_first_focus_does_what_the_main_button_says(told, qtbot, name):
    """Whatever has the focus when a page comes up, Enter is not a way back."""
    window = told(stories()[name])
    assert window.focusWidget() is not window.back_button
    primary = window.pages[window.model.page].primary()
    visible = [b for b in window.findChildren(QPushButton) if b.isVisible() and b.property("primary")]
    assert len(visible) == bool(primary)
    if primary:
        assert visible[0].text() == f"{primary} (Enter)"
    before = standing(window)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert (standing(window) != before) is bool(primary)


@pytest.mark.parametrize("name", stories())
def test_escape_always_leads_out(told, qtbot, name):
    window = told(stories()[name])
    for _ in range(12):
        if window.model.choice is not None:
            break
        escape(qtbot, window)
    assert window.model.choice.outcome is Outcome.LEFT


@pytest.mark.parametrize("name", stories())
def test_who_listens_hears_all_that_is_to_be_read(told, name):
    window = told(stories()[name])
    page = window.stack.currentWidget()
    assert page.accessibleName()
    for button in (b for b in window.findChildren(QAbstractButton) if b.isVisible()):
        assert (button.accessibleName() or button.text()).strip()
        assert "&" not in button.accessibleName()
    for tile in (t for t in window.findChildren(Tile) if t.isVisible()):
        assert tile.accessibleName()
        if tile.texts():
            assert tile.accessibleDescription(), tile.accessibleName()
    for chosen in (b for b in page.findChildren(QRadioButton) if b.isVisible()):
        assert chosen.accessibleDescription()


# ---------------------------------------------------------------- contrast


def luminance(image: QImage) -> list[float]:
    """Relative luminance of every third pixel, as WCAG defines it."""
    out = []
    for y in range(0, image.height(), 2):
        for x in range(0, image.width(), 2):
            colour = image.pixelColor(x, y)
            r, g, b = (
                c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                for c in (colour.redF(), colour.greenF(), colour.blueF())
            )
            out.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return out


def contrast(image: QImage) -> float:
    """Between the lightest and the darkest of a piece that holds letters on one ground."""
    values = luminance(image)
    return (max(values) + 0.05) / (min(values) + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", ["welcome", "extent", "where", "returning", "moved", "unreadable", "failed", "result"])
def test_words_and_buttons_stand_out_from_their_ground(told, name, theme):
    window = told(stories()[name], theme=theme)
    image = window.grab().toImage()
    pieces: list[QWidget] = [w for w in window.findChildren(Words) if w.isVisible() and w.text().strip()]
    pieces += [b for b in window.findChildren(QPushButton) if b.isVisible() and b.isEnabled()]
    assert len(pieces) > 3
    for piece in pieces:
        # Without its frame: letters and their ground alone.
        inside = piece.rect().adjusted(8, 4, -8, -4) if isinstance(piece, QPushButton) else piece.rect()
        wide = QRect(piece.mapTo(window, QPoint(inside.left(), inside.top())), inside.size())
        assert contrast(image.copy(wide)) >= LEAST_CONTRAST, (piece.text(), theme)
