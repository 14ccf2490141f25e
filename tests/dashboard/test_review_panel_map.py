"""The map of a run: geometry, how pieces are told apart, clicks, keys, and what stands there without positions."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from review_panels import CRAMP_S, LOW, SIDE_M, SPEED_M_S, a_run, an_analysis

from monitor.alignment.result import Method, NotAligned
from monitor.dashboard import theme as themes
from monitor.dashboard.review import track_map as tm
from monitor.dashboard.review.panel_map import MapPage, why_no_map
from monitor.dashboard.review.review_model import ReviewModel
from monitor.review.reviewed import reviewed

LAP_S = 4 * SIDE_M / SPEED_M_S


@pytest.fixture(scope="module")
def run():
    return a_run()


@pytest.fixture
def page(run, shown):
    model = ReviewModel(run)
    page = MapPage(model, themes.DARK)
    page.resize(420, 440)
    return shown(page)


def test_the_square_is_a_square_in_metres(run):
    track = tm.track_map(run)
    assert np.ptp(track.x_m) == pytest.approx(SIDE_M, rel=0.01)
    assert np.ptp(track.y_m) == pytest.approx(SIDE_M, rel=0.01)
    start, east = track.at(0.0), track.at(SIDE_M / SPEED_M_S - 0.5)
    assert east[0] - start[0] == pytest.approx(SIDE_M, abs=3)
    assert east[1] == pytest.approx(start[1], abs=2)


def test_pieces_past_the_limit_are_where_the_head_was_low(run):
    track = tm.track_map(run)
    for start_s, end_s in LOW:
        assert track.stretch_at((start_s + end_s) / 2) is tm.Stretch.PAST
        assert track.stretch_at(end_s + 10) is tm.Stretch.WELL
    past_s = np.diff(track.t_s)[(track.stretch == tm.Stretch.PAST)[:-1]].sum()
    assert past_s == pytest.approx(sum(b - a for a, b in LOW), abs=6)


def test_what_lies_outside_the_recording_is_not_called_good():
    run = a_run()
    late = replace(run.watch.course, t_s=run.watch.course.t_s + 600)
    track = tm.track_map(replace(run, watch=replace(run.watch, course=late)))
    assert track.stretch_at(2300.0) is tm.Stretch.UNSEEN
    assert track.stretch_at(700.0) is tm.Stretch.WELL


def test_signs_stand_where_things_happened(run):
    track = tm.track_map(run)
    marks = [s for s in track.signs if s.kind is tm.Sign.MARK]
    assert [s.t_s for s in marks] == [CRAMP_S]
    assert "cramp" in marks[0].words
    assert "24:10" in marks[0].words
    assert {s.kind for s in track.signs} == set(tm.Sign)
    for sign in track.signs:
        assert (sign.x_m, sign.y_m) == pytest.approx(track.at(sign.t_s))


def test_a_place_that_was_passed_often_gives_one_pass_after_the_other(run):
    track = tm.track_map(run)
    x_m, y_m = track.at(50.0)
    times, now_s = [], 0.0
    for _ in range(5):
        now_s = track.time_at(x_m, y_m, 10.0, now_s)
        times.append(now_s)
    assert times[:4] == pytest.approx([50 + k * LAP_S for k in range(4)], abs=2)
    assert times[4] == pytest.approx(50 + 4 * LAP_S if 50 + 4 * LAP_S < 1800 else 50, abs=2)
    assert track.time_at(x_m + 5000, y_m, 10.0, 0.0) is None


def test_faulty_positions_do_not_blow_up_the_map(run):
    course = run.watch.course
    lat, lon = course.lat_deg.copy(), course.lon_deg.copy()
    lat[100], lon[100] = 0.0, 0.0
    lat[200], lat[300], lon[400] = np.nan, 91.0, np.inf
    lat[500] += 1.0  # a spike of 111 km
    bad = replace(run, watch=replace(run.watch, course=replace(course, lat_deg=lat, lon_deg=lon)))
    track = tm.track_map(bad)
    assert np.ptp(track.x_m) == pytest.approx(SIDE_M, rel=0.02)
    assert np.ptp(track.y_m) == pytest.approx(SIDE_M, rel=0.02)


def test_a_long_gap_is_not_drawn_and_has_no_place(run):
    course = run.watch.course
    keep = (course.t_s < 600) | (course.t_s > 900)
    names = [f.name for f in fields(course) if f.name not in ("laps", "source")]
    columns = {n: getattr(course, n)[keep] for n in names}
    track = tm.track_map(replace(run, watch=replace(run.watch, course=replace(course, **columns))))
    assert track.at(750.0) is None
    assert track.at(595.0) is not None
    assert track.at(905.0) is not None
    assert (~track.joined).sum() == 2


def test_a_day_is_thinned_and_keeps_its_shape():
    n = 86_400
    t_s = np.arange(n, dtype=float)
    x, y = 200 * np.cos(t_s / 20), 200 * np.sin(t_s / 20)
    keep = tm.thinned(x, y, np.zeros(n - 1, bool))
    assert len(keep) <= tm.MOST_POINTS + 2
    assert keep[0] == 0
    assert keep[-1] == n - 1
    assert np.ptp(x[keep]) == pytest.approx(400, rel=0.01)


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-360, 360)), min_size=1, max_size=40),
)
def test_any_positions_lie_flat_without_complaint(places):
    lat, lon = (np.array(values) for values in zip(*places, strict=True))
    x, y = tm.flat(lat, lon)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_the_date_line_is_crossed():
    x, _ = tm.flat(np.zeros(2), np.array([179.999, -179.999]))
    assert abs(x[1] - x[0]) == pytest.approx(222.4, rel=0.01)


@given(st.floats(1, 200_000), st.booleans())
def test_the_scale_bar_is_round_and_fits(longest_m, feet):
    length_m, words = tm.scale_bar(longest_m, feet=feet)
    assert length_m <= max(longest_m, 6.2)
    assert words.endswith(("ft", "mi") if feet else ("m", "km"))


def test_a_click_moves_the_cursor_there(page, qtbot):
    place = page.canvas.to_px(*page.canvas.track.at(60.0)).toPoint()
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert page.model.t_s == pytest.approx(60.0, abs=4)
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert page.model.t_s == pytest.approx(60.0 + LAP_S, abs=4)


def test_a_click_beside_the_track_moves_nothing(page, qtbot):
    page.model.move_cursor(33.0)
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=page.canvas.ground().center().toPoint())
    assert page.model.t_s == 33.0


def test_a_sign_is_hit_exactly(page, qtbot):
    sign = next(s for s in page.canvas.track.signs if s.kind is tm.Sign.MARK)
    place = page.canvas.to_px(sign.x_m, sign.y_m)
    assert page.canvas.sign_at(place) is sign
    qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert page.model.t_s == CRAMP_S


def test_keys_move_cursor_and_view(page, qtbot):
    page.canvas.setFocus()
    page.model.move_cursor(100.0)
    qtbot.keyClick(page.canvas, Qt.Key.Key_Right)
    assert page.model.t_s == 105.0
    qtbot.keyClick(page.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert page.model.t_s == 45.0
    whole = page.canvas.view.px_per_m
    qtbot.keyClick(page.canvas, Qt.Key.Key_Plus)
    assert page.canvas.view.px_per_m == pytest.approx(2 * whole)
    qtbot.keyClick(page.canvas, Qt.Key.Key_0)
    assert page.canvas.view.px_per_m == pytest.approx(whole)


def test_zooming_keeps_the_place_under_the_mouse(page):
    about = QPointF(100.0, 90.0)
    middle, view = page.canvas.ground().center(), page.canvas.view
    x_m = view.x_m + (about.x() - middle.x()) / view.px_per_m
    y_m = view.y_m - (about.y() - middle.y()) / view.px_per_m
    page.canvas._zoom(3.0, about)
    again = page.canvas.to_px(x_m, y_m)
    assert (again.x(), again.y()) == pytest.approx((100.0, 90.0))
    for _ in range(40):
        page.canvas.zoom_in()
    assert page.canvas.view.px_per_m <= 20.0


def test_dragging_moves_the_view_and_not_the_cursor(page, qtbot):
    before = page.canvas.view
    start = page.canvas.to_px(*page.canvas.track.at(60.0)).toPoint()
    qtbot.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(page.canvas, start + QPoint(40, 10))
    qtbot.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 10))
    assert page.canvas.view.x_m < before.x_m
    assert page.model.t_s == 0.0


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT])
def test_the_three_states_differ_in_width_or_dashes_too(page, theme):
    page.restyle(theme)
    pens = [page.canvas.pen(stretch) for stretch in tm.Stretch]
    assert len({(pen.width(), pen.style()) for pen in pens}) == 3


def test_the_legend_names_what_is_drawn_and_is_not_cut(page):
    for width in (200, 420, 900):
        page.resize(width, 440)
        cells = page.canvas.legend()
        assert [kind for kind, _, _ in cells if isinstance(kind, tm.Stretch)] == list(tm.Stretch)
        for _, box, text in cells:
            assert box.left() >= 0
            assert text.rect.right() <= page.canvas.width()
            assert page.canvas.ground().bottom() <= box.top()


def test_the_cursor_is_drawn_where_the_runner_was(page):
    page.model.move_cursor(50.0)
    dot = page.canvas._dot()
    picture = page.canvas.grab().toImage()
    assert picture.pixelColor(dot.toPoint()).name() == themes.DARK.trace.lower()
    assert "0:50" in page.place.text()


def test_without_positions_a_sentence_stands_there_and_the_way_to_a_watch(shown, qtbot):
    of = an_analysis()
    cases = {
        "No watch file": reviewed(of),
        "no positions": a_run(positions=False),
        "does not lie": a_run(alignment=NotAligned(Method.CADENCE, "The cadence does not fit.")),
    }
    for words, run in cases.items():
        assert words in why_no_map(run)
        page = shown(MapPage(ReviewModel(run), themes.DARK))
        assert page.canvas.track is None
        assert page.canvas.instead == why_no_map(run) == page.canvas.accessibleDescription()
        page.canvas.zoom_in()
        page.canvas.grab()
        with qtbot.waitSignal(page.page_wanted) as asked:
            page.add_watch.click()
        assert asked.args == ["Watch"]


def test_a_screen_reader_hears_the_map(page):
    said = page.canvas.accessibleDescription()
    assert "miles" in said
    assert "posture good" in said
    assert "1 mark" in said
    assert math.isclose(sum(int(p.split(" %")[0].split()[-1]) for p in said.split(",")[1:4]), 100, abs_tol=2)


def test_an_unseen_page_draws_nothing_until_it_is_seen(run):
    model = ReviewModel(run)
    page = MapPage(model, themes.DARK)
    model.move_cursor(50.0)
    assert page.canvas.track is None
    page.refresh()
    assert page.canvas.track is not None
    assert page.canvas.cursor_s == 50.0
    page.deleteLater()


def test_the_view_stays_when_only_the_posture_was_judged_anew(page):
    page.canvas.zoom_in()
    view = page.canvas.view
    page.model.replace_run(replace(page.model.run, observations=()))
    assert page.canvas.view == view


def test_a_close_view_follows_the_cursor(page):
    page.model.move_cursor(50.0)
    for _ in range(4):
        page.canvas.zoom_in()
    page.model.move_cursor(250.0)
    assert page.canvas.ground().contains(page.canvas._dot())
