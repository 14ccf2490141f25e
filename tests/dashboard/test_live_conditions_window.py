"""In the real window, offscreen: cues that rest, a treadmill's ground, the needle, the trunk's lean, five sensors."""

from __future__ import annotations

import math

from constructed_runs import model
from PySide6.QtCore import Qt
from recorded_actions import Recorded

from monitor.dashboard import theme as themes
from monitor.dashboard.pitch_tile import PitchTile
from monitor.dashboard.window import LiveWindow
from monitor.values import NS_PER_S, Ground, SensorInfo, Site


def test_snooze_and_treadmill_keys_say_what_came_of_them(opened, qtbot):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert window.notice.text == "Cues rest for 5 minutes"
    for key in "+=-[]":
        qtbot.keyClicks(window, key)
    steps = [("faster", 1), ("faster", 1), ("faster", -1), ("steeper", -1), ("steeper", 1)]
    assert actions.asked == ["snooze", *steps]
    assert window.notice.text == "Treadmill: 10.0 km/h, incline 0.5 %"
    actions.refuse = True
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert window.notice.text == "The recording is closed already"


def test_without_a_treadmill_its_keys_are_neither_answered_nor_listed(opened, qtbot):
    window, actions = opened()
    actions.treadmill = False
    qtbot.keyClicks(window, "+]")
    assert window.notice.text == ""
    assert not window.figures.ground.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert "treadmill" not in window.help.text.text()
    qtbot.keyClick(window, Qt.Key.Key_Question)
    window._model.ground(Ground(0, 3.0, 0.0))
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert "treadmill 0.1 mph faster, slower" in window.help.text.text()


def test_a_rest_stands_in_words_until_it_is_over(opened):
    window, _ = opened()
    assert not window.rest.isVisible()
    window._model.rest(4_965 * NS_PER_S)
    window.refresh()
    assert window.rest.isVisible()
    assert window.rest.text.startswith("Cues rest until 1:22:45, 1:10:0")
    assert window.rest.accessibleDescription() == window.rest.text
    assert window.figures.log.lines[0].title == "Cues rest until 1:22:45"
    window._model.rest(None)
    window.refresh()
    assert not window.rest.isVisible()


def test_the_ground_and_the_seconds_ahead_stand_on_their_tiles(opened):
    window, _ = opened("treadmill")
    assert (window.figures.ground.value, window.figures.ground.below) == ("7.7 mph", "incline 5.5 %")
    assert window.figures.ground.isVisible()
    assert window.figures.gaze.beside == "0.4 s ahead"
    assert "0.4 s ahead" in window.figures.gaze.accessibleDescription()
    assert window.figures.pitch.lean == "trunk lean 8° taken off"


def test_the_help_says_that_the_lean_is_included_only_where_it_is(opened, qtbot):
    for story, included in (("good", True), ("treadmill", False)):
        window, _ = opened(story)
        qtbot.keyClick(window, Qt.Key.Key_Question)
        assert ("lean of the trunk is included" in window.help.text.text()) is included
        assert bool(window.figures.pitch.lean) is not included


def test_the_needle_moves_at_once_and_takes_its_colour_from_the_sustained_pitch(shown):
    tile = shown(PitchTile(themes.DARK))
    tile.resize(360, 110)

    def inks() -> set[str]:
        image = tile.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(230, image.width()) for y in range(20, 75)}

    tile.show_pitch(10.0, 20.0, False, "limit 20°", "")
    level = tile.grab().toImage()
    assert themes.DARK.trace.lower() in inks()
    tile.show_pitch(40.0, 20.0, False, "limit 20°", "")
    assert tile.grab().toImage() != level
    assert themes.DARK.trace.lower() in inks()  # a glance: no alarm
    tile.show_pitch(40.0, 20.0, True, "limit 20°", "")
    assert themes.DARK.trace.lower() not in inks()
    tile.show_pitch(math.nan, 20.0, False, "limit 20°", "")
    assert themes.DARK.trace.lower() not in inks()
    assert tile.value == "–"


def test_the_figure_does_not_flicker_between_two_numbers(shown):
    tile = shown(PitchTile(themes.DARK))
    values = []
    for needle in (12.4, 12.6, 12.4, 13.1, 13.3, 12.6, 20.0, math.nan, 12.6):
        tile.show_pitch(needle, 20.0, False, "limit 20°", "")
        values.append(tile.value)
    assert values == [*["12° down"] * 3, "12° down", "13° down", "13° down", "20° down", "–", "13° down"]


def test_five_sensors_have_five_rows_with_places_in_words(shown):
    sites = list(Site)
    live, clock = model(*(SensorInfo(s.value, s, "demo", f"IMU {i}", "", 50.0) for i, s in enumerate(sites)))
    clock.at(1)
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    names = [item.text for item in window.figures.links.texts() if "IMU" in item.text]
    assert names == ["Head  IMU 0", "Collar  IMU 1", "Left shoulder  IMU 2", "Right shoulder  IMU 3", "Back  IMU 4"]
