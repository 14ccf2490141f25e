"""What the keys of the review window do: the list that is shown, and the table that is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from monitor.dashboard.review.review_window import ReviewWindow

KEYS = (
    "←  →\tmove the cursor; with Shift: what is shown",
    "↑  ↓\tthe alert, mark or lap before, the next one",
    "+  −\tlook closer, or at more; the wheel does the same",
    "0\tthe whole run;  Z  the chosen stretch",
    "Home\tto the start;  End  to the end",
    "Space\tplay, or hold;  <  >  slower, faster",
    "A  B\tset cursor A or B here: differences are shown",
    "drag\tchoose a stretch;  S  choose from A to B",
    "P\tthe pages at the side; Ctrl and a number: that page",
    "L  F11\tlight or dark; full screen",
    "Esc\ttake back: the choice, then A and B",
    "Q\tclose;  ?  this list",
    "",
    "faint\twalking, or not trusted;  hatched  not trusted, no data",
)
CURSOR_PART = 0.01
"""Of what is shown, per press of an arrow key."""
PAN_PART = 0.25
ZOOM = 1.6


def key_table(window: ReviewWindow, shift: bool) -> dict[Qt.Key, Callable[[], object]]:
    """What single keys do, with Shift held or not."""
    model, k = window.model, Qt.Key
    width = model.visible_s[1] - model.visible_s[0]
    return {
        k.Key_Left: lambda: model.pan(-PAN_PART * width) if shift else window.nudge(-1),
        k.Key_Right: lambda: model.pan(PAN_PART * width) if shift else window.nudge(1),
        k.Key_Up: lambda: window.jump(-1),
        k.Key_Down: lambda: window.jump(1),
        k.Key_Plus: window.closer,
        k.Key_Equal: window.closer,
        k.Key_Minus: window.wider,
        k.Key_0: model.show_all,
        k.Key_Z: window.show_chosen,
        k.Key_Home: lambda: model.move_cursor(0.0),
        k.Key_End: lambda: model.move_cursor(model.duration_s),
        k.Key_Space: window.turn_play,
        k.Key_Less: window.slower,
        k.Key_Comma: window.slower,
        k.Key_Greater: window.faster,
        k.Key_Period: window.faster,
        k.Key_A: model.set_a,
        k.Key_B: model.set_b,
        k.Key_S: window.choose_a_to_b,
        k.Key_P: window.turn_side,
        k.Key_L: window.turn_theme,
        k.Key_F11: window.turn_full_screen,
        k.Key_Question: window.turn_help,
        k.Key_F1: window.turn_help,
        k.Key_Escape: window.take_back,
        k.Key_Q: window.leave,
    }
