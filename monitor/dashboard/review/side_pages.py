# ruff: noqa: N802  (Qt's own method names)
"""The pages beside the charts, behind tabs whose letters shrink until all of them are to be seen."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from monitor.dashboard.theme import Theme, font

LEAST_PX = 11
PADDING_PX = 7


class SidePages(QTabWidget):
    """Pages by name; those that have a `restyle(theme)` follow the theme."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._most_px = LEAST_PX
        self.setAccessibleName("Pages beside the charts")
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self.restyle(theme)

    def add(self, name: str, page: QWidget) -> None:
        """A page behind a tab of this name, which a screen reader says."""
        page.setAccessibleName(page.accessibleName() or name)
        _restyle(page, self._theme)
        self.addTab(page, name)
        self._fit()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self._theme = theme
        self.setStyleSheet(
            f"QTabBar::tab {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.edge};"
            f" padding: 6px {PADDING_PX}px; }}"
            f"QTabBar::tab:selected {{ border-bottom: 3px solid {theme.trace}; font-weight: bold; }}"
            f"QTabBar QToolButton {{ color: {theme.text}; background: {theme.panel}; }}"
        )
        for i in range(self.count()):
            _restyle(self.widget(i), theme)

    def scale(self, most_px: int) -> None:
        """Letters of the tabs at most this high."""
        self._most_px = max(most_px, LEAST_PX)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        names = [self.tabText(i) for i in range(self.count())]
        px = self._most_px
        while px > LEAST_PX:
            metrics = QFontMetricsF(font(px, bold=True))
            if sum(metrics.horizontalAdvance(name) + 2 * PADDING_PX + 4 for name in names) <= self.width():
                break
            px -= 1
        if self.tabBar().font().pixelSize() != px:
            self.tabBar().setFont(font(px))


def _restyle(page: QWidget | None, theme: Theme) -> None:
    restyle = getattr(page, "restyle", None)
    if callable(restyle):
        restyle(theme)
