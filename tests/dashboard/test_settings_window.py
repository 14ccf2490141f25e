"""The settings page as a window of its own: opened and closed, and refused where there is no display."""

import os
import sys

import pytest
from faked_sound import FakeSound
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from monitor.cli import main
from monitor.dashboard.settings_page import SettingsPage
from monitor.dashboard.settings_window import run_settings


def test_it_is_shown_until_it_is_closed(qapp, tmp_path):
    seen = []

    def leave():
        [page] = [w for w in QApplication.topLevelWidgets() if isinstance(w, SettingsPage) and w.isVisible()]
        seen.append(page.windowTitle())
        page.close_button.click()

    QTimer.singleShot(300, leave)
    sound = FakeSound()
    assert run_settings(tmp_path / "settings.toml", sound, theme="light") == 0
    assert seen == ["Settings"]
    assert sound.asked == ["close"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may lack a display")
def test_without_a_display_it_is_one_sentence(monkeypatch, capsys, tmp_path):
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(os.environ, "HEADSUP_HOME", str(tmp_path))
    assert main(["settings", "edit"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "no display" in err
    assert "headsup settings set KEY VALUE" in err
