# ruff: noqa: N802  (Qt's own method names)
"""The live window: one state to read from three metres, the figures behind it, and every action on a key and a button.

Five pages: the drawn runner, the figures, all actions as buttons, the drills to choose from, and the drill that runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.actions import LiveActions
from monitor.dashboard.drill_page import DrillPage
from monitor.dashboard.drill_view import DrillView
from monitor.dashboard.figures_page import FiguresPage
from monitor.dashboard.glance_view import GlancePage
from monitor.dashboard.identity_card import IdentityCard
from monitor.dashboard.live_view import LiveView, Severity
from monitor.dashboard.live_words import LEAN_INCLUDED
from monitor.dashboard.overlay import Overlay
from monitor.dashboard.run_keys import HELD, KEYS, treadmill_keys
from monitor.dashboard.tiles import BannerTile, HeaderTile
from monitor.dashboard.touch_bar import TouchBar, touch_height
from monitor.dashboard.touch_page import TouchPage
from monitor.dashboard.viewmodel import LiveModel
from monitor.dashboard.window_keys import key_table
from monitor.dashboard.window_touches import bar_touches, drill_touches, more_touches
from monitor.dashboard.wishes import Wishes
from monitor.sources.identity_desk import IdentityDesk
from monitor.texts.speaking import say

FRAME_MS = 33
BANNER_PART, PAGE_PART = 5, 90
"""Heights of a banner and the page in parts of the window's; a hidden banner's part goes to the page."""
TOAST_S = 3.0
ASIDE_S = 20.0
"""A page that hides the runner goes away by itself when nobody touches it for so long."""
RESULTS_S = 15.0
"""So do the results of a drill."""
SIMULATED_TEXT = "SIMULATED · this is not a real runner"
KEYS_IN_SHORT = "? keys   G figures   S rest   D drills"
RUNNER, FIGURES, MORE = "Runner", "Figures", "More"


class LiveWindow(QWidget):
    """Polls the model at 30 fps and paints it; calls `actions` for keys. `recording`: ask before the end.

    `settings_page`: makes the page of settings, a window of its own; None: there is none. `desk`: asks about devices.
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
        desk: IdentityDesk | None = None,
        on_closed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._make_settings = settings_page
        self._settings_page: QWidget | None = None
        self._model, self._actions, self._recording, self._on_closed = model, actions, recording, on_closed
        self._theme = themes.named(theme)
        self.wishes = Wishes(actions, self.say, lambda: self._model.snapshot().elapsed_s)
        self._keys = key_table(self)
        self._toast, self._toast_until = "", -math.inf
        self._aside_until = math.inf
        self._drill: DrillView | None = None
        self._closing = False
        self.setWindowTitle("Heads Up")
        self.setAccessibleName(say("Heads Up, live"))
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
        self.more = TouchPage("Everything else", more_touches(self), t, columns=4)
        self.drills = TouchPage("Which drill?", drill_touches(self), t, columns=4)
        self.drill_page = DrillPage(
            t, self.wishes.skip_drill, self.wishes.stop_drill, self.back_to_run, reduced_motion=reduced_motion
        )
        self.bar = TouchBar(bar_touches(self), t)
        self._lay_out()
        self._run_page: QWidget = self.glance if glance else self.figures
        self._show_page(self._run_page)
        self.help = Overlay(self, "Keys", "\n".join(KEYS), (("Back to the run", self._close_help),))
        self.question = Overlay(
            self,
            "End the run?",
            "The recording is kept and closed.",
            (("Keep running", self._keep_running), ("End the run", self._end)),
        )
        self.identity = IdentityCard(self, desk)
        self._restyle()
        self.refresh()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(FRAME_MS)

    def _lay_out(self) -> None:
        """Banners on top, one page, the buttons below."""
        self.pages = QStackedWidget()
        for page in (self.figures, self.glance, self.more, self.drills, self.drill_page):
            self.pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(6)
        self._column.setContentsMargins(8, 6, 8, 8)
        for banner in self.banners:
            self._column.addWidget(banner, BANNER_PART)
        self._column.addWidget(self.pages, PAGE_PART)
        self._column.addWidget(self.bar)

    # ------------------------------------------------------------ painting

    def refresh(self) -> None:
        """Show the model as it is now."""
        view = self._model.snapshot()
        self._follow_drill()
        self._follow_identity()
        self.simulated.show_text(SIMULATED_TEXT if view.simulated else "")
        self.notice.show_text(self._toast if monotonic() < self._toast_until else view.notice)
        self.rest.show_text(self._rest_words(view))
        for place, banner in ((0, self.simulated), (2, self.rest), (3, self.notice)):
            parts = BANNER_PART if banner.text else 0
            if self._column.stretch(place) != parts:  # setting it lays everything out anew
                self._column.setStretch(place, parts)
        recording = "   ● recording" if self._recording else ""
        muted = "   sound off" if self.wishes.muted else ""
        self.header.show_run(f"Heads Up   {view.mode.upper()}{recording}{muted}", KEYS_IN_SHORT)
        page = self.pages.currentWidget()
        if page is self.glance:
            self.glance.show_view(view, view.facts)
        elif page is self.figures:
            self.figures.show_view(view, self._model)
        elif page is self.more:
            self.more.offer("+-[]", bool(view.speed))
        elif page is self.drill_page and self._drill is not None:
            self.drill_page.show_view(self._drill)
        if monotonic() >= self._aside_until:
            self.back_to_run()

    def _rest_words(self, view: LiveView) -> str:
        """Cues rest during a drill, which says so itself; away from its page, how it goes."""
        drill = self._drill
        if drill is None or drill.over:
            return view.rest
        if self.pages.currentWidget() is self.drill_page:
            return ""
        left = f", {drill.left} {drill.unit}" if drill.left else ""
        return f"{drill.title}{left}. D shows it"

    def _follow_identity(self) -> None:
        """A question about a device waits until no other card is open."""
        self.identity.look(free=not (self.help.isVisible() or self.question.isVisible()))
        if said := self.identity.take_said():
            self._toast, self._toast_until = said, monotonic() + TOAST_S

    def _follow_drill(self) -> None:
        """A drill that begins brings its page; one that is over leaves it after a while."""
        before, self._drill = self._drill, self._actions.drill()
        if self._drill is not None and (before is None or (before.over and not self._drill.over)):
            self._show_page(self.drill_page)
        elif self._drill is None and self.pages.currentWidget() is self.drill_page:
            self.back_to_run()
        if self._drill is not None and self._drill.over and before is not None and not before.over:
            if self.pages.currentWidget() is self.drill_page:
                self._aside_until = monotonic() + RESULTS_S
            else:
                self._actions.put_drill_away()

    def _restyle(self) -> None:
        self.setPalette(themes.palette(self._theme))
        self.setAutoFillBackground(True)
        pages = (self.figures, self.glance, self.more, self.drills, self.drill_page)
        for part in (*self.banners, *pages, self.bar, self.help, self.question, self.identity):
            part.restyle(self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.setFixedHeight(touch_height(self.height()))
        self.figures.scale(self.width(), self.height())
        self.drill_page.rescale(self.width(), self.height())
        for card in (self.help, self.question, self.identity):
            card.place()

    # ------------------------------------------------------------ pages

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        aside = page in (self.more, self.drills)
        self._aside_until = monotonic() + ASIDE_S if aside else math.inf
        on_run = page in (self.figures, self.glance)
        if on_run:
            self._run_page = page
        other = RUNNER if self._run_page is self.figures else FIGURES
        self.bar.name(-2, other if on_run else "Run", "G")
        self.bar.name(-1, "Back" if page is self.more else MORE, "O")

    def back_to_run(self) -> None:
        """The runner or the figures, whichever was there before; results of a drill count as read."""
        if self._drill is not None and self._drill.over:
            self._actions.put_drill_away()
            self._drill = None
        self._show_page(self._run_page)
        self.setFocus()
        self.refresh()

    def turn_page(self) -> None:
        """The runner, or the figures; from any other page back to the run."""
        if self.pages.currentWidget() is not self._run_page:
            self.back_to_run()
            return
        self._show_page(self.figures if self._run_page is self.glance else self.glance)
        self.refresh()

    def next_span(self) -> None:
        """Charts of more minutes, on the page of figures."""
        if self.pages.currentWidget() is not self.figures:
            self._show_page(self.figures)
        self.say(self.figures.next_span())

    def open_more(self) -> None:
        """All that keys do, as buttons; once more: back."""
        if self.pages.currentWidget() is self.more:
            self.back_to_run()
            return
        self._name_more()
        self._show_page(self.more)
        self.more.begin()
        self.refresh()

    def _name_more(self) -> None:
        self.more.name("Space", "Sound on" if self.wishes.muted else "Sound off")
        self.more.name("L", "Dark" if self._theme is themes.LIGHT else "Light")

    def open_drills(self) -> None:
        """The drills to choose from; where one goes on, that one."""
        if self._drill is not None:
            self._show_page(self.drill_page)
        elif self.pages.currentWidget() is self.drills:
            self.back_to_run()
        else:
            self._show_page(self.drills)
            self.drills.begin()
        self.refresh()

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() and event.text() not in HELD:
            return
        self._stay()
        key = Qt.Key(event.key())
        page, pressed = self.pages.currentWidget(), self.focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(pressed, QPushButton):
            pressed.click()
        elif self.identity.press(event.text()):
            pass
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Q):
            self._leave(key)
        elif page is self.drills and self.drills.press(event.text()):
            pass
        elif key == Qt.Key.Key_K and page is self.drill_page:
            self.wishes.skip_drill()
        elif (do := self._keys.get(key)) is not None:
            do()
        elif not self.wishes.press(event.text()):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._stay()
        super().mousePressEvent(event)

    def _stay(self) -> None:
        """Somebody is there: a page that would go away by itself stays."""
        if self._aside_until < math.inf:
            self._aside_until = monotonic() + (ASIDE_S if self._drill is None else RESULTS_S)

    def open_settings(self) -> None:
        """The settings beside the run, which goes on."""
        if self._make_settings is None:
            self.say("Settings: headsup settings edit, when the run is over")
            return
        if self._settings_page is None:
            self._settings_page = self._make_settings(self._theme)
        self._settings_page.show()
        self._settings_page.raise_()
        self._settings_page.activateWindow()

    def turn_theme(self) -> None:
        """Light, or dark."""
        self._theme = themes.LIGHT if self._theme is themes.DARK else themes.DARK
        self._restyle()
        self._name_more()

    def turn_full_screen(self) -> None:
        """The whole screen, or a window."""
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def turn_help(self) -> None:
        """The list of keys, or the run again."""
        self._close_help() if self.help.isVisible() else self._open_help()

    def turn_sound(self) -> None:
        """Sound off, or on."""
        self.wishes.turn_sound()
        self._name_more()

    def _open_help(self) -> None:
        """The keys that do something now, and what the head pitch holds."""
        view = self._model.snapshot()
        treadmill = [treadmill_keys(view.facts.feet)] if view.speed else []
        self.help.text.setText("\n".join(map(say, (*KEYS, *treadmill, *([] if view.lean else ["", LEAN_INCLUDED])))))
        self.help.open()

    def say(self, words: str) -> None:
        """Show a sentence for a moment."""
        if words:
            self._toast, self._toast_until = words, monotonic() + TOAST_S
        self.refresh()

    # ------------------------------------------------------------ the end

    def _leave(self, key: Qt.Key) -> None:
        """Esc goes one step back; Q, and Esc where the run is shown, end the run."""
        if self.help.isVisible():
            self._close_help()
        elif self.identity.isVisible() and key == Qt.Key.Key_Escape:
            self.identity.later()
        elif self.question.isVisible():
            # Esc takes the question back; a second Q means it.
            self._keep_running() if key == Qt.Key.Key_Escape else self._end()
        elif key == Qt.Key.Key_Escape and self.pages.currentWidget() is self.drill_page:
            self.wishes.stop_drill() if self._drill is not None and not self._drill.over else self.back_to_run()
        elif key == Qt.Key.Key_Escape and self.pages.currentWidget() is not self._run_page:
            self.back_to_run()
        else:
            self.close()

    def start_drill(self, choice: str) -> None:
        """Begin a drill or a routine: its page comes up by itself; where it cannot be, the run is shown again."""
        if self.wishes.start_drill(choice):
            self.setFocus()
        else:
            self.back_to_run()

    def leave(self) -> None:
        """End the run; asked first where it is recorded."""
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
