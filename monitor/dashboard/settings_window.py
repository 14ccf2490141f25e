"""The settings page as a window of its own, for `headsup settings edit`."""

from __future__ import annotations

from pathlib import Path

from monitor.dashboard.app import application
from monitor.dashboard.sound_check import SoundCheck

_REMEDY = "'headsup settings set KEY VALUE' works without a window; 'headsup doctor' says what is missing."


def run_settings(path: Path, sound: SoundCheck, *, theme: str = "auto") -> int:
    """Show the page until it is closed; returns the exit code (0; 130 after Ctrl-C). Main thread only.

    `theme` is 'auto', 'dark' or 'light'. Raises OutputUnavailableError where no window can be opened.
    """
    app = application(_REMEDY)
    from monitor.dashboard import theme as themes
    from monitor.dashboard.interrupt import ended_by_ctrl_c
    from monitor.dashboard.settings_page import SettingsPage

    page = SettingsPage(path, sound, theme=themes.named(theme))
    page.resize(1100, 760)
    page.left.connect(app.quit)
    with ended_by_ctrl_c(page, page.close) as interrupted:
        page.show()
        app.exec()
    return 130 if interrupted.is_set() else 0
