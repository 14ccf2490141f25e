"""`headsup settings edit`: the page as a window of its own, from the command line to the file."""

import os
import subprocess
import sys

import pytest

from monitor.cli import main
from monitor.settings import Settings, load

# In a process of its own: a program's end is not something that a test's event loop survives.
_PERSON = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from monitor.cli import main
from monitor.dashboard.settings_page import SettingsPage

app = QApplication(["headsup"])

def act():
    [page] = [w for w in app.topLevelWidgets() if isinstance(w, SettingsPage) and w.isVisible()]
    chooser = page.fields["feet"].editor
    chooser.setCurrentIndex(1)
    chooser.activated.emit(1)
    page.save_button.click()
    page.close_button.click()

QTimer.singleShot(300, act)
sys.exit(main(["settings", "edit"]))
"""


def test_a_person_opens_it_changes_something_saves_and_closes(tmp_path):
    env = os.environ | {"HEADSUP_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    child = subprocess.run(
        [sys.executable, "-c", _PERSON], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert child.returncode == 0, child.stderr
    assert load(tmp_path / "settings.toml") == Settings(feet=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may lack a display")
def test_without_a_display_it_is_one_sentence(monkeypatch, capsys, tmp_path):
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    assert main(["settings", "edit"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "no display" in err
    assert "headsup settings set KEY VALUE" in err
