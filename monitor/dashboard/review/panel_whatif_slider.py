"""A number as a slider and a box to type it, which follow each other."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QWidget

STEPS = 2
"""Positions of the slider per unit."""


class NumberRow(QWidget):
    """A word, a slider, and a box. `moved` is sent for each new value that the person gives."""

    moved = Signal()

    def __init__(self, word: str, unit: str, bounds: tuple[float, float], value: float, spoken: str) -> None:
        super().__init__()
        low, high = bounds
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(low * STEPS), round(high * STEPS))
        self.slider.setPageStep(5 * STEPS)
        self.slider.setAccessibleName(f"{spoken}: slider")
        self.box = QDoubleSpinBox()
        self.box.setRange(low, high)
        self.box.setDecimals(1)
        self.box.setSingleStep(1 / STEPS)
        self.box.setSuffix(f" {unit}" if unit != "°" else unit)
        self.box.setKeyboardTracking(False)
        # Without buttons, as the slider is there; `NoButtons` under a style sheet leaves no room for the number.
        self.box.setStyleSheet("QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }")
        self.box.lineEdit().setStyleSheet(
            "border: none; padding: 0 5px; background: transparent;"
        )  # the box has its own
        self.box.setMinimumWidth(self.box.fontMetrics().horizontalAdvance("000.0 ss") + 20)
        self.box.setAccessibleName(spoken)
        label = QLabel(word)
        label.setBuddy(self.box)
        row = QGridLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 0, 0)
        row.addWidget(self.slider, 0, 1)
        row.addWidget(self.box, 0, 2)
        row.setColumnStretch(1, 1)
        self.put(value)
        self.slider.valueChanged.connect(self._slid)
        self.box.valueChanged.connect(self._typed)

    @property
    def value(self) -> float:
        """The number as it stands."""
        return self.box.value()

    def is_at(self, value: float) -> bool:
        """Whether it shows this number, as near as the box can."""
        return abs(self.box.value() - value) < 0.5 * 10.0 ** -self.box.decimals() + 1e-9

    def put(self, value: float) -> None:
        """Show a number; nobody is told."""
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            self.box.setValue(value)
            self.slider.setValue(round(value * STEPS))

    def _slid(self, position: int) -> None:
        self.put(position / STEPS)
        self.moved.emit()

    def _typed(self, value: float) -> None:
        self.put(value)
        self.moved.emit()
