"""A list of cues under a title; each is a button that goes to where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from monitor.dashboard.review.panel_page import button_of, line_of, row_of
from monitor.review.report_words import clock_words, event_title, event_why
from monitor.review.whatif_words import cue_words
from monitor.values import NS_PER_S, Event

MOST_CUES = 40


class CueList(QWidget):
    """Cues in order of time. `go` is called with the seconds of the run's clock of the one that is chosen."""

    def __init__(self, title: str, go: Callable[[float], object]) -> None:
        super().__init__()
        self._title, self._go = title, go
        self.setAccessibleName(title)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)

    def fill(self, cues: Sequence[Event]) -> None:
        """Show these instead."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows.addWidget(line_of(f"{self._title}: {len(cues)}", "label"))
        for event in cues[:MOST_CUES]:
            at_s = event.t_ns / NS_PER_S
            spoken = f"{self._title}: {cue_words(event)}. Go there"
            button = button_of(f"{clock_words(at_s)} · {event_title(event)}", spoken)
            button.clicked.connect(partial(self._go, at_s))
            self._rows.addWidget(row_of(button))
            self._rows.addWidget(line_of(event_why(event), "help"))
        if len(cues) > MOST_CUES:
            self._rows.addWidget(line_of(f"and {len(cues) - MOST_CUES} more", "help"))
