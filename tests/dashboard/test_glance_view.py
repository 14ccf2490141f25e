"""The glance page, offscreen: nothing cut at any size, what it says of a run, and how it moves and speaks."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from constructed_runs import busy_run
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import fitted, size_of
from monitor.dashboard.glance_facts import moves, next_phase, seen, summary, values
from monitor.dashboard.glance_view import GlancePage
from monitor.dashboard.live_view import GlanceFacts, LiveState, LiveView
from monitor.review.report_words import NOT_VISIBLE, target_words
from monitor.values import Mode

NAN, INF = math.nan, math.inf
SIZES = [(1024, 600), (1280, 800), (1920, 1080), (3840, 2160), (800, 1280)]
STORIES = ["eyes up", "good", "shoulders", "lost", "notice", "treadmill", "thin", "road"]
FULL = GlanceFacts(8.5, 7.4, INF, 8.0, 123_456.0, 188.0)


def view_of(story: str = "good", **changes: object) -> LiveView:
    return replace(busy_run(story)[0].snapshot(), **changes)


def longest(feet: bool) -> LiveView:
    """A moment in which everything has its longest words."""
    return view_of(
        "treadmill",
        reason="Cap sensor: it cannot see this from where it sits",
        gaze="about 28–44 ft" if feet else "about 10.5–14 m",
        shoulders=NOT_VISIBLE,
        elapsed_s=23 * 3600.0 + 59 * 60 + 59,
        cadence_spm=188.0,
        speed="12.4 mph" if feet else "20.0 km/h",
    )


class Clock:
    """Seconds that stand still until they are told."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def page(qtbot):
    """Makes pages and keeps them."""
    kept = []

    def make(size: tuple[int, int] = (1280, 800), theme: themes.Theme = themes.DARK, **options) -> GlancePage:
        widget = GlancePage(theme, **options)
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
        return widget

    yield make
    kept.clear()


# ---------------------------------------------------------------- sizes


def check_texts(widget: GlancePage) -> None:
    """Every text is set whole, inside its box, its box inside its tile, its tile inside the page; no tiles touch."""
    shown = [tile for tile in widget.tiles if tile.isVisible()]
    for i, tile in enumerate(shown):
        assert widget.rect().contains(tile.geometry())
        assert not any(tile.geometry().intersects(other.geometry()) for other in shown[i + 1 :])
        for item in tile.texts():
            way = fitted(item)
            width, height = size_of(way.lines, way.px, item.bold)
            assert " ".join(way.lines) == item.text
            assert width <= item.rect.width() + 0.5
            assert height <= item.rect.height() + 1.0
            assert QRectF(tile.rect()).contains(item.rect)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("feet", [True, False], ids=["feet", "metres"])
@pytest.mark.parametrize("state", list(LiveState), ids=lambda s: s.name)
def test_the_longest_words_fit_in_every_state_and_size(page, size, feet, state):
    widget = page(size)
    for mode in Mode:
        view = replace(longest(feet), state=state, mode=mode)
        widget.show_view(view, replace(FULL, feet=feet))
        check_texts(widget)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("story", STORIES)
def test_real_runs_fit_with_and_without_the_extra_values(page, size, story):
    widget = page(size)
    for facts in (FULL, GlanceFacts()):
        widget.show_view(view_of(story), facts)
        check_texts(widget)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", [LiveState.EYES_UP, LiveState.RELAX_SHOULDERS, LiveState.GOOD, LiveState.SENSOR_LOST])
def test_word_and_numbers_are_large(page, size, state):
    """On a 24-inch screen (about 300 mm high): the state's capitals 20 mm at least, numbers 12 mm at least."""
    widget = page(size)
    widget.show_view(view_of("good", state=state), GlanceFacts())
    word = fitted(widget.state.texts()[0])
    assert word.lines[0].startswith(state.word.split()[0])
    least = min(size)
    assert QFontMetricsF(themes.font(word.px, bold=True)).capHeight() >= least / 14
    numbers = [item for item in widget.numbers.texts() if item.bold and item.text[0].isdigit()]
    assert len(numbers) == 2
    for item in numbers:
        assert QFontMetricsF(themes.font(fitted(item).px, bold=True)).capHeight() >= least / 25


def test_a_banner_comes_and_goes_and_the_figure_keeps_most_of_the_room(page):
    widget = page()
    widget.show_view(view_of("good", simulated=False), GlanceFacts())
    assert not widget.simulated.isVisible()
    before = widget.figure.height()
    widget.show_view(view_of("notice"), GlanceFacts())
    assert widget.simulated.isVisible()
    assert widget.notice.isVisible()
    assert 0.8 * before < widget.figure.height() < before
    assert widget.figure.height() > 0.4 * widget.height()
    widget.show_view(view_of("good", simulated=False), GlanceFacts())
    assert widget.figure.height() == before


def test_a_window_with_its_own_banners_gets_none(page):
    widget = page(banners=False)
    widget.show_view(view_of("notice"), GlanceFacts())
    assert not widget.simulated.isVisible()
    assert not widget.notice.isVisible()


# ---------------------------------------------------------------- what is said


def texts_of(view: LiveView, facts: GlanceFacts) -> dict[str, str]:
    return {value.caption: value.text for value in values(view, facts)}


def test_known_values_are_shown_and_unknown_ones_left_out():
    view = view_of("good", speed="10.0 km/h", gaze="about 4–9 ft", shoulders="relaxed")
    assert texts_of(view, GlanceFacts()) == {
        "Eyes on": "about 4–9 ft",
        "Shoulders": "relaxed",
        "Time": "12:46",
        "Cadence": "168",
        "km/h": "10.0",
    }
    more = texts_of(replace(view, speed=""), GlanceFacts(distance_m=5000.0, heart_bpm=151.6))
    assert (more["Miles"], more["Heart"]) == ("3.11", "152")
    assert texts_of(view, GlanceFacts(distance_m=5000.0, feet=False))["km"] == "5.00"


def test_nothing_current_is_said_of_a_head_that_is_not_seen():
    for state in (LiveState.SENSOR_LOST, LiveState.NOT_CALIBRATED, LiveState.FAILED):
        view = view_of("good", state=state, gaze="about 4–9 ft")
        drawn = seen(view, FULL)
        assert math.isnan(drawn.pitch_deg)
        assert not drawn.gaze_known
        assert texts_of(view, FULL)["Eyes on"] == "–"
        assert "Gaze not known" in summary(view, FULL)


def test_the_drawn_head_holds_the_trunks_lean_again():
    view = view_of("good", needle_deg=12.0)
    assert seen(view, GlanceFacts(lean_deg=8.0)).pitch_deg == 20.0
    assert seen(view, GlanceFacts()).pitch_deg == 12.0
    assert math.isnan(seen(view, GlanceFacts()).lean_deg)


def test_who_waits_stands_and_who_runs_does_not():
    for state in (LiveState.READY, LiveState.PAUSED):
        assert seen(view_of("good", state=state, cadence_spm=NAN), FULL).standing
    assert not seen(view_of("good", state=LiveState.PAUSED, cadence_spm=120.0), FULL).standing
    assert not seen(view_of("lost"), FULL).standing


def test_the_page_in_sentences():
    view = view_of("eyes up", speed="6.2 mph", simulated=True)
    assert summary(view, GlanceFacts(heart_bpm=150.0)) == (
        f"Simulated. EYES UP. {target_words(Mode.TRAIL, feet=True)}. Eyes on the ground {view.gaze}."
        " Shoulders relaxed. Time 12:44. Cadence 168 steps a minute. Speed 6.2 mph. Heart 150 beats a minute."
    )


def test_accessible_names_and_a_text_at_most_once_a_second(page):
    clock = Clock()
    widget = page(clock=clock)
    names = [widget.accessibleName(), *(tile.accessibleName() for tile in widget.tiles)]
    assert all(names)
    assert len(set(names)) == len(names)
    said = []
    for frame in range(90):  # three seconds at 30 fps, another cadence in each frame
        clock.s = 100.0 + frame / 30
        widget.show_view(view_of("good", cadence_spm=150.0 + frame), GlanceFacts())
        if not said or said[-1] != widget.accessibleDescription():
            said.append(widget.accessibleDescription())
    assert len(said) == 3
    assert "GOOD" in said[0]


# ---------------------------------------------------------------- motion


@pytest.mark.parametrize(
    ("phase", "seconds", "cadence", "after"),
    [
        (0.0, 0.1, 180.0, 0.15),
        (0.95, 0.1, 120.0, 0.05),
        (0.3, 0.1, NAN, 0.3),
        (0.3, NAN, 170.0, 0.3),
        (0.3, -5.0, 170.0, 0.3),
        (0.0, 60.0, 120.0, 0.25),
        (0.0, 0.1, INF, 0.0),
    ],
)
def test_the_stride_turns_with_the_cadence(phase, seconds, cadence, after):
    assert next_phase(phase, seconds, cadence) == pytest.approx(after)


def frames(widget: GlancePage, clock: Clock, view: LiveView) -> list[tuple[object, ...]]:
    """Legs and arms over a third of a second."""
    found = []
    for frame in range(10):
        clock.s = 200.0 + frame / 30
        widget.show_view(view, FULL)
        now = widget.figure.drawn()
        found.append((now.near_leg, now.far_leg, now.near_arm, now.far_arm))
    return found


def test_legs_run_with_the_cadence_and_rest_in_reduced_motion(page):
    clock = Clock()
    widget = page(clock=clock)
    assert len(set(frames(widget, clock, view_of("good")))) == 10
    assert len(set(frames(widget, clock, view_of("good", cadence_spm=NAN)))) == 1
    widget.reduced_motion = True
    assert len(set(frames(widget, clock, view_of("good")))) == 1
    assert moves(view_of("good"))


def test_reduced_motion_paints_the_same_pixels_while_the_head_still_turns(page):
    clock = Clock()
    widget = page(clock=clock, reduced_motion=True)
    pictures = []
    for frame, pitch in enumerate((5.0, 5.0, 30.0)):
        clock.s = 300.0 + frame / 30
        widget.show_view(view_of("good", needle_deg=pitch), GlanceFacts())
        pictures.append(widget.figure.grab().toImage())
    assert pictures[0] == pictures[1]
    assert pictures[1] != pictures[2]


# ---------------------------------------------------------------- looks


def test_themes_change_every_tile(page):
    widget = page()
    widget.show_view(view_of("notice"), GlanceFacts())
    dark = [tile.grab().toImage() for tile in widget.tiles if tile is not widget.simulated]
    widget.restyle(themes.LIGHT)
    light = [tile.grab().toImage() for tile in widget.tiles if tile is not widget.simulated]
    assert all(a != b for a, b in zip(dark, light, strict=True))


def test_nan_everywhere_is_painted(page):
    widget = page()
    numbers = dict.fromkeys(("needle_deg", "pitch_deg", "cadence_spm", "elapsed_s", "shoulder_score"), NAN)
    for state in LiveState:
        widget.show_view(view_of("good", state=state, **numbers), GlanceFacts())
        QApplication.processEvents()
        assert widget.grab().size() == widget.size()
    assert [value.text for value in values(view_of("good", **numbers), GlanceFacts())][2:] == ["–", "–"]
