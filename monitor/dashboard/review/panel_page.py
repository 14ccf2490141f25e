# ruff: noqa: N802  (Qt's own method names)
"""What every page beside the charts has in common: it follows the model, when it is in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard import theme as themes
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.settings_style import style_sheet
from monitor.dashboard.theme import Theme

LETTER_PX = 14
Span = tuple[float, float]
"""Start and end in seconds of the run's clock."""


class PanelPage(QWidget):
    """A page. It draws what changed when it is in sight, and otherwise as soon as it comes into sight.

    page_wanted : bring another page to the front, by its name
    """

    page_wanted = Signal(str)

    def __init__(self, name: str, model: ReviewModel, theme: Theme) -> None:
        super().__init__()
        self.name, self.model, self.theme = name, model, theme
        self._late = set(Change)
        self.setObjectName("leaf")
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        PanelPage.restyle(self, theme)
        stop = model.listen(self._heard)
        self.destroyed.connect(lambda: stop())

    def show_change(self, change: Change) -> None:
        """Draw what changed in the model; `Change.RUN`: everything of the run."""

    def _heard(self, change: Change) -> None:
        self._late.add(change)
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Draw everything that has changed since it was last drawn."""
        late, self._late = self._late, set()
        if Change.RUN in late:
            late = set(Change)
        for change in Change:
            if change in late:
                self.show_change(change)

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    def go_to(self, start_s: float, end_s: float) -> None:
        """Select a stretch, put the cursor at its start and show it with some room on both sides."""
        room = 0.1 * (end_s - start_s)
        self.model.select(start_s, end_s)
        self.model.move_cursor(start_s, show=False)
        self.model.show_range(start_s - room, end_s + room)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        self.setPalette(themes.palette(theme))
        self.setStyleSheet(page_style(theme))


def page_style(theme: Theme) -> str:
    """The style sheet of the settings page, with tables, bars and tool tips, which that has none of."""
    return f"""{style_sheet(theme, LETTER_PX)}
    QTableView {{
        background: {theme.panel}; alternate-background-color: {theme.background}; gridline-color: {theme.edge};
        border: 1px solid {theme.edge}; selection-background-color: {theme.trace};
        selection-color: {theme.background};
    }}
    QTableView:focus {{ border: 2px solid {theme.trace}; }}
    QHeaderView {{ background: {theme.background}; border: none; }}
    QHeaderView::section {{
        background: {theme.background}; color: {theme.text}; border: none; border-bottom: 1px solid {theme.dim};
        padding: 3px 4px; font-size: {LETTER_PX - 2}px; font-weight: bold;
    }}
    QTableCornerButton::section {{ background: {theme.background}; border: none; }}
    QToolTip {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.dim}; }}
    #card:focus {{ border: 2px solid {theme.trace}; }}
    QProgressBar {{ background: {theme.edge}; border: none; border-radius: 3px; }}
    QProgressBar::chunk {{ background: {theme.trace}; border-radius: 3px; }}
    QDoubleSpinBox {{
        background: {theme.panel}; border: 1px solid {theme.dim}; border-radius: 4px; padding: 3px 6px;
        selection-background-color: {theme.trace}; selection-color: {theme.background};
    }}
    QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; border: none; }}
    QDoubleSpinBox QLineEdit, QDoubleSpinBox QLineEdit:focus {{ border: none; padding: 0; background: transparent; }}
    QDoubleSpinBox:focus {{ border: 2px solid {theme.trace}; padding: 2px 5px; }}
    QScrollBar:horizontal {{ background: transparent; height: {LETTER_PX - 2}px; }}
    QScrollBar::handle:horizontal {{ background: {theme.dim}; border-radius: 5px; min-width: 28px; }}
    """


def line_of(text: str = "", kind: str = "", *, name: str = "") -> QLabel:
    """A text that wraps and can be copied; `kind` is the style sheet's word for how it looks."""
    label = QLabel(text.replace(" %", "\N{NO-BREAK SPACE}%"))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setObjectName(kind)
    if name:
        label.setAccessibleName(name)
    return label


def button_of(text: str, spoken: str) -> QPushButton:
    """A button whose accessible name says the whole of it."""
    button = QPushButton(text)
    button.setAccessibleName(spoken)
    button.setToolTip(spoken)
    return button


def card(*inside: QWidget) -> QFrame:
    """A framed box with widgets from top to bottom."""
    frame = QFrame()
    frame.setObjectName("card")
    rows = QVBoxLayout(frame)
    rows.setContentsMargins(10, 8, 10, 8)
    rows.setSpacing(6)
    for widget in inside:
        rows.addWidget(widget)
    return frame


def row_of(*widgets: QWidget) -> QWidget:
    """Widgets side by side from the left."""
    inner = QWidget()
    row = QHBoxLayout(inner)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return inner


class PageTable(QTableWidget):
    """A table to be read. Letters and the space bar are the window's, as everywhere: A and B, play, keys."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)


class Pile(QScrollArea):
    """Widgets from top to bottom that scroll where there are too many, and may be replaced at once."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def fill(self, widgets: list[QWidget]) -> None:
        """Show these instead."""
        inner = QWidget()
        inner.setObjectName("leaf")
        inner.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        for widget in widgets:
            rows.addWidget(widget)
        rows.addStretch(1)
        at = self.verticalScrollBar().value()
        old = self.takeWidget()
        if old is not None:
            old.deleteLater()
        self.setWidget(inner)
        self.verticalScrollBar().setValue(at)
