# ruff: noqa: N802  (Qt's own method names)
"""The live window: one state to read from three metres, the figures behind it, and every action on a key."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from time import monotonic

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.actions import LiveActions
from monitor.dashboard.figures_page import FiguresPage
from monitor.dashboard.glance_view import GlancePage
from monitor.dashboard.live_view import Severity
from monitor.dashboard.live_words import LEAN_INCLUDED
from monitor.dashboard.overlay import Overlay
from monitor.dashboard.run_keys import SNOOZE_KEYS, TREADMILL_KEYS, press
from monitor.dashboard.tiles import BannerTile, HeaderTile
from monitor.dashboard.touch_bar import Touch, TouchBar
from monitor.dashboard.viewmodel import LiveModel
from monitor.errors import HeadsUpError
from monitor.review.report_words import clock_words
from monitor.values import Mode

FRAME_MS = 33
BANNER_PART, PAGE_PART, BAR_PART = 5, 90, 9
"""Heights of a banner, the page and the buttons in parts of the window's; a hidden banner's part goes to the page."""
TOAST_S = 3.0
SIMULATED_TEXT = "SIMULATED · this is not a real runner"
KEYS = (
    "Space\tsound off / on",
    SNOOZE_KEYS,
    "G\tthe runner, or the figures and charts",
    "M  N  B\tmark this moment: cramp, sore neck, note",
    "1  2  3\tground: road, trail, technical",
    "Z\tre-zero: look far ahead for five seconds, then press",
    ",\tsettings",
    "L\tlight / dark",
    "F11\tfull screen",
    "Esc  Q\tend the run",
    "?\tthis list",
)
KEYS_IN_SHORT = "? keys   G figures   S rest   Space sound"
MARK_KEYS = {Qt.Key.Key_M: "cramp", Qt.Key.Key_N: "sore neck", Qt.Key.Key_B: "note"}
MODE_KEYS = {Qt.Key.Key_1: Mode.ROAD, Qt.Key.Key_2: Mode.TRAIL, Qt.Key.Key_3: Mode.TECHNICAL}


class LiveWindow(QWidget):
    """Polls the model at 30 fps and paints it; calls `actions` for keys. `recording`: ask before the end.

    `settings_page`: makes the page of settings, a window of its own; None where there is none.
    `glance`: begin with the drawn runner instead of the figures. `reduced_motion`: it stands still.
    `on_closed` is called once, after `actions.stop()`, when the window is gone.
    """

    def __init__(
        self,
        model: LiveModel,
        actions: LiveActions,
        *,
        recording: bool = False,
        theme: str = "auto",
        glance: bool = False,
        reduced_motion: bool = False,
        settings_page: Callable[[themes.Theme], QWidget] | None = None,
        on_closed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._make_settings = settings_page
        self._settings_page: QWidget | None = None
        self._model, self._actions, self._recording, self._on_closed = model, actions, recording, on_closed
        self._theme = themes.named(theme)
        self._muted = False
        self._toast, self._toast_until = "", -math.inf
        self._closing = False
        self.setWindowTitle("Heads Up")
        self.setAccessibleName("Heads Up, live")
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        t = self._theme
        self.simulated = BannerTile("Simulated", t, loud=True)
        self.header = HeaderTile(t)
        self.rest = BannerTile("Rest", t, severity=Severity.CALM)
        self.notice = BannerTile("Notice", t)
        self.banners = (self.simulated, self.header, self.rest, self.notice)
        self.figures = FiguresPage(t)
        self.glance = GlancePage(t, banners=False, reduced_motion=reduced_motion)
        self.bar = TouchBar(self._touches(), t)
        self._lay_out(glance=glance)
        self.help = Overlay(self, "Keys", "\n".join(KEYS), (("Back to the run", self._close_help),))
        self.question = Overlay(
            self,
            "End the run?",
            "The recording is kept and closed.",
            (("Keep running", self._keep_running), ("End the run", self._end)),
        )
        self._restyle()
        self.refresh()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(FRAME_MS)

    def _lay_out(self, *, glance: bool) -> None:
        """Banners on top, one of two pages, the buttons below; all in parts of the window's height."""
        self.pages = QStackedWidget()
        self.pages.addWidget(self.figures)
        self.pages.addWidget(self.glance)
        self.pages.setCurrentIndex(int(glance))
        self._name_page()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(6)
        self._column.setContentsMargins(8, 6, 8, 8)
        for part, stretch in (
            *((banner, BANNER_PART) for banner in self.banners),
            (self.pages, PAGE_PART),
            (self.bar, BAR_PART),
        ):
            self._column.addWidget(part, stretch)

    def _touches(self) -> tuple[Touch, ...]:
        """The buttons along the bottom."""
        marks = (("Cramp", "M", "cramp"), ("Sore neck", "N", "sore neck"), ("Note", "B", "note"))
        return (
            *(
                Touch(words, key, partial(self._mark, label), f"Marks this moment: {label}.")
                for words, key, label in marks
            ),
            Touch("Rest cues", "S", lambda: self._say(self._actions.snooze()), "Cues rest for some minutes."),
            Touch("Figures", "G", self._turn_page, "Shows the figures and charts, or the runner."),
        )

    # ------------------------------------------------------------ painting

    def refresh(self) -> None:
        """Show the model as it is now."""
        view = self._model.snapshot()
        self.simulated.show_text(SIMULATED_TEXT if view.simulated else "")
        self.notice.show_text(self._toast if monotonic() < self._toast_until else view.notice)
        self.rest.show_text(view.rest)
        for place, banner in ((0, self.simulated), (2, self.rest), (3, self.notice)):
            parts = BANNER_PART if banner.text else 0
            if self._column.stretch(place) != parts:  # setting it lays everything out anew
                self._column.setStretch(place, parts)
        recording = "   ● recording" if self._recording else ""
        muted = "   sound off" if self._muted else ""
        self.header.show_run(f"Heads Up   {view.mode.upper()}{recording}{muted}", KEYS_IN_SHORT)
        if self.pages.currentWidget() is self.glance:
            self.glance.show_view(view, view.facts)
        else:
            self.figures.show_view(view, self._model)

    def _restyle(self) -> None:
        self.setPalette(themes.palette(self._theme))
        self.setAutoFillBackground(True)
        for part in (*self.banners, self.figures, self.glance, self.bar, self.help, self.question):
            part.restyle(self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.figures.scale(self.width(), self.height())
        for card in (self.help, self.question):
            card.place()

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        key = Qt.Key(event.key())
        pressed = self.focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(pressed, QPushButton):
            pressed.click()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Q):
            self._leave(key)
        elif key in (Qt.Key.Key_Question, Qt.Key.Key_F1):
            self._close_help() if self.help.isVisible() else self._open_help()
        elif key == Qt.Key.Key_F11:
            self.showNormal() if self.isFullScreen() else self.showFullScreen()
        elif key == Qt.Key.Key_Space:
            self._mute(not self._muted)
        elif key in MARK_KEYS:
            self._mark(MARK_KEYS[key])
        elif key == Qt.Key.Key_G:
            self._turn_page()
        elif key == Qt.Key.Key_Comma:
            self._open_settings()
        elif key == Qt.Key.Key_Z:
            self._ask(self._actions.rezero, "Re-zero: the last seconds count as looking far ahead")
        elif key == Qt.Key.Key_L:
            self._theme = themes.LIGHT if self._theme is themes.DARK else themes.DARK
            self._restyle()
        elif key in MODE_KEYS:
            mode = MODE_KEYS[key]
            self._ask(lambda: self._actions.set_mode(mode), f"Ground: {mode}")
        elif (answer := press(event.text(), self._actions)) is not None:
            self._say(answer)
        else:
            super().keyPressEvent(event)

    def _mark(self, label: str) -> None:
        at = clock_words(self._model.snapshot().elapsed_s)
        self._ask(lambda: self._actions.mark(label), f"Marked at {at}: {label}")

    def _turn_page(self) -> None:
        glance = self.pages.currentWidget() is not self.glance
        self.pages.setCurrentIndex(int(glance))
        self._name_page()
        self.refresh()

    def _open_settings(self) -> None:
        """The settings beside the run, which goes on."""
        if self._make_settings is None:
            self._say("Settings: headsup settings edit, when the run is over")
            return
        if self._settings_page is None:
            self._settings_page = self._make_settings(self._theme)
        self._settings_page.show()
        self._settings_page.raise_()
        self._settings_page.activateWindow()

    def _name_page(self) -> None:
        """The last button names the page that is not shown."""
        self.bar.name(-1, "Figures" if self.pages.currentWidget() is self.glance else "Runner", "G")

    def _open_help(self) -> None:
        """The keys that do something now, and what the head pitch holds."""
        view = self._model.snapshot()
        treadmill = [TREADMILL_KEYS] if view.speed else []
        self.help.text.setText("\n".join((*KEYS, *treadmill, *([] if view.lean else ["", LEAN_INCLUDED]))))
        self.help.open()

    def _say(self, words: str) -> None:
        """Show a sentence for a moment."""
        if words:
            self._toast, self._toast_until = words, monotonic() + TOAST_S
        self.refresh()

    def _ask(self, action: Callable[[], None], done: str) -> bool:
        """Do something of the run's and say that it was done, or the sentence of why not."""
        try:
            action()
        except HeadsUpError as error:
            done, worked = str(error), False
        else:
            worked = True
        self._say(done)
        return worked

    def _mute(self, muted: bool) -> None:
        def change() -> None:
            self._actions.mute(muted)
            self._muted = muted

        self._ask(change, "Sound off: prompts are still shown" if muted else "Sound on")

    # ------------------------------------------------------------ the end

    def _leave(self, key: Qt.Key) -> None:
        if self.help.isVisible():
            self._close_help()
        elif self.question.isVisible():
            # Esc takes the question back; a second Q means it.
            self._keep_running() if key == Qt.Key.Key_Escape else self._end()
        else:
            self.close()

    def _close_help(self) -> None:
        self.help.hide()
        self.setFocus()

    def _keep_running(self) -> None:
        self.question.hide()
        self.setFocus()

    def _end(self) -> None:
        self._recording = False
        self.close()

    def end_now(self) -> None:
        """Close without a question (Ctrl-C, the end of a demo)."""
        self._end()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._recording and not self._closing:
            event.ignore()
            self.question.open()
            return
        if not self._closing:
            self._closing = True
            self._timer.stop()
            if self._settings_page is not None:
                self._settings_page.close()
            try:
                self._actions.stop()
            finally:
                self._on_closed()
        event.accept()
