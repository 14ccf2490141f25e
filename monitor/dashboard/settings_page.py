# ruff: noqa: N802  (Qt's own method names)
"""The settings page: chapters on the left, one leaf of fields on the right, and what was changed goes to the file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard import settings_words as words
from monitor.dashboard import theme as themes
from monitor.dashboard.settings_fields import DeviceEditor, Field
from monitor.dashboard.settings_sound import SoundPanel
from monitor.dashboard.settings_style import style_sheet
from monitor.dashboard.settings_words import Leaf
from monitor.dashboard.sound_check import SoundCheck
from monitor.dashboard.theme import Theme
from monitor.errors import SettingsError
from monitor.settings import Settings
from monitor.settings_file import change, load_or_default
from monitor.settings_keys import BY_KEY, Value, changed, value_of
from monitor.texts.speaking import say

MIN_PX, MAX_PX = 13, 20
WIDEST_EM = 62
"""Lines longer than this many letter heights are hard to read."""


class SettingsPage(QWidget):
    """Edits the settings file at `path`. `running`: a run is going on, which keeps the settings it began with.

    `saved` carries the new `Settings`; `left` is sent once, when the person closes the page.
    """

    saved = Signal(object)
    left = Signal()

    def __init__(
        self,
        path: Path,
        sound: SoundCheck,
        *,
        theme: Theme = themes.DARK,
        running: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._path, self._sound, self._running, self._theme = path, sound, running, theme
        self._loaded = Settings()
        self._styled: tuple[Theme, int] | None = None
        self._may_drop = False
        self._gone = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(say(words.TITLE))
        self.setAccessibleName(say(words.TITLE))
        self.setMinimumSize(880, 480)
        self.fields: dict[str, Field] = {}
        self.leaves = words.leaves()
        self.nav: list[QPushButton] = []
        self._cards: list[QWidget] = []
        self._columns: dict[str, QVBoxLayout] = {}
        self._stack = QStackedWidget()
        self.banner, self.note, self.said = _text("banner"), _text("note", say(words.RUNNING)), _text("where")
        self.save_button = self._button(say(words.SAVE), self.save, "save")
        self.undo_button = self._button(say(words.UNDO), self.reload)
        self.close_button = self._button(say(words.CLOSE), self.leave)
        self._taken = words.letters(map(say, (words.SAVE, words.UNDO, words.CLOSE, words.TEST, words.LOOK_AGAIN)))
        chapters = self._chapters()
        for leaf in self.leaves:
            self._stack.addWidget(self._leaf(leaf))
        device, volume = self.fields["sound_device"], self.fields["volume"]
        assert isinstance(device.editor, DeviceEditor)
        self.sound_panel = SoundPanel(
            sound, device.editor, lambda: (str(device.editor.read()), float(volume.editor.read()))
        )
        self._columns["sound_device"].addWidget(self.sound_panel)
        self._lay_out(chapters)
        self.restyle(theme)
        self.reload()
        self.open_leaf(0)

    # ------------------------------------------------------------ building

    def _chapters(self) -> QWidget:
        """A button for each leaf, under the name of its chapter."""
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        group = QButtonGroup(self)
        chapter = ""
        titles = words.with_mnemonics([say(leaf.title) for leaf in self.leaves], self._taken)
        for index, (leaf, title) in enumerate(zip(self.leaves, titles, strict=True)):
            if leaf.chapter != chapter and chapter:
                column.addSpacing(10)
            if leaf.chapter not in (chapter, leaf.title):
                column.addWidget(_text("chapter", say(leaf.chapter).upper(), wrap=False))
            chapter = leaf.chapter
            button = self._button(title, lambda _=False, i=index: self.open_leaf(i), "nav")
            button.setCheckable(True)
            group.addButton(button)
            column.addWidget(button)
            self.nav.append(button)
        column.addStretch(1)
        holder = QWidget()
        holder.setObjectName("chapters")
        holder.setLayout(column)
        return _scroll(holder)

    def _leaf(self, leaf: Leaf) -> QWidget:
        """The fields of a leaf on a card, in a scroll area."""
        labels = words.with_mnemonics([say(words.label_of(key)) for key in leaf.keys], set(self._taken))
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        for key, label in zip(leaf.keys, labels, strict=True):
            field = self.fields[key] = Field(BY_KEY[key], label)
            field.edited.connect(self._edited)
            self._columns[key] = column
            if column.count():
                column.addWidget(_line())
            column.addWidget(field)
        self._cards.append(card)
        holder = QWidget()
        holder.setObjectName("leaf")
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 8, 0)
        outer.addWidget(_text("title", say(leaf.title)))
        if leaf.intro:
            outer.addWidget(_text("help", say(leaf.intro)))
        outer.addWidget(card)
        outer.addStretch(1)
        return _scroll(holder)

    def _lay_out(self, chapters: QWidget) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(chapters, 0)
        middle.addWidget(self._stack, 1)
        bar = QHBoxLayout()
        bar.addWidget(self.said, 1)
        for button in (self.save_button, self.undo_button, self.close_button):
            bar.addWidget(button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(10)
        outer.addWidget(self.banner)
        outer.addWidget(self.note)
        outer.addLayout(middle, 1)
        outer.addLayout(bar)
        self._chapter_area = chapters
        self.note.setVisible(self._running)
        self.banner.hide()

    def _button(self, text: str, action: object, name: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button

    # ------------------------------------------------------------ looks

    def restyle(self, theme: Theme) -> None:
        """Show in another theme, or in letters that suit another size."""
        px = max(MIN_PX, min(MAX_PX, round(self.height() * 0.0205)))
        if (theme, px) != self._styled:  # a style sheet is dear
            self._theme, self._styled = theme, (theme, px)
            self.setPalette(themes.palette(theme))
            self.setStyleSheet(style_sheet(theme, px))
        bold = QFontMetrics(themes.font(px, bold=True))
        chapters = max(bold.horizontalAdvance(say(leaf.title)) for leaf in self.leaves) + 4 * px
        self._chapter_area.setFixedWidth(chapters)
        card = min(px * WIDEST_EM, self.width() - chapters)
        label = min(
            max(bold.horizontalAdvance(say(words.label_of(key))) for key in self.fields) + px, round(0.33 * card)
        )
        for field in self.fields.values():
            field.set_widths(label, QFontMetrics(themes.font(px)).horizontalAdvance("0") + 2)
        for frame in self._cards:
            frame.setMaximumWidth(px * WIDEST_EM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.restyle(self._theme)

    def open_leaf(self, index: int) -> None:
        """Turn to a leaf, by its place in `leaves`."""
        self._stack.setCurrentIndex(index)
        self.nav[index].setChecked(True)

    @property
    def leaf(self) -> Leaf:
        """The leaf that is open."""
        return self.leaves[self._stack.currentIndex()]

    # ------------------------------------------------------------ the file

    def reload(self) -> None:
        """Show the file as it is now; what was not saved is dropped."""
        try:
            self._loaded, trouble = load_or_default(self._path), ""
        except SettingsError as error:
            why = error.reason if error.key == str(self._path) else f"'{error.key}' {error.reason}"
            self._loaded, trouble = Settings(), words.UNREADABLE.format(self._path, why.partition(";")[0])
        self.banner.setText(say(trouble))
        self.banner.setVisible(bool(trouble))
        self.save_button.setEnabled(not trouble)
        for card in self._cards:
            card.setEnabled(not trouble)
        for name, field in self.fields.items():
            field.put(value_of(self._loaded, BY_KEY[name]))
        self._check()
        self._say(words.KEPT_IN.format(self._path))

    def save(self) -> bool:
        """Put what was changed into the file as it is now; turn to what is wrong instead, if anything is."""
        changes, _ = self._check()
        wrong = next((f for leaf in self.leaves for k in leaf.keys if (f := self.fields[k]).error), None)
        if wrong is not None:
            self.open_leaf(next(i for i, leaf in enumerate(self.leaves) if wrong.key.key in leaf.keys))
            wrong.editor.handle().setFocus()
            self._say(words.MEND_FIRST.format(words.label_of(wrong.key.key)))
            return False
        if not changes:
            self._say(words.NOTHING_TO_SAVE)
            return True
        try:
            settings = change(self._path, changes)
        except SettingsError as error:
            self._say(f"! {words.sentence(f'{error.key}: {error.reason}')}")
            return False
        self._sound.adopt(settings)
        self.reload()
        self._say(words.SAVED_RUNNING if self._running else words.SAVED)
        self.saved.emit(settings)
        return True

    def _edited(self, _key: str) -> None:
        _, unsaved = self._check()
        self._say(_unsaved(unsaved))

    def _check(self) -> tuple[dict[str, Value], int]:
        """What may be saved, by key, and how many fields differ from the file; each error is shown at its field."""
        values: dict[str, Value] = {}
        errors: dict[str, str] = {}
        unreadable: set[str] = set()
        for name, field in self.fields.items():
            try:
                value = field.editor.read()
            except SettingsError as error:
                errors[name] = error.reason
                unreadable.add(name)
                continue
            if value != value_of(self._loaded, field.key):
                values[name] = value
        changes = dict(values)
        while True:
            try:
                changed(self._loaded, changes)
                break
            except SettingsError as error:
                errors[error.key] = error.reason
                # Another field's fault, such as a limit below the untouched lower one: that group waits as a whole.
                group = BY_KEY[error.key].group
                gone = {error.key} if error.key in changes else {k for k in changes if BY_KEY[k].group == group}
                changes = {k: v for k, v in changes.items() if k not in gone}
        for name, field in self.fields.items():
            said = words.sentence(errors[name], field.key.group) if name in errors else ""
            shown = None if name in unreadable else values.get(name, value_of(self._loaded, field.key))
            field.show_error(said, shown)
        for leaf, button in zip(self.leaves, self.nav, strict=True):
            wrong = any(self.fields[key].error for key in leaf.keys)
            text = button.text().removesuffix("  !")
            button.setText(f"{text}  !" if wrong else text)
        return changes, len(values) + len(unreadable)

    def _say(self, text: str) -> None:
        self.said.setText(say(text))
        self._may_drop = False

    # ------------------------------------------------------------ leaving

    def leave(self) -> None:
        """Close the page; where something is not saved, only at the second time."""
        _, unsaved = self._check()
        if unsaved and not self._may_drop:
            self._say(_unsaved(unsaved) + words.LEAVE)
            self._may_drop = True
            return
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._gone:
            self._gone = True
            self.sound_panel.close_sound()
            self.left.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; no other key reaches what is behind the page, where it might end a run."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()


def _unsaved(count: int) -> str:
    """How much is not saved; '' for nothing."""
    if count == 1:
        return words.UNSAVED_ONE
    return words.UNSAVED.format(count) if count else ""


def _text(name: str, text: str = "", *, wrap: bool = True) -> QLabel:
    """A label of plain text: what a file or a device says must not style the page."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("line")
    line.setFixedHeight(1)
    return line


def _scroll(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab scrolls to where it goes
    area.setWidget(widget)
    return area
