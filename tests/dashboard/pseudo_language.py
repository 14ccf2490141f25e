"""A language that nobody speaks, made from the catalogue: every letter accented, a third longer, in brackets.

What is shown with plain letters while it is spoken was never translated.
"""

from __future__ import annotations

import json
import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QListWidget, QWidget

from monitor.dashboard.fitting import fitted
from monitor.dashboard.tiles import Tile
from monitor.texts.reading import CATALOGUE
from monitor.texts.speaking import Language

PLAIN = "abcdefghijklmnopqrstuvwxyz"
ACCENTED = "áƀćđéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýź"
LETTERS = str.maketrans(PLAIN + PLAIN.upper(), ACCENTED + ACCENTED.upper())

UNITS = {"Hz", "dBm", "deg", "ft", "in", "km", "min", "mph", "ms", "kmh"}
KEYS = {"Esc", "Enter", "Alt", "Ctrl", "PgUp", "PgDn", "Space", "Tab"}
NAMES = {
    *("Cap", "IMU", "Collar", "OpenEarable", "WitMotion", "BLE", "WT", "pulse", "buds", "USB", "Audio"),
    *("me", "json", "old", "settings", "toml", "en"),
}
"""Devices, files and codes."""


def pseudo(text: str) -> str:
    """One template, translated."""
    holes = iter(range(100))
    pieces = text.split("{}")
    said = [_longer(piece) for piece in pieces]
    joined = said[0]
    for piece in said[1:]:
        joined += f"{{{next(holes)}}}{piece}"
    return f"[{joined}]"


def _longer(piece: str) -> str:
    """Every third letter twice."""
    return re.sub(r"([^\W\d_]{2})([^\W\d_])", r"\1\2\2", piece).translate(LETTERS)


def pseudo_language(*more: str) -> Language:
    """The whole catalogue in it, and further texts."""
    return Language({text: pseudo(text) for text in (*json.loads(CATALOGUE.read_text("utf-8")), *more)})


def shown_texts(window: QWidget) -> list[str]:
    """Everything that a window says now: painted, in labels, buttons and lists, and to a screen reader."""
    texts = [window.windowTitle()]
    for widget in (window, *window.findChildren(QWidget)):
        if widget is not window and not widget.isVisible():
            continue
        texts += [widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, Tile):
            texts += [line for item in widget.texts() if item.text for line in fitted(item).lines]
        if isinstance(widget, (QLabel, QAbstractButton)):
            texts.append(widget.text())
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(i) for i in range(widget.count())]
        if isinstance(widget, QListWidget):
            for row in range(widget.count()):
                item = widget.item(row)
                texts += [item.text(), item.data(Qt.ItemDataRole.AccessibleTextRole) or ""]
    return [text for text in texts if text]


def english_left(texts: list[str], names: set[str] = frozenset()) -> list[str]:
    """Texts with a plain word that is no name, unit or key."""
    allowed = UNITS | KEYS | NAMES | set(names)
    return [t for t in dict.fromkeys(texts) if set(re.findall(r"[A-Za-z]{2,}", t.replace("Heads Up", ""))) - allowed]
