"""The sound's part of the settings page: test, look again, and a sentence on what came of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard import settings_words as words
from monitor.dashboard.settings_fields import DeviceEditor
from monitor.dashboard.sound_check import SoundCheck
from monitor.texts.speaking import say

POLL_MS = 30


class SoundPanel(QWidget):
    """Two buttons and a sentence. The sound is asked in a thread of its own, so the window never waits for it.

    device : the chooser, kept up to date with what is found
    wanted : the output and the volume as they stand on the page now
    """

    def __init__(self, sound: SoundCheck, device: DeviceEditor, wanted: Callable[[], tuple[str, float]]) -> None:
        super().__init__()
        self._sound, self._device, self._wanted = sound, device, wanted
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="settings-sound")
        self._asked: tuple[Future[Any], Callable[[], None]] | None = None
        self.test, self.look = QPushButton(say(words.TEST)), QPushButton(say(words.LOOK_AGAIN))
        self.said = _plain("said")
        self.clips = _plain("help")
        buttons = QHBoxLayout()
        for button, action in ((self.test, self._test), (self.look, self._look)):
            button.setAutoDefault(False)
            button.clicked.connect(action)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(buttons)
        column.addWidget(self.said)
        column.addWidget(self.clips)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        first = self._thread.submit(lambda: (sound.devices(), sound.own_clips()))
        self._wait(first, words.LOOKING, lambda: self._begin(*first.result()))

    @property
    def busy(self) -> bool:
        """The sound was asked something and has not answered yet."""
        return self._asked is not None

    def close_sound(self) -> None:
        """Let the sound go; what is under way ends by itself."""
        self._timer.stop()
        self._asked = None
        self._sound.close()
        self._thread.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------

    def _begin(self, names: tuple[str, ...], clips: str) -> None:
        self._device.found(names)
        self._say("" if names else words.NO_DEVICE)
        self.clips.setText(say(clips))
        self.clips.setVisible(bool(clips))

    def _say(self, text: str) -> None:
        self.said.setText(say(text))
        self.said.setVisible(bool(text))

    def _test(self) -> None:
        if self.busy:  # no second question before the answer
            return
        device, volume = self._wanted()
        future = self._thread.submit(self._sound.test, device, volume)
        self._wait(future, words.PLAYING, lambda: self._say(future.result()))

    def _look(self) -> None:
        if self.busy:
            return
        future = self._thread.submit(self._sound.look_again)
        self._wait(future, words.LOOKING, lambda: self._found(future.result()))

    def _found(self, names: tuple[str, ...]) -> None:
        self._device.found(names)
        self._say(words.FOUND.format(", ".join(names)) if names else words.NO_DEVICE)

    def _wait(self, future: Future[Any], meanwhile: str, then: Callable[[], None]) -> None:
        self._asked = future, then
        self._say(meanwhile)
        self._timer.start()

    def _poll(self) -> None:
        if self._asked is None or not self._asked[0].done():
            return
        self._timer.stop()
        (_, then), self._asked = self._asked, None
        try:
            then()
        except Exception as error:  # whatever the sound system throws, the page goes on
            self._say(words.SOUND_FAILED.format(error))


def _plain(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
