"""Sound without a sound card, and the moves of a person on the settings page."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt


class FakeSound:
    """Sound without a sound card; `later` are the outputs that another look finds."""

    def __init__(self, names=("pulse", "USB Audio"), later=None):
        self.names, self.later = names, names if later is None else later
        self.asked: list[object] = []
        self.wait = threading.Event()
        self.wait.set()
        self.broken = False

    def devices(self):
        return self.names

    def test(self, device, volume):
        self.wait.wait(5)
        if self.broken:
            raise RuntimeError("no server")
        self.asked.append(("test", device, volume))
        return f"Cues play on '{device or 'pulse'}'."

    def look_again(self):
        self.wait.wait(5)
        self.names = self.later
        self.asked.append("look")
        return self.names

    def adopt(self, settings):
        self.asked.append(("adopt", settings.volume, settings.sound_device, settings.speech, settings.cues))

    def own_clips(self):
        return "Your own voice: none yet."

    def close(self):
        self.asked.append("close")


def turn_to(page, key):
    page.open_leaf(next(i for i, leaf in enumerate(page.leaves) if key in leaf.keys))
    return page.fields[key]


def press(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
