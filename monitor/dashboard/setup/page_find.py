# ruff: noqa: N802  (Qt's own method names)
"""The page that finds the sensors: a list, the shaken one marked, and where each is worn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from monitor.dashboard.fitting import Text, paint
from monitor.dashboard.setup.facts import Found
from monitor.dashboard.setup.links import LOW_PCT
from monitor.dashboard.setup.page_base import Action, SetupPage, Words
from monitor.dashboard.setup.places import PLACES
from monitor.dashboard.setup.result_words import plain
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.setup.shake import LEAST_M_S2
from monitor.dashboard.theme import Theme, font
from monitor.texts.speaking import say
from monitor.values import Site

FOUND_ROLE = Qt.ItemDataRole.UserRole
LIVELY_M_S2 = 3 * LEAST_M_S2
"""The movement bar is full here."""
SHORT = {
    Site.HEAD: "&Head",
    Site.COLLAR: "&Collar or strap",
    Site.LEFT_SHOULDER: "&Left shoulder",
    Site.RIGHT_SHOULDER: "&Right shoulder",
    Site.BACK: "&Back",
}


class FindPage(SetupPage):
    """Up and Down choose a row, Space takes it or not, Enter takes the shaken one or goes on."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "Find your sensors")
        self.ask = Words("", 1.5, bold=True)
        self.hint = Words(dim=True)
        self.list = SensorList(self)
        self.where = Words("", bold=True)
        self.places = {site: QPushButton(say(words)) for site, words in SHORT.items()}
        self.unused = QPushButton(say("&Not used"))
        column = QVBoxLayout(self)
        column.addWidget(self.ask)
        column.addWidget(self.hint)
        column.addWidget(self.list, 1)
        column.addWidget(self.where)
        row = QHBoxLayout()
        for site, button in self.places.items():
            button.setCheckable(True)
            button.setAccessibleName(say(f"Worn at: {PLACES[site].name}"))
            button.clicked.connect(lambda _=False, s=site: self._place(s))
            row.addWidget(button)
        self.unused.setCheckable(True)
        self.unused.clicked.connect(self._unpick)
        row.addWidget(self.unused)
        row.addStretch(1)
        column.addLayout(row)
        self._marked: str | None = None

    # ---------------------------------------------------------------- wishes

    def _place(self, site: Site) -> None:
        if (address := self.list.address()) is not None:
            self.model.finding.place(address, site)
        self.refresh(0.0)

    def _unpick(self) -> None:
        if (address := self.list.address()) is not None:
            self.model.finding.unpick(address)
        self.refresh(0.0)

    def toggle(self) -> None:
        """Take the current sensor, or do without it."""
        finding = self.model.finding
        if (address := self.list.address()) is None:
            return
        finding.unpick(address) if finding.pick_of(address) else finding.pick(address)
        self.refresh(0.0)

    # ---------------------------------------------------------------- showing

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        finding = self.model.finding
        found = finding.scan.found
        self.list.show_found(told_apart(found), finding.marked, {p.found.address: p.site for p in finding.picks})
        if finding.marked != self._marked:
            self._marked = finding.marked
            self.list.go_to(finding.marked)
        self._say(found)
        address = self.list.address()
        pick = finding.pick_of(address) if address else None
        current = next((f for f in told_apart(found) if f.address == address), None)
        self.where.say(f"Where do you wear {display_name(current)}?" if current else " ")
        for site, button in self.places.items():
            button.setChecked(pick is not None and pick.site is site)
            button.setEnabled(current is not None)
        self.unused.setChecked(current is not None and pick is None)
        self.unused.setEnabled(current is not None)

    def _say(self, found: Sequence[Found]) -> None:
        finding = self.model.finding
        found = told_apart(found)
        marked = next((f for f in found if f.address == finding.marked), None)
        if not found:
            self.ask.say("Switch the sensor on and bring it near.")
            self.hint.say("Searching ...")
        elif marked is not None:
            self.ask.say(f"That one is {display_name(marked)}.")
            self.hint.say("Enter takes it. If it was another one, put it down and shake again.")
        elif finding.several_move:
            self.ask.say("Several are moving.")
            self.hint.say("Leave all but one at rest, and shake that one.")
        elif not finding.picks:
            self.ask.say("Shake the one for your cap.")
            self.hint.say("Or choose it from the list: Up, Down, then Space.")
        elif weak := [p for p in finding.picks if p.found.battery_pct is not None and p.found.battery_pct <= LOW_PCT]:
            self.ask.say(f"The battery of {display_name(weak[0].found)} is at {weak[0].found.battery_pct} %.")
            self.hint.say("Charge it first: it may not last through the calibration. Enter goes on all the same.")
        else:
            more = len(found) > len(finding.picks)
            self.ask.say("Another one? Shake it. If not, Enter." if more else "Enter to go on.")
            self.hint.say("Is the place right? Change it below the list.")

    def primary(self) -> str:
        if self.model.finding.marked is not None:
            return "Take it"
        return "Next" if self.model.picks else ""

    def others(self) -> Sequence[Action]:
        actions = [Action("&Search again", self.model.search_again)]
        if self.model.can_simulate:
            actions.append(Action("&Try a SIMULATED runner", self.model.simulate))
        return actions

    def begin(self) -> None:
        self.list.setFocus()

    def restyle(self, theme: Theme) -> None:
        super().restyle(theme)
        self.list.theme = theme

    def rescale(self, px: float) -> None:
        super().rescale(px)
        self.list.px = px
        self.list.doItemsLayout()
        for button in (*self.places.values(), self.unused):
            button.setFont(font(round(0.85 * px)))


def display_name(found: Found | None) -> str:
    """A name for a sensor: its own, or the family's with the end of the address."""
    if found is None:
        return ""
    return plain(found.name, 40) or f"{found.label} {found.address[-5:]}"


def told_apart(found: Sequence[Found]) -> tuple[Found, ...]:
    """The sensors, those of one name with the end of their address behind it."""
    names = [f.name for f in found]
    return tuple(
        replace(f, name=f"{plain(f.name, 30)} {f.address[-5:]}") if f.name and names.count(f.name) > 1 else f
        for f in found
    )


class SensorList(QListWidget):
    """The sensors in range. Enter and Esc are the window's."""

    def __init__(self, page: FindPage) -> None:
        super().__init__()
        self._page = page
        self.theme, self.px = page.theme, 20.0
        self.setAccessibleName(say("Sensors in range"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Row(self))

    def show_found(self, found: Sequence[Found], marked: str | None, sites: dict[str, Site]) -> None:
        """The rows, in the order given; the current one stays current."""
        rows = [self.item(i).data(FOUND_ROLE)[0].address for i in range(self.count())]
        if rows != [f.address for f in found]:
            current = self.address()
            self.clear()
            for _ in found:
                self.addItem(QListWidgetItem())
            for i, f in enumerate(found):
                self.item(i).setData(FOUND_ROLE, (f, False, None))
            self.go_to(current)
            if self.currentRow() < 0 and found:
                self.setCurrentRow(0)
        for i, f in enumerate(found):
            data = (f, f.address == marked, sites.get(f.address))
            item = self.item(i)
            if item.data(FOUND_ROLE) != data or not item.data(Qt.ItemDataRole.AccessibleTextRole):
                item.setData(FOUND_ROLE, data)
                words = ". ".join(say(part) for part in row_words(*data) if part)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)

    def address(self) -> str | None:
        """Of the current row."""
        if self.currentRow() < 0:
            return None
        found: Found = self.currentItem().data(FOUND_ROLE)[0]
        return found.address

    def go_to(self, address: str | None) -> None:
        """Make a sensor's row the current one."""
        for i in range(self.count()):
            if self.item(i).data(FOUND_ROLE)[0].address == address:
                self.setCurrentRow(i)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        elif event.key() == Qt.Key.Key_Space:
            self._page.toggle()
        else:
            super().keyPressEvent(event)


def row_words(found: Found, marked: bool, site: Site | None) -> tuple[str, str, str]:
    """Name, facts and place of a row."""
    battery = f"battery {found.battery_pct} %" if found.battery_pct is not None else ""
    new_id = ""
    if found.hint is not None and not found.by_id:
        new_id = f"not your {PLACES[found.hint].name.lower()} sensor's id"
    facts = " · ".join(w for w in (found.label, battery, f"{found.rssi_dbm} dBm", new_id, plain(found.state, 60)) if w)
    place = PLACES[site].name if site is not None else ("shaken" if marked else "")
    return display_name(found), facts, place


class _Row(QStyledItemDelegate):
    """Paints a row: a frame where it is current, a thick one and a bar where it moves, the place at the right."""

    def __init__(self, parent: SensorList) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, round(3.2 * self._list.px))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        found, marked, site = index.data(FOUND_ROLE)
        theme, px = self._list.theme, self._list.px
        name, facts, place = row_words(found, marked, site)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRectF = QRectF(option.rect).adjusted(3, 3, -3, -3)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        edge = theme.alert if marked else (theme.trace if current else theme.edge)
        painter.setPen(QPen(QColor(edge), 3 if marked or current else 1))
        painter.setBrush(QColor(theme.background))
        painter.drawRoundedRect(rect, 6, 6)
        self._paint_bar(painter, QRectF(rect.left() + px, rect.center().y() - 0.9 * px, 0.5 * px, 1.8 * px), found)
        left, width = rect.left() + 2.2 * px, rect.width() - 3 * px
        right = Qt.AlignmentFlag.AlignRight
        paint(
            painter,
            [
                Text(QRectF(left, rect.top() + 0.2 * px, 0.6 * width, 1.4 * px), name, 1.1 * px, theme.text, bold=True),
                Text(QRectF(left, rect.top() + 1.6 * px, 0.72 * width, 1.1 * px), facts, 0.8 * px, theme.dim),
                Text(
                    QRectF(left + 0.6 * width, rect.top() + 0.2 * px, 0.38 * width, 1.4 * px),
                    f"✓ {place}" if site is not None else place,
                    1.1 * px,
                    theme.good if site is not None else theme.attention,
                    bold=True,
                    align=right,
                ),
            ],
        )
        painter.restore()

    def _paint_bar(self, painter: QPainter, box: QRectF, found: Found) -> None:
        """How much it moves."""
        theme = self._list.theme
        painter.setPen(QPen(QColor(theme.edge), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(box, 3, 3)
        if math.isfinite(found.spread_m_s2):
            part = min(1.0, found.spread_m_s2 / LIVELY_M_S2)
            high = box.height() * part
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.alert if found.spread_m_s2 >= LEAST_M_S2 else theme.trace))
            painter.drawRoundedRect(QRectF(box.left(), box.bottom() - high, box.width(), high), 3, 3)
