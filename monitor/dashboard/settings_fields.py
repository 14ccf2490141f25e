# ruff: noqa: N802  (Qt's own method names)
"""The fields of the settings page: an editor for each kind of setting, and the row that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from monitor.dashboard import settings_words as words
from monitor.settings_keys import Kind, SettingKey, Value, in_words, parsed
from monitor.texts.speaking import say

NUMBER_CHARACTERS = 9
TEXT_CHARACTERS = 28


class Editor(Protocol):
    """What a field needs of the widget in it; `on_edited` is called when the person changed something."""

    on_edited: Callable[[], None]

    def read(self) -> Value:
        """The value as it stands. Raises SettingsError where it is none."""
        ...

    def put(self, value: Value) -> None:
        """Show a value; not an edit."""
        ...

    def handle(self) -> QWidget:
        """What takes the keyboard."""
        ...


class LineEditor(QLineEdit):
    """A number or a text."""

    def __init__(self, key: SettingKey) -> None:
        super().__init__()
        self._key = key
        self.on_edited: Callable[[], None] = lambda: None
        self.setMaxLength(400)
        self.textEdited.connect(lambda _text: self.on_edited())

    def read(self) -> Value:
        """What is typed. Raises SettingsError."""
        return parsed(self._key, self.text())

    def put(self, value: Value) -> None:
        if self.text() != in_words(value):
            self.setText(in_words(value))
            self.setCursorPosition(0)

    def handle(self) -> QWidget:
        return self

    def mark(self, wrong: bool) -> None:
        """Draw the border of a value that cannot be."""
        self.setProperty("wrong", wrong)
        self.style().unpolish(self)
        self.style().polish(self)


class SwitchEditor(QCheckBox):
    """On or off, as a word too."""

    def __init__(self) -> None:
        super().__init__()
        self.on_edited: Callable[[], None] = lambda: None
        self.toggled.connect(self._say)
        self.clicked.connect(lambda _on: self.on_edited())
        self._say(False)

    def _say(self, on: bool) -> None:
        self.setText(say(words.ON if on else words.OFF))

    def read(self) -> Value:
        return self.isChecked()

    def put(self, value: Value) -> None:
        self.setChecked(bool(value))

    def handle(self) -> QWidget:
        return self


class ChoiceEditor(QComboBox):
    """One of a few values, each with its words."""

    def __init__(self, choices: Sequence[tuple[Value, str]]) -> None:
        super().__init__()
        self.on_edited: Callable[[], None] = lambda: None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.offer(choices)
        self.activated.connect(lambda _index: self.on_edited())

    def offer(self, choices: Sequence[tuple[Value, str]]) -> None:
        """Take other choices."""
        self._choices = tuple(choices)
        self.clear()
        self.addItems([say(said) for _, said in self._choices])

    def read(self) -> Value:
        return self._choices[self.currentIndex()][0]

    def put(self, value: Value) -> None:
        self.setCurrentIndex(next(i for i, (choice, _) in enumerate(self._choices) if choice == value))

    def handle(self) -> QWidget:
        return self

    def paintEvent(self, event: QPaintEvent) -> None:
        """With an arrow of its own: a style sheet would need a picture for it."""
        super().paintEvent(event)
        size = self.fontMetrics().height() / 4
        x, y = self.width() - 3.5 * size, self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().text())
        corners = ((-size, -size / 2), (size, -size / 2), (0, size * 0.7))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page; it never changes a setting in passing."""
        event.ignore()


class DeviceEditor(ChoiceEditor):
    """Where the cues play: the computer's choice, what there is, and what was chosen before even if it is not here."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        super().__init__(device_choices((), ""))
        self.setMinimumContentsLength(NUMBER_CHARACTERS)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def found(self, names: tuple[str, ...]) -> None:
        """These outputs are here; what is chosen stays chosen."""
        chosen = str(self.read())
        self._names = names
        self.put(chosen)

    def put(self, value: Value) -> None:
        self.offer(device_choices(self._names, str(value)))
        super().put(value)


def device_choices(names: Sequence[str], chosen: str) -> tuple[tuple[Value, str], ...]:
    """The outputs to choose from, with `chosen` among them: a name, a part of a name, or one that is not here."""
    choices: list[tuple[Value, str]] = [("", words.COMPUTERS_CHOICE), *((name, name) for name in names if name)]
    if chosen and chosen not in names:
        part = any(chosen.casefold() in name.casefold() for name in names)
        choices.insert(1, (chosen, (words.PART_OF_A_NAME if part else words.NOT_HERE).format(chosen)))
    return tuple(choices)


class _Slider(QSlider):
    """A slider that the wheel does not move in passing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class PercentEditor(QWidget):
    """A share of 0..1 as a slider in percent; a value between two percents stays what it is until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.on_edited: Callable[[], None] = lambda: None
        self._value = 0.0
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._said = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self._said)
        self.slider.valueChanged.connect(self._moved)

    def _moved(self, percent: int) -> None:
        self._value = percent / 100
        self._said.setText(say(words.PERCENT.format(percent)))
        self.on_edited()

    def read(self) -> Value:
        return self._value

    def put(self, value: Value) -> None:
        percent = round(100 * float(value))
        self.slider.blockSignals(True)
        self.slider.setValue(percent)
        self.slider.blockSignals(False)
        self._value = float(value)
        self._said.setText(say(words.PERCENT.format(percent)))

    def handle(self) -> QWidget:
        return self.slider


def editor_for(key: SettingKey) -> LineEditor | SwitchEditor | ChoiceEditor | PercentEditor:
    """The editor that suits a setting."""
    if key.key in words.CHOICES:
        return ChoiceEditor(words.CHOICES[key.key])
    if key.key == "volume":
        return PercentEditor()
    if key.key == "sound_device":
        return DeviceEditor()
    if key.kind is Kind.SWITCH:
        return SwitchEditor()
    if key.kind is Kind.CHOICE:
        return ChoiceEditor([(choice, choice) for choice in key.choices])
    return LineEditor(key)


class Field(QWidget):
    """One setting: label, editor, unit, 'as shipped', what it does, and what is wrong with what was typed."""

    edited = Signal(str)
    """The setting's key."""

    def __init__(self, key: SettingKey, label: str) -> None:
        super().__init__()
        self.key = key
        self.editor = editor_for(key)
        self.editor.on_edited = self._edited
        self.error = ""
        self.label = _label(label, "label", wrap=True)
        self.label.setBuddy(self.editor.handle())
        self.unit = _label(say(self._unit(None)), "unit")
        shipped = self._in_words(key.default)
        self.reset = QPushButton(say(words.AS_SHIPPED_VALUE.format(shipped) if shipped else words.AS_SHIPPED))
        self.reset.setObjectName("reset")
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._as_shipped)
        self._help = _label(say(words.help_of(key.key)), "help", wrap=True)
        self._wrong = _label("", "error", wrap=True)
        self._lay_out()
        plain = say(words.label_of(key.key))
        self.editor.handle().setAccessibleName(f"{plain}, {say(key.unit)}" if key.unit else plain)
        self.reset.setAccessibleName(f"{plain}: {self.reset.text()}")
        self.show_error("")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.label, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        wide = isinstance(self.editor, (PercentEditor, DeviceEditor))
        middle.addWidget(self.editor, 3 if wide else 0)
        middle.addWidget(self.unit)
        middle.addStretch(0 if isinstance(self.editor, DeviceEditor) else 1)
        grid.addLayout(middle, 0, 1)
        grid.addWidget(self.reset, 0, 2)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing jumps while one types
        self.reset.setSizePolicy(policy)
        grid.addWidget(self._wrong, 1, 0, 1, 3)
        grid.addWidget(self._help, 2, 0, 1, 3)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set_widths(self, label: int, digit: int) -> None:
        """Pixels for the label, and for each digit of what is typed."""
        self.label.setFixedWidth(label)
        if isinstance(self.editor, LineEditor):
            # A text with a value as shipped is a short word, such as a language's.
            free = self.key.kind is Kind.TEXT and not self.key.default
            count = TEXT_CHARACTERS if free else NUMBER_CHARACTERS
            self.editor.setFixedWidth(digit * count)

    def put(self, value: Value) -> None:
        """Show a value from the file."""
        self.editor.put(value)
        self._compare(value)

    def _edited(self) -> None:
        self.edited.emit(self.key.key)

    def _as_shipped(self) -> None:
        self.editor.put(self.key.default)
        self.editor.handle().setFocus()  # the button is about to go
        self._edited()

    def _compare(self, value: Value | None) -> None:
        """Offer what is shipped where it differs; a height in feet too."""
        self.reset.setVisible(value != self.key.default)
        self.unit.setText(say(self._unit(value)))

    def _unit(self, value: Value | None) -> str:
        """What stands behind a number: its unit, a height in feet too, and its bounds."""
        if not isinstance(self.editor, LineEditor) or self.key.kind is Kind.TEXT:
            return ""
        height = self.key.unit == "m" and isinstance(value, (int, float)) and not self.error
        feet = f"= {words.feet_words(float(value))} " if height and value is not None else ""
        return f"{self.key.unit} {feet} ({self.key.bounds})".strip()

    def show_error(self, sentence: str, value: Value | None = None) -> None:
        """Say what is wrong ('' = nothing) with the value that was read (None = none could be)."""
        self.error = sentence
        sentence = say(sentence)
        self._wrong.setText(f"! {sentence}" if sentence else "")
        self._wrong.setVisible(bool(sentence))
        if isinstance(self.editor, LineEditor):
            self.editor.mark(bool(sentence))
        self.editor.handle().setAccessibleDescription(f"{sentence} {self._help.text()}".strip())
        self._compare(value)

    def _in_words(self, value: Value) -> str:
        """A value for the button; '' where its words are too long for one."""
        if self.key.key in words.CHOICES:
            return ""
        if self.key.key == "volume":
            return words.PERCENT.format(round(100 * float(value)))
        if isinstance(value, bool):
            return words.ON if value else words.OFF
        return in_words(value)


def _label(text: str, name: str, *, wrap: bool = False) -> QLabel:
    """A label of plain text: what a file or a device says must not style the page."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label
