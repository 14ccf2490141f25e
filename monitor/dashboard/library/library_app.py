"""Shows the library's window until it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.dashboard.app import application
from monitor.library.rows import CalibrationFacts

if TYPE_CHECKING:
    from monitor.dashboard.library.library_model import SavePage

_REMEDY = "'headsup library --no-gui' prints a table; 'headsup doctor' says what is missing."


def run_library(
    folder: Path,
    cache: Path,
    shelf: Sequence[CalibrationFacts],
    *,
    feet: bool,
    save_page: SavePage | None = None,
    theme: str = "auto",
) -> int:
    """Show the window; returns the exit code (0; 130 after Ctrl-C). Main thread only.

    Raises OutputUnavailableError where no window can be opened.
    """
    app = application(_REMEDY)
    from monitor.dashboard.interrupt import ended_by_ctrl_c
    from monitor.dashboard.library.library_model import LibraryModel
    from monitor.dashboard.library.library_window import LibraryWindow

    model = LibraryModel(folder, cache, shelf, feet=feet)
    window = LibraryWindow(model, save_page=save_page, theme=theme, on_closed=app.quit)
    with ended_by_ctrl_c(window, window.close) as interrupted:
        window.show()
        app.exec()
    return 130 if interrupted.is_set() else 0
