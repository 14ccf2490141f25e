"""The painted runner, offscreen: states differ where they should, nothing leaves the panel, nothing unknown raises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QImage

from monitor.dashboard.figure import Figure
from monitor.dashboard.figure_inks import inks
from monitor.dashboard.figure_pose import Seen
from monitor.dashboard.fitting import fitted, size_of
from monitor.dashboard.live_view import LiveState
from monitor.dashboard.theme import DARK, LIGHT
from monitor.values import Mode

NAN, INF = math.nan, math.inf
SIZE = (1260, 440)
GOOD = Seen(pitch_deg=5.0, shoulder=0.0, gaze_m=1.7, gaze_low_m=1.3, gaze_high_m=2.4, mode=Mode.TRAIL)
LOW = Seen(pitch_deg=45.0, shoulder=0.0, gaze_m=0.6, gaze_low_m=0.3, gaze_high_m=1.0, mode=Mode.TRAIL)


@pytest.fixture
def figure(qtbot):
    """A figure of a size and theme; kept, since qtbot holds widgets weakly."""
    kept = []

    def make(theme=DARK, size=SIZE) -> Figure:
        widget = Figure(theme)
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(*size)
        return widget

    yield make
    kept.clear()


def painted(widget: Figure, seen: Seen, state: LiveState = LiveState.GOOD, feet: bool = True) -> QImage:
    widget.show_figure(seen, state, seen.mode.upper(), "spoken", feet=feet)
    return widget.grab().toImage()


def differences(a: QImage, b: QImage) -> QRectF:
    """The smallest box around all pixels that differ; empty for equal pictures."""
    rows = [y for y in range(a.height()) if a.copy(0, y, a.width(), 1) != b.copy(0, y, a.width(), 1)]
    columns = [x for x in range(a.width()) if a.copy(x, 0, 1, a.height()) != b.copy(x, 0, 1, a.height())]
    if not rows:
        return QRectF()
    return QRectF(QPointF(columns[0], rows[0]), QPointF(columns[-1] + 1, rows[-1] + 1))


def inks_in(image: QImage, box: QRectF) -> set[str]:
    part = image.copy(box.toAlignedRect()).convertToFormat(QImage.Format.Format_RGB32)
    return {f"#{int(ink) & 0xFFFFFF:06x}" for ink in np.unique(np.frombuffer(part.constBits(), np.uint32))}


def around(widget: Figure, point: tuple[float, float], part: float) -> QRectF:
    """A box of `part` statures around a point of the pose, in the widget's pixels."""
    at, half = QPointF(*point) + widget.area().topLeft(), part * widget.drawn().unit / 2
    return QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)


# ---------------------------------------------------------------- what differs, and where


def test_equal_values_paint_equal_pictures_and_another_theme_does_not(figure):
    assert painted(figure(), GOOD) == painted(figure(), GOOD)
    assert painted(figure(), GOOD) != painted(figure(LIGHT), GOOD)


def test_a_lowered_head_changes_the_head_and_leaves_the_legs(figure):
    one, other = figure(), figure()
    unseen = Seen(pitch_deg=0.0, mode=Mode.TRAIL), Seen(pitch_deg=40.0, mode=Mode.TRAIL)
    box = differences(painted(one, unseen[0]), painted(other, unseen[1]))
    assert not box.isEmpty()
    assert box.bottom() < one.drawn().hip[1]
    assert around(one, one.drawn().nose, 0.02).intersects(box)


def test_a_shrug_changes_shoulders_and_arms_only(figure):
    one, other = figure(), figure()
    box = differences(
        painted(one, Seen(shoulder=0.0, mode=Mode.TRAIL)), painted(other, Seen(shoulder=1.0, mode=Mode.TRAIL))
    )
    now = one.drawn()
    left = one.area().left()
    assert now.relaxed[1] - 0.25 * now.unit < box.top()
    assert box.bottom() < now.hip[1] + 0.05 * now.unit
    assert left + now.hip[0] - 0.4 * now.unit < box.left()
    assert box.right() < left + now.scale.zero + 0.3 * now.unit


def test_a_farther_gaze_is_painted_farther(figure):
    near, far = figure(), figure()
    near_image, far_image = painted(near, LOW), painted(far, GOOD)
    ink = inks(DARK, LiveState.GOOD).gaze.name()
    for widget, image in ((near, near_image), (far, far_image)):
        landing = widget.drawn().ray[-1]
        assert ink in inks_in(image, around(widget, (landing[0], landing[1] - 4), 0.02))
    assert near.drawn().ray[-1][0] < far.drawn().ray[-1][0]


@pytest.mark.parametrize("state", [LiveState.EYES_UP, LiveState.GOOD])
def test_the_lifting_arrow_stands_only_in_eyes_up(figure, state):
    widget = figure()
    image = painted(widget, LOW, state)
    now = widget.drawn()
    # Half way from the gaze to the target, where the arrow turns.
    turn = math.atan2(now.ray[1][1] - now.eye[1], now.ray[1][0] - now.eye[0]) - math.radians(9)
    at = now.eye[0] + 0.42 * now.unit * math.cos(turn), now.eye[1] + 0.42 * now.unit * math.sin(turn)
    found = inks(DARK, LiveState.EYES_UP).fault.name() in inks_in(image, around(widget, at, 0.06))
    assert found is (state is LiveState.EYES_UP)


@pytest.mark.parametrize("seen", [GOOD, Seen(mode=Mode.TRAIL)], ids=["far enough", "unknown"])
def test_eyes_up_without_a_way_along_the_ground_is_a_plain_arrow(figure, seen):
    """The gaze is on its target or unknown, and still the head is too low: never an arrow down, nor none."""
    widget = figure()
    image = painted(widget, seen, LiveState.EYES_UP)
    now = widget.drawn()
    at = now.scale.zero + 0.28 * now.unit, now.eye[1]
    assert inks_in(image, around(widget, at, 0.04)) == {inks(DARK, LiveState.EYES_UP).fault.name()}
    # No dashed gaze beside it: half way down there is at most the gaze as it is.
    half = (now.eye[0] + now.scale.x(1.6)) / 2, (now.eye[1] + now.scale.ground) / 2
    assert inks(DARK, LiveState.EYES_UP).target.name() not in inks_in(image, around(widget, half, 0.3))


def test_on_technical_ground_eyes_up_points_past_the_marks(figure):
    widget = figure()
    image = painted(widget, Seen(15.0, NAN, 0.0, 3.5, 3.0, 4.5, Mode.TECHNICAL), LiveState.EYES_UP)
    now = widget.drawn()
    level = QRectF(widget.area().left() + now.scale.end - 300, widget.area().top() + now.eye[1] - 1, 200, 3)
    assert inks(DARK, LiveState.EYES_UP).target.name() in inks_in(image, level)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
def test_states_differ_in_shape_not_in_colour_alone(figure, theme):
    """The same runner in each state, as black and white: what is not panel."""

    def silhouette(state: LiveState, seen: Seen) -> QImage:
        image = painted(figure(theme), seen, state)
        return image.createMaskFromColor(image.pixel(6, 6))

    pictures = [
        silhouette(LiveState.GOOD, LOW),
        silhouette(LiveState.EYES_UP, LOW),
        silhouette(LiveState.RELAX_SHOULDERS, LOW),
        silhouette(LiveState.SENSOR_LOST, Seen(mode=Mode.TRAIL)),
        silhouette(LiveState.NOT_CALIBRATED, Seen(mode=Mode.TRAIL, standing=True)),
        silhouette(LiveState.GOOD, Seen(mode=Mode.TRAIL)),
    ]
    for i, a in enumerate(pictures):
        for b in pictures[i + 1 :]:
            box = differences(a, b)
            assert box.width() > 20
            assert box.height() > 20


def test_an_unknown_gaze_is_a_question_not_a_ray(figure):
    widget = figure()
    image = painted(widget, Seen(pitch_deg=5.0, mode=Mode.TRAIL))
    now = widget.drawn()
    area = widget.area().topLeft()
    before = area.x() + now.scale.zero + 0.25 * now.unit
    sky = QRectF(before, area.y() + now.eye[1] + 0.3 * now.unit, now.scale.width - 0.3 * now.unit, 0.4 * now.unit)
    assert inks_in(image, sky) == {DARK.panel.lower()}
    question = QRectF(area.x() + now.scale.zero + 0.3 * now.unit, area.y() + now.eye[1] - 5, 0.35 * now.unit, 30)
    assert inks(DARK, LiveState.GOOD).sign.name() in inks_in(image, question)


def test_a_shoulder_that_no_sensor_sees_is_pale(figure):
    sleeves = []
    for score in (0.0, NAN):
        widget = figure()
        image = painted(widget, Seen(shoulder=score, mode=Mode.TRAIL))
        sleeves.append(inks_in(image, around(widget, widget.drawn().near_arm.shoulder, 0.03)))
    assert sleeves[0] == {DARK.trace.lower()}
    assert len(sleeves[1]) == 1
    assert sleeves[0] != sleeves[1]


def test_a_lost_sensor_is_grey(figure):
    image = painted(figure(), Seen(mode=Mode.TRAIL), LiveState.SENSOR_LOST)
    whole = QRectF(0, 0, 420, image.height())
    for ink in (DARK.trace, DARK.good, DARK.alert):
        assert ink.lower() not in inks_in(image, whole)
    assert DARK.attention.lower() in inks_in(image, whole)


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
@pytest.mark.parametrize("state", list(LiveState))
def test_nothing_is_painted_outside_the_panel(figure, theme, state):
    """The rim of the panel holds its own colours only, whatever head, shoulders and stride do."""
    empty = painted(figure(theme), Seen(mode=Mode.ROAD), LiveState.GOOD)
    width, height = empty.width(), empty.height()
    rims = [(0, 0, width, 4), (0, height - 4, width, 4), (0, 0, 4, height), (width - 4, 0, 4, height)]
    widget = figure(theme)
    for pitch, shoulder, phase in ((-45.0, 1.3, 0.1), (80.0, -0.3, 0.5), (0.0, 1.3, 0.85)):
        image = painted(widget, Seen(pitch, 30.0, shoulder, 50.0, 0.0, INF, Mode.ROAD, phase), state)
        for rim in rims:
            assert image.copy(*rim) == empty.copy(*rim)


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (300, 900), (2000, 90), (1000, 320), (3800, 1180)])
@pytest.mark.parametrize("state", [LiveState.EYES_UP, LiveState.RELAX_SHOULDERS, LiveState.SENSOR_LOST])
def test_nan_everywhere_and_any_size_is_painted(figure, size, state):
    widget = figure(size=size)
    for seen in (Seen(), Seen(NAN, INF, -INF, INF, NAN, -INF), Seen(INF, NAN, INF, 0.0, 0.0, 0.0, Mode.TRAIL, 0.3)):
        assert painted(widget, seen, state).size() == QSize(*size)


@pytest.mark.parametrize("size", [(1012, 300), (1260, 410), (1900, 560), (3800, 1130), (790, 600), (630, 200)])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("feet", [True, False])
def test_labels_fit_and_do_not_touch(figure, size, mode, feet):
    widget = figure(size=size)
    painted(widget, Seen(mode=mode), feet=feet)
    boxes = []
    for item in widget.texts():
        way = fitted(item)
        width, height = size_of(way.lines, way.px, item.bold)
        assert " ".join(way.lines) == item.text
        assert width <= item.rect.width() + 0.5
        assert QRectF(widget.rect()).contains(item.rect)
        centre = item.rect.center()
        boxes.append(QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height))
    labels = boxes[:-1]  # the corner's word is set at its box's right edge
    for i, a in enumerate(labels):
        for b in labels[i + 1 :]:
            assert not a.intersects(b)


# ---------------------------------------------------------------- cost


def test_equal_values_ask_for_no_painting(figure, monkeypatch):
    widget = figure()
    asked = []
    monkeypatch.setattr(widget, "update", lambda *_: asked.append(1))
    for pitch in (10.0, 10.01, 10.0, 14.0):
        widget.show_figure(Seen(pitch_deg=pitch), LiveState.GOOD, "", "", feet=True)
    assert len(asked) == 2
