"""The sound on the settings page: chooser, test, another look; the window never waits for it."""

from __future__ import annotations

import pytest
from faked_sound import FakeSound, press, turn_to
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from monitor.dashboard import settings_words as words
from monitor.dashboard.settings_fields import device_choices
from monitor.dashboard.settings_page import SettingsPage
from monitor.settings import Settings, load
from monitor.settings_file import save


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


def test_the_test_sound_uses_what_stands_on_the_page_now(page, qtbot):
    sound = FakeSound()
    opened = page(sound)
    field = turn_to(opened, "sound_device")
    opened.fields["volume"].editor.slider.setValue(30)
    field.editor.setCurrentIndex(2)
    field.editor.activated.emit(2)
    press(qtbot, opened.sound_panel.test)
    qtbot.waitUntil(lambda: opened.sound_panel.said.text() == "Cues play on 'USB Audio'.")
    assert sound.asked == [("test", "USB Audio", 0.3)]


def test_the_window_does_not_wait_for_the_sound_and_asks_once(page, qtbot):
    sound = FakeSound()
    sound.wait.clear()
    opened = page(sound)
    turn_to(opened, "sound_device")
    press(qtbot, opened.sound_panel.test)
    press(qtbot, opened.sound_panel.test)
    press(qtbot, opened.sound_panel.look)
    assert opened.sound_panel.said.text() == words.PLAYING
    assert sound.asked == []
    sound.wait.set()
    qtbot.waitUntil(lambda: opened.sound_panel.said.text().startswith("Cues play"))
    assert len(sound.asked) == 1


def test_headphones_that_come_later(page, qtbot, path):
    sound = FakeSound((), ("Buds",))
    opened = page(sound)
    field = turn_to(opened, "sound_device")
    assert opened.sound_panel.said.text() == words.NO_DEVICE
    assert opened.sound_panel.clips.text() == "Your own voice: none yet."
    press(qtbot, opened.sound_panel.look)
    qtbot.waitUntil(lambda: opened.sound_panel.said.text() == "Found: Buds.")
    assert [field.editor.itemText(i) for i in range(field.editor.count())] == [words.COMPUTERS_CHOICE, "Buds"]
    field.editor.setCurrentIndex(1)
    field.editor.activated.emit(1)
    press(qtbot, opened.save_button)
    assert load(path).sound_device == "Buds"


def test_a_chosen_output_that_is_gone_stays_chosen(page, qtbot, path):
    save(path, Settings(sound_device="Buds"))
    sound = FakeSound(later=())
    opened = page(sound)
    field = turn_to(opened, "sound_device")
    assert field.editor.currentText() == "Buds (not here now)"
    press(qtbot, opened.sound_panel.look)
    qtbot.waitUntil(lambda: opened.sound_panel.said.text() == words.NO_DEVICE)
    assert field.editor.read() == "Buds"
    assert field.reset.text() == words.AS_SHIPPED
    press(qtbot, field.reset)
    assert field.editor.read() == ""


def test_the_outputs_to_choose_from():
    assert device_choices((), "") == (("", words.COMPUTERS_CHOICE),)
    assert device_choices(("a", "b"), "b") == (("", words.COMPUTERS_CHOICE), ("a", "a"), ("b", "b"))
    assert device_choices(("USB Audio",), "usb")[1] == ("usb", "any that has 'usb' in its name")
    assert device_choices(("USB Audio",), "Buds")[1] == ("Buds", "Buds (not here now)")


def test_a_sound_system_that_breaks_is_a_sentence(page, qtbot):
    sound = FakeSound()
    sound.broken = True
    opened = page(sound)
    turn_to(opened, "volume")
    press(qtbot, opened.sound_panel.test)
    qtbot.waitUntil(lambda: opened.sound_panel.said.text() == "The sound system does not answer (no server).")


def test_names_of_devices_do_not_style_the_page(page):
    opened = page(FakeSound(("<b>x</b>",)))
    rich = [label.text() for label in opened.findChildren(QLabel) if label.textFormat() is not Qt.TextFormat.PlainText]
    assert set(rich) <= {"70 %"}
