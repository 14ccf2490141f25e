"""The settings page, offscreen: a field for every setting, mistakes said beside it, and what is saved in the file."""

from __future__ import annotations

from collections import Counter

import pytest
from faked_sound import FakeSound, press, turn_to
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from monitor.dashboard import settings_words as words
from monitor.dashboard import theme as themes
from monitor.dashboard.settings_fields import LineEditor
from monitor.dashboard.settings_page import SettingsPage
from monitor.settings import CueKinds, Settings, load
from monitor.settings_file import save
from monitor.settings_keys import BY_KEY, KEYS

SIZES = [(880, 480), (1024, 600), (1280, 800), (1920, 1080)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "settings.toml"


@pytest.fixture
def page(shown, path, qtbot):
    """Opens the page, with its sound: `page()` or `page(sound, running=True)`."""

    def open_(sound=None, where=path, size=(1024, 600), **options):
        found = SettingsPage(where, sound or FakeSound(), **options)
        found.resize(*size)
        shown(found)
        found.activateWindow()
        qtbot.waitUntil(lambda: found.isActiveWindow() and not found.sound_panel.busy)
        return found

    return open_


def retype(qtbot, page, key, text):
    """Type over what stands in a field."""
    field = turn_to(page, key)
    field.editor.handle().setFocus()
    field.editor.handle().selectAll()
    qtbot.keyClick(field.editor.handle(), Qt.Key.Key_Delete)
    qtbot.keyClicks(field.editor.handle(), text)
    return field


# ---------------------------------------------------------------- what is on it


def test_every_setting_has_one_field_with_label_help_and_bounds_of_its_own(page):
    opened = page()
    assert Counter(key for leaf in words.leaves() for key in leaf.keys) == Counter(list(BY_KEY))
    assert set(opened.fields) == set(BY_KEY)
    assert set(words.LABELS) == set(BY_KEY)
    for key, field in opened.fields.items():
        turn_to(opened, key)
        texts = [label.text() for label in field.findChildren(QLabel) if label.isVisible()]
        assert words.help_of(key) in texts, key
        handle = field.editor.handle()
        assert handle.accessibleName().startswith(words.label_of(key))
        assert handle.accessibleDescription() == words.help_of(key)
        assert field.label.buddy() is handle
        assert field.editor.read() == BY_KEY[key].default
        assert not field.reset.isVisible()
        if isinstance(field.editor, LineEditor) and not isinstance(BY_KEY[key].default, str):
            assert f"({BY_KEY[key].bounds})" in field.unit.text()
            assert BY_KEY[key].unit in field.unit.text()
    assert opened.fields["gaze.eye_height_m"].unit.text() == "m = 5 ft 4 in  (0.8 to 2.2)"


def test_a_setting_that_nobody_gave_a_place_gets_one(monkeypatch):
    monkeypatch.setattr(words, "_LEAVES", tuple(leaf for leaf in words.leaves() if leaf.title not in ("Road", "Sound")))
    extra = words.leaves()[-2:]
    assert [leaf.title for leaf in extra] == ["More", "Road"]
    assert extra[1].keys == tuple(key.key for key in KEYS if key.group == "road")


def test_mnemonics_are_told_apart_on_every_leaf(page):
    opened = page()
    for index, leaf in enumerate(opened.leaves):
        opened.open_leaf(index)
        buttons = [b.text() for b in opened.findChildren(QPushButton) if b.isVisible()]
        labels = [opened.fields[key].label.text() for key in leaf.keys]
        used = [t[t.index("&") + 1].lower() for t in (*buttons, *labels) if "&" in t]
        assert not [letter for letter, count in Counter(used).items() if count > 1], leaf.title
        assert sum("&" in label for label in labels) >= len(labels) / 2, leaf.title


def test_mnemonics_avoid_letters_that_are_taken():
    taken = {"r"}
    assert words.with_mnemonics(["Road", "Trail", "Rest", "rr"], taken) == ["R&oad", "&Trail", "R&est", "rr"]
    assert taken == {"r", "o", "t", "e"}


def test_the_keyboard_goes_through_the_leaf_from_top_to_bottom(page, qtbot):
    opened = page()
    turn_to(opened, "road.on_deg")
    opened.nav[-1].setFocus()
    seen = []
    for _ in range(20):
        qtbot.keyClick(opened.focusWidget(), Qt.Key.Key_Tab)
        seen.append(opened.focusWidget())
    fields = [opened.fields[key].editor.handle() for key in opened.leaf.keys]
    assert seen[: len(fields)] == fields
    assert seen[len(fields) : len(fields) + 3] == [opened.save_button, opened.undo_button, opened.close_button]


def test_alt_and_a_letter_reach_fields_and_leaves(page, qtbot):
    opened = page()
    qtbot.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: opened.leaf.title == "Road")
    letter = words.letters([opened.fields["road.dwell_s"].label.text()]).pop()
    qtbot.keyClicks(opened, letter, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(opened.fields["road.dwell_s"].editor.hasFocus)


# ---------------------------------------------------------------- changing and saving


def test_what_is_changed_is_saved_and_nothing_else(page, qtbot, path):
    opened = page()
    retype(qtbot, opened, "trail.on_deg", "38,5")
    assert opened.said.text() == "1 change is not saved yet."
    press(qtbot, turn_to(opened, "cues.good").editor)
    opened.fields["feet"].editor.setCurrentIndex(1)
    opened.fields["feet"].editor.activated.emit(1)
    assert opened.said.text() == "3 changes are not saved yet."
    with qtbot.waitSignal(opened.saved) as signal:
        press(qtbot, opened.save_button)
    wanted = Settings(feet=False)
    assert load(path).trail.on_deg == 38.5
    assert not load(path).cues.good
    assert load(path).feet == wanted.feet
    assert signal.args == [load(path)]
    assert opened.said.text() == words.SAVED
    press(qtbot, opened.save_button)
    assert opened.said.text() == words.NOTHING_TO_SAVE


def test_what_another_program_saved_in_the_meantime_is_kept(page, qtbot, path):
    opened = page()
    retype(qtbot, opened, "trail.on_deg", "38")
    save(path, Settings(volume=0.3))
    press(qtbot, opened.save_button)
    assert (load(path).volume, load(path).trail.on_deg) == (0.3, 38)
    assert opened.fields["volume"].editor.read() == 0.3


def test_as_shipped_per_field(page, qtbot, path):
    save(path, Settings(grace_s=33.0))
    opened = page()
    field = turn_to(opened, "grace_s")
    assert field.editor.text() == "33"
    assert field.reset.text() == "As shipped: 20"
    press(qtbot, field.reset)
    assert field.editor.text() == "20"
    assert not field.reset.isVisible()
    assert field.editor.hasFocus()
    press(qtbot, opened.save_button)
    assert load(path) == Settings()


def test_undo_shows_the_file_again(page, qtbot, path):
    save(path, Settings(grace_s=33.0))
    opened = page()
    retype(qtbot, opened, "grace_s", "x")
    retype(qtbot, opened, "planned_min", "60")
    press(qtbot, opened.undo_button)
    assert opened.fields["grace_s"].editor.text() == "33"
    assert opened.fields["planned_min"].editor.text() == "0"
    assert not opened.fields["grace_s"].error
    assert opened.said.text() == words.KEPT_IN.format(path)


def test_a_run_that_goes_on_gets_its_sound_now_and_the_rest_later(page, qtbot, path):
    sound = FakeSound()
    opened = page(sound, running=True)
    assert opened.note.isVisible()
    turn_to(opened, "volume").editor.slider.setValue(40)
    press(qtbot, opened.save_button)
    assert sound.asked == [("adopt", 0.4, "", True, CueKinds())]
    assert load(path).volume == 0.4
    assert opened.said.text() == words.SAVED_RUNNING
    turn_to(opened, "cues.battery").editor.click()
    press(qtbot, opened.save_button)
    assert sound.asked[-1] == ("adopt", 0.4, "", True, CueKinds(battery=False))
    assert not page().note.isVisible()


def test_a_loudness_between_two_percents_stays_until_it_is_moved(page, qtbot, path):
    save(path, Settings(volume=0.333))
    opened = page()
    retype(qtbot, opened, "grace_s", "30")
    press(qtbot, opened.save_button)
    assert load(path).volume == 0.333


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("road.on_deg", "200", "Must lie between 5 and 80, not 200.0."),
        ("road.on_deg", "", "Must be a number, not ''."),
        ("road.dwell_s", "six", "Must be a number, not 'six'."),
        ("road.prompts_per_hour", "2.5", "Must be a whole number, not 2.5."),
        ("road.off_deg", "30", "Must lie below ‘Head counts as down above’ (20), not at 30."),
    ],
)
def test_a_mistake_is_said_beside_its_field_at_once(page, qtbot, path, key, text, says):
    opened = page()
    field = retype(qtbot, opened, key, text)
    assert field.error == says
    [wrong] = [label for label in field.findChildren(QLabel) if label.text() == f"! {says}"]
    assert wrong.isVisible()
    assert field.editor.handle().accessibleDescription().startswith(says)
    assert opened.nav[1].text().endswith("  !")
    assert "not saved yet" in opened.said.text()
    opened.open_leaf(5)
    press(qtbot, opened.save_button)
    assert not path.exists()
    assert opened.leaf.title == "Road"
    assert field.editor.hasFocus()
    assert words.label_of(key) in opened.said.text()
    retype(qtbot, opened, key, "15" if key == "road.off_deg" else "20")
    assert not field.error
    assert not wrong.isVisible()
    assert not opened.nav[1].text().endswith("!")


def test_an_upper_limit_below_the_untouched_lower_one(page, qtbot, path):
    opened = page()
    retype(qtbot, opened, "trail.on_deg", "25")
    retype(qtbot, opened, "trail.dwell_s", "8")
    lower = opened.fields["trail.off_deg"]
    assert "Must lie below ‘Head counts as down above’ (25)" in lower.error
    assert not lower.reset.isVisible()  # it is as shipped
    assert not opened.fields["trail.on_deg"].error
    retype(qtbot, opened, "trail.off_deg", "20")
    assert not lower.error
    press(qtbot, opened.save_button)
    assert (load(path).trail.on_deg, load(path).trail.off_deg, load(path).trail.dwell_s) == (25, 20, 8)


def test_a_file_that_cannot_be_used_is_shown_as_such_and_left_alone(page, qtbot, path):
    path.parent.mkdir()
    path.write_text("mood = 1\n")
    opened = page()
    assert opened.banner.isVisible()
    assert "'mood' is not a setting." in opened.banner.text()
    assert not opened.save_button.isEnabled()
    assert not opened.fields["mode"].editor.isEnabled()
    path.write_text("volume = 0.2\n")
    press(qtbot, opened.undo_button)
    assert not opened.banner.isVisible()
    assert opened.save_button.isEnabled()
    assert opened.fields["volume"].editor.read() == 0.2


def test_a_file_that_spoils_while_the_page_is_open_is_not_written_over(page, qtbot, path):
    opened = page()
    retype(qtbot, opened, "grace_s", "30")
    path.parent.mkdir()
    path.write_text("mood = 1\n")
    press(qtbot, opened.save_button)
    assert path.read_text() == "mood = 1\n"
    assert opened.said.text().startswith("! ")
    assert opened.fields["grace_s"].editor.text() == "30"


def test_a_place_that_cannot_be_written_says_so_and_keeps_what_was_typed(page, qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    opened = page(where=tmp_path / "file" / "settings.toml")
    retype(qtbot, opened, "grace_s", "30")
    press(qtbot, opened.save_button)
    assert "cannot be written" in opened.said.text()
    assert opened.fields["grace_s"].editor.text() == "30"


# ---------------------------------------------------------------- leaving


def test_closing_with_nothing_changed_closes(page, qtbot):
    sound = FakeSound()
    opened = page(sound)
    with qtbot.waitSignal(opened.left):
        qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.isVisible()
    assert sound.asked == ["close"]


def test_closing_with_changes_asks_first(page, qtbot, path):
    opened = page()
    retype(qtbot, opened, "grace_s", "30")
    press(qtbot, opened.close_button)
    assert opened.isVisible()
    assert opened.said.text() == words.UNSAVED_ONE + words.LEAVE
    retype(qtbot, opened, "grace_s", "31")
    press(qtbot, opened.close_button)
    assert opened.isVisible()
    press(qtbot, opened.close_button)
    assert not opened.isVisible()
    assert not path.exists()


def test_no_key_gets_through_to_what_is_behind(page, qtbot, shown):
    opened = page()
    for key in (Qt.Key.Key_Q, Qt.Key.Key_M, Qt.Key.Key_1):
        qtbot.keyClick(opened, key)
    assert opened.isVisible()


# ---------------------------------------------------------------- looks


def test_the_wheel_changes_nothing_in_passing(page):
    opened = page()
    for key in ("mode", "sound_device", "volume"):
        field = turn_to(opened, key)
        before = field.editor.read()
        here, turned = QPointF(5, 5), QPoint(0, -120)
        event = QWheelEvent(
            here, here, QPoint(), turned, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field.editor.handle(), event)
        assert field.editor.read() == before


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_cut_at_the_sides_and_every_text_is_whole(page, size):
    opened = page(size=size)
    for index, leaf in enumerate(opened.leaves):
        opened.open_leaf(index)
        QApplication.processEvents()
        area = opened._stack.currentWidget()
        assert area.widget().width() <= area.viewport().width(), leaf.title
        for label in area.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.width() >= label.minimumSizeHint().width(), label.text()
                assert label.height() >= label.heightForWidth(label.width()), label.text()


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda t: t.name)
def test_dark_and_light(page, theme):
    opened = page(theme=theme)
    assert opened.grab().toImage().pixelColor(3, 3) == QColor(theme.background)
    other = themes.LIGHT if theme is themes.DARK else themes.DARK
    opened.restyle(other)
    assert opened.grab().toImage().pixelColor(3, 3) == QColor(other.background)


def test_letters_grow_with_the_window(page):
    small, large = page(size=(1024, 600)), page(size=(1920, 1080))
    key = "road.on_deg"
    heights = [turn_to(p, key).editor.fontMetrics().height() for p in (small, large)]
    assert heights[1] > heights[0] >= 13


def test_every_field_that_is_typed_in_is_wide_enough_for_its_bounds(page):
    opened = page(size=(1024, 600))
    for key, field in opened.fields.items():
        if isinstance(field.editor, LineEditor) and BY_KEY[key].high > BY_KEY[key].low:
            text = f"{BY_KEY[key].high:g}.25"
            assert field.editor.fontMetrics().horizontalAdvance(text) < field.editor.width() - 20, key
