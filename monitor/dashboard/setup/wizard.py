# ruff: noqa: N802  (Qt's own method names)
"""The set-up as a widget: one page at a time, a header that says where one is, a footer with every way on."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QStyle, QVBoxLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import Text
from monitor.dashboard.setup.facts import SetupParts
from monitor.dashboard.setup.page_base import SetupPage
from monitor.dashboard.setup.page_calibrate import CalibratePage
from monitor.dashboard.setup.page_check import CheckPage
from monitor.dashboard.setup.page_clip import ClipPage
from monitor.dashboard.setup.page_find import FindPage
from monitor.dashboard.setup.page_ground import GroundPage
from monitor.dashboard.setup.page_order import STEPS, Page
from monitor.dashboard.setup.page_result import ResultPage
from monitor.dashboard.setup.page_sound import SoundPage
from monitor.dashboard.setup.page_start import ReadyPage, ReturningPage, WelcomePage
from monitor.dashboard.setup.page_trouble import TroublePage
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.tiles import RIGHT, BannerTile, Tile
from monitor.texts.speaking import say

FRAME_MS = 50
SIMULATED_TEXT = "SIMULATED · this is not a real runner"
STILL_AT_S = 0.6
"""Where the moving figures stand while nothing shall move."""


class StepsTile(Tile):
    """The page's title, and a dot for each page of the way."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Where you are", theme)
        self.title, self.page = "", Page.WELCOME

    def show_page(self, title: str, page: Page) -> None:
        """The title, and the page of the way that it belongs to."""
        self.title, self.page = title, page
        place = f"Page {STEPS.index(page) + 1} of {len(STEPS)}" if page in STEPS else ""
        self.put(f"{title}. {place}", title, page)

    def fill(self) -> QColor:
        return QColor(self.theme.background)

    def decorate(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.theme.background))
        if self.page not in STEPS:
            return
        here, h = STEPS.index(self.page), self.height()
        size, gap = 0.22 * h, 0.42 * h
        painter.setPen(Qt.PenStyle.NoPen)
        for i in range(len(STEPS)):
            wide = 2.2 * size if i == here else size
            x = self.width() - 4 - (len(STEPS) - i) * gap - (1.2 * size if i <= here else 0)
            painter.setBrush(QColor(self.theme.trace if i <= here else self.theme.edge))
            painter.drawRoundedRect(QRectF(x, (h - size) / 2, wide, size), size / 2, size / 2)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        items = [Text(QRectF(2, 0, 0.6 * w, h), self.title, 0.62 * h, self.theme.dim, bold=True)]
        if self.page in STEPS:
            dots = 0.42 * h * len(STEPS) + 0.6 * h
            place = f"{STEPS.index(self.page) + 1} of {len(STEPS)}"
            box = QRectF(0.62 * w, 0, max(1.0, 0.38 * w - dots - 8), h)
            items.append(Text(box, place, 0.45 * h, self.theme.dim, align=RIGHT))
        return items


class SetupWizard(QWidget):
    """Leads from the first start to running. `finished` is emitted once, with a `SetupChoice`.

    Everything works from the keyboard: Enter = on, Esc = back, Tab, and the underlined letters with Alt.
    `theme` is 'auto', 'dark' or 'light'; `still`: nothing moves (None: as the desktop says).
    """

    finished = Signal(object)

    def __init__(self, parts: SetupParts, *, theme: str = "auto", still: bool | None = None) -> None:
        super().__init__()
        self.model = SetupModel(parts)
        self._theme = themes.named(theme)
        self._still = still
        self._told = False
        self._shown: Page | None = None
        self._offered: tuple[str, ...] = ()
        self.setWindowTitle("Heads Up")
        self.setAccessibleName(say("Heads Up, set-up"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        t = self._theme
        self.banner, self.steps = BannerTile("Simulated", t, loud=True), StepsTile(t)
        self.pages: dict[Page, SetupPage] = {
            Page.RETURNING: ReturningPage(self.model, t),
            Page.CHECK: CheckPage(self.model, t),
            Page.WELCOME: WelcomePage(self.model, t),
            Page.FIND: FindPage(self.model, t),
            Page.CLIP: ClipPage(self.model, t),
            Page.CALIBRATE: CalibratePage(self.model, t, still=self.is_still),
            Page.RESULT: ResultPage(self.model, t),
            Page.GROUND: GroundPage(self.model, t),
            Page.SOUND: SoundPage(self.model, t),
            Page.READY: ReadyPage(self.model, t),
            Page.TROUBLE: TroublePage(self.model, t),
        }
        self.stack = QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.back_button, self.next_button = QPushButton(), QPushButton()
        self.next_button.setProperty("primary", True)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.next)
        self.others: list[QPushButton] = []
        self._lay_out()
        self._restyle()
        self.refresh()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(FRAME_MS)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(self.banner)
        column.addWidget(self.steps)
        column.addWidget(self.stack, 1)
        self._footer = QHBoxLayout()
        self._footer.addWidget(self.back_button)
        self._footer.addStretch(1)
        self._footer.addWidget(self.next_button)
        column.addLayout(self._footer)
        self._column = column

    # ---------------------------------------------------------------- showing

    @property
    def is_still(self) -> bool:
        """Nothing may move: asked for, or the desktop has its animations switched off."""
        if self._still is not None:
            return self._still
        return self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) == 0

    def refresh(self) -> None:
        """Look at the model, and show it as it is now."""
        now_s = monotonic()
        self.model.tick(now_s)
        if self.model.choice is not None:
            self._finish()
            return
        page = self.pages[self.model.page]
        page.refresh(STILL_AT_S if self.is_still else now_s)
        self.banner.show_text(SIMULATED_TEXT if self.model.simulated else "")
        self.steps.show_page(page.title(), self.model.on_the_way)
        self._offer(page)
        if self._shown is not self.model.page:
            self._shown = self.model.page
            self.stack.setCurrentWidget(page)
            page.begin()

    def _offer(self, page: SetupPage) -> None:
        """The footer's buttons, made anew only when they are others."""
        primary, others = page.primary(), tuple(page.others())
        offered = (primary, *(action.words for action in others))
        if offered == self._offered and self._shown is self.model.page:
            return
        self._offered = offered
        first = self.model.page in (Page.WELCOME, Page.RETURNING)
        self.back_button.setText(say("Leave (Esc)" if first else "Back (Esc)"))
        self.next_button.setText(say(f"{primary} (Enter)"))
        self.next_button.setVisible(bool(primary) and not page.own_button)
        for button in self.others:
            if button.hasFocus():
                page.setFocus()
            self._footer.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.others = []
        for place, action in enumerate(others, 2):
            button = QPushButton(say(action.words))
            button.setAccessibleName(say(action.words).replace("&", ""))
            button.clicked.connect(lambda _=False, do=action.do: self._wish(do))
            self._footer.insertWidget(place, button)
            button.show()  # at once, so that it can have the focus
            self.others.append(button)
        for button in (self.back_button, self.next_button):
            button.setAccessibleName(button.text())
        self._rescale()

    def _finish(self) -> None:
        if not self._told:
            self._told = True
            self._timer.stop()
            self.finished.emit(self.model.choice)

    # ---------------------------------------------------------------- wishes

    def next(self) -> None:
        """Enter."""
        if self.pages[self.model.page].primary():
            self._wish(self.model.next)

    def back(self) -> None:
        """Esc."""
        self._wish(self.model.back)

    def _wish(self, do: object) -> None:
        if self.model.choice is None and callable(do):
            do()
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.isAutoRepeat():
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            pressed = self.focusWidget()
            if isinstance(pressed, QPushButton) and pressed.isEnabled():
                pressed.click()
            else:
                self.next()
        elif key == Qt.Key.Key_Escape:
            self.back()
        elif key == Qt.Key.Key_F11:
            self.showNormal() if self.isFullScreen() else self.showFullScreen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.model.leave()
        self._finish()
        event.accept()

    # ---------------------------------------------------------------- look

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rescale()

    def _px(self) -> float:
        """Height of ordinary letters."""
        return max(11.0, min(0.031 * self.height(), 0.0195 * self.width()))

    def _rescale(self) -> None:
        px = self._px()
        for page in self.pages.values():
            page.rescale(px)
        for button in (self.back_button, self.next_button, *self.others):
            button.setFont(font(round(0.95 * px), bold=button is self.next_button))
        self.banner.setFixedHeight(round(1.7 * px))
        self.steps.setFixedHeight(round(1.9 * px))
        margin = round(0.9 * px)
        self._column.setContentsMargins(margin, round(0.5 * px), margin, margin)
        self._column.setSpacing(round(0.5 * px))
        self._footer.setSpacing(round(0.5 * px))

    def _restyle(self) -> None:
        t = self._theme
        self.setPalette(themes.palette(t))
        self.setAutoFillBackground(True)
        self.setStyleSheet(
            f"QLabel {{ color: {t.text}; }} QLabel[dim=true] {{ color: {t.dim}; }}"
            f"QPushButton {{ color: {t.text}; background: {t.panel}; border: 1px solid {t.dim}; border-radius: 6px;"
            f" padding: 8px 16px; }}"
            f"QPushButton:checked {{ border: 2px solid {t.good}; color: {t.good}; }}"
            f"QPushButton:disabled {{ color: {t.edge}; border-color: {t.edge}; }}"
            f"QPushButton[primary=true] {{ background: {t.trace}; color: {t.background}; border-color: {t.trace}; }}"
            f"QPushButton:focus {{ border: 3px solid {t.text}; padding: 6px 14px; }}"
            f"QListWidget {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.edge}; border-radius: 6px; }}"
            f"QListWidget:focus {{ border: 2px solid {t.trace}; }}"
            f"QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}"
            f"QFrame[card=true] {{ background: {t.panel}; border: 1px solid {t.edge}; border-radius: 8px; }}"
            f"QListWidget#outputs::item {{ padding: 8px; }}"
            f"QListWidget::item:selected {{ background: {t.trace}; color: {t.background}; }}"
            f"QRadioButton {{ color: {t.text}; padding: 3px; border: 2px solid transparent; border-radius: 4px; }}"
            f"QRadioButton:focus {{ border-color: {t.trace}; }}"
            f"QRadioButton::indicator {{ width: 14px; height: 14px; border: 2px solid {t.dim}; border-radius: 9px; }}"
            f"QRadioButton::indicator:checked {{ background: {t.trace}; border: 2px solid {t.text}; }}"
        )
        for tile in (self.banner, self.steps):
            tile.restyle(t)
        for page in self.pages.values():
            page.restyle(t)
