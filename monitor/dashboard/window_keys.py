"""What the live window's single keys do; those that window and terminal share are asked for by their character."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from monitor.values import Mode

if TYPE_CHECKING:
    from monitor.dashboard.window import LiveWindow

MARK_KEYS = {Qt.Key.Key_M: "cramp", Qt.Key.Key_N: "sore neck", Qt.Key.Key_B: "note"}
MODE_KEYS = {Qt.Key.Key_1: Mode.ROAD, Qt.Key.Key_2: Mode.TRAIL, Qt.Key.Key_3: Mode.TECHNICAL}


def key_table(window: LiveWindow) -> dict[Qt.Key, Callable[[], object]]:
    """Each key with its action."""
    k, wishes = Qt.Key, window.wishes
    return {
        k.Key_Question: window.turn_help,
        k.Key_F1: window.turn_help,
        k.Key_F11: window.turn_full_screen,
        k.Key_Space: window.turn_sound,
        k.Key_G: window.turn_page,
        k.Key_T: window.next_span,
        k.Key_O: window.open_more,
        k.Key_D: window.open_drills,
        k.Key_Comma: window.open_settings,
        k.Key_Z: wishes.rezero,
        k.Key_L: window.turn_theme,
        **{key: partial(wishes.mark, label) for key, label in MARK_KEYS.items()},
        **{key: partial(wishes.set_mode, mode) for key, mode in MODE_KEYS.items()},
    }
