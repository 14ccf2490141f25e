"""How the set-up looks: sizes without a cut text, themes, names for those who cannot see it, what moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from setup_fakes import CAP, STRAP, Parts, leading
from setup_stories import LEANING, REFUSED, RUNNING, stories
from setup_window import at_calibration, enter, open_wizard

from calibration.protocol import PoseKind
from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import MIN_PX, fitted, size_of
from monitor.dashboard.setup.figure_poses import ROUND_S, depth, skeleton, stance
from monitor.dashboard.setup.page_base import Words
from monitor.dashboard.setup.page_order import Page
from monitor.dashboard.tiles import Tile

SIZES = [(1024, 600), (1280, 800), (3840, 2160)]


@pytest.fixture
def wizard(shown, qtbot):
    """Opens the set-up on fakes: `wizard(Parts(...))`."""
    return lambda parts, **options: open_wizard(shown, qtbot, parts, **options)


# ---------------------------------------------------------------- what is seen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("story", stories())
def test_no_text_is_cut(wizard, story, size):
    told = stories()[story]
    parts = told.parts()
    window = wizard(parts, theme="light")
    told.act(window, parts)
    window.resize(*size)
    for _ in range(2):
        window.refresh()
        QApplication.processEvents()
    assert (window.width(), window.height()) == size, "the page asks for more than the window has"
    for tile in window.findChildren(Tile):
        if not tile.isVisible():
            continue
        for item in tile.texts():
            way = fitted(item)
            assert " ".join(way.lines) == item.text, f"{tile.accessibleName()}: {way.lines}"
            width, height = size_of(way.lines, way.px, item.bold)
            assert width <= item.rect.width() + 1
            assert height <= item.rect.height() + 1
            assert way.px >= MIN_PX
            assert item.rect.right() <= tile.width() + 1
            assert item.rect.bottom() <= tile.height() + 1
    for label in window.findChildren(Words):
        if label.isVisible() and label.text().strip():
            assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()
            longest = max(label.text().split(), key=len)
            assert QFontMetricsF(label.font()).horizontalAdvance(longest) <= label.width(), label.text()
    for button in window.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.mapTo(window, button.rect().bottomRight()).x() <= window.width()


@pytest.mark.parametrize("view", [leading(), LEANING, RUNNING, REFUSED], ids=["look", "lean", "run", "refused"])
def test_the_instruction_is_read_from_three_metres(wizard, view):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    window.resize(1280, 800)
    at_calibration(window, parts, view)
    QApplication.processEvents()
    say = [t for t in window.pages[Page.CALIBRATE].instruction.texts() if t.text and t.text in view.led.say]
    capital = QFontMetricsF(themes.font(int(say[0].px), bold=True)).capHeight()
    assert capital >= window.height() / 26, "11 mm on a 24-inch screen at least"


def test_letters_grow_with_the_window(wizard):
    window = wizard(Parts(CAP))
    heights = []
    for size in SIZES:
        window.resize(*size)
        heights.append(window.pages[Page.WELCOME].findChildren(Words)[0].font().pixelSize())
    assert heights[0] < heights[1] < heights[2]
    assert heights[2] / heights[0] == pytest.approx(2160 / 600, rel=0.1)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_themes_paint_their_own_ground(wizard, theme):
    window = wizard(Parts(CAP), theme=theme)
    image = window.grab().toImage()
    wanted = {"dark": themes.DARK, "light": themes.LIGHT}[theme].background
    assert image.pixelColor(2, image.height() - 2).name().upper() == wanted


def test_simulated_is_said_on_every_page_of_it_and_nowhere_else(wizard):
    parts = Parts()
    window = wizard(parts)
    assert not window.banner.isVisible()
    window.model.simulate()
    window.refresh()
    assert window.banner.isVisible()
    assert "SIMULATED" in window.banner.text
    window.model.finding.pick(CAP.address)
    window.model.next()
    window.refresh()
    assert window.banner.isVisible()
    window.model.back()
    window.model.back()
    window.refresh()
    assert not window.banner.isVisible()


def test_every_part_has_a_name_for_those_who_cannot_see_it(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    enter(qtbot, window)
    window.refresh()
    for page in window.pages.values():
        assert page.accessibleName()
    for button in window.findChildren(QPushButton):
        assert (button.accessibleName() or button.text()).strip()
    row = window.pages[Page.FIND].list.item(0)
    words = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert CAP.name in words
    assert "battery 87 %" in words
    window.model.finding.pick(CAP.address)
    window.refresh()
    assert "Head" in row.data(Qt.ItemDataRole.AccessibleTextRole)


def test_names_from_the_air_are_plain_text(wizard, qtbot):
    evil = replace(CAP, name="<b>x</b>\n\x1b[2J" + "y" * 300)
    parts = Parts(evil)
    window = wizard(parts)
    enter(qtbot, window)
    parts.scanner.shake(evil.address)
    window.refresh()
    ask = window.pages[Page.FIND].ask
    assert ask.textFormat() is Qt.TextFormat.PlainText
    assert ask.text().isprintable()
    assert len(ask.text()) < 80
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in window.findChildren(QLabel))


# ---------------------------------------------------------------- what moves


def test_the_figure_moves_into_the_pose_and_stands_while_it_is_held(wizard):
    parts = Parts(CAP, STRAP)
    window = wizard(parts, still=False)
    at_calibration(window, parts, leading(holding=False))
    figure = window.pages[Page.CALIBRATE].figure
    assert figure.at_s is not None
    parts.calibrator.view = leading(holding=True)
    window.refresh()
    assert figure.at_s is None


def test_reduced_motion_stands_still(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts, still=True)
    before = window.grab().toImage()
    qtbot.wait(60)
    window.refresh()
    assert window.grab().toImage() == before
    at_calibration(window, parts, leading(holding=False))
    assert window.pages[Page.CALIBRATE].figure.at_s is None


def test_the_demonstration_goes_in_holds_and_returns_without_a_jump():
    parts = [depth(i * 0.01) for i in range(round(2 * ROUND_S / 0.01))]
    assert (min(parts), max(parts)) == (0.0, 1.0)
    assert max(abs(a - b) for a, b in zip(parts[1:], parts[:-1], strict=True)) < 0.05


def test_the_running_figure_never_sinks_into_the_ground():
    for i in range(100):
        bones = skeleton(stance(PoseKind.RUN, "run", i / 100))
        assert min(y for leg in bones.legs for _, y in leg) >= 0.0


def test_poses_differ_from_each_other():
    poses = [(PoseKind.NEUTRAL, ""), (PoseKind.LOOK, "4ft"), (PoseKind.LOOK, "7ft"), (PoseKind.LOOK, "feet")]
    heads = [skeleton(stance(kind, pose, None)).face_deg for kind, pose in poses]
    assert heads == [0.0, 32.0, 22.0, 48.0]
    assert stance(PoseKind.SHRUG, "shrug", None).shrug == 1.0
    assert stance(PoseKind.LEAN, "lean", None).lean_deg > 8
