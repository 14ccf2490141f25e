"""Texts with holes: 'Marked at {}: {}' and what fills them, found again in a finished text in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass

HOLE = "{}"
_NUMBERED = re.compile(r"\{(\d{1,2})\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text of the program as it stands in the catalogue; `parts` are its fixed parts, one more than it has holes."""

    text: str
    parts: tuple[str, ...]

    @property
    def holes(self) -> int:
        """How many values fill it."""
        return len(self.parts) - 1

    @property
    def letters(self) -> int:
        """How many letters are fixed: with more of them it says more surely what a text is."""
        return sum(c.isalpha() for part in self.parts for c in part)

    def fill(self, values: tuple[str, ...]) -> str:
        """The text with its holes filled, in turn."""
        filled = [self.parts[0]]
        for value, part in zip(values, self.parts[1:], strict=True):
            filled += (value, part)
        return "".join(filled)

    def values(self, text: str) -> tuple[str, ...] | None:
        """What fills the holes of a finished text; None where it is another text.

        Each fixed part is looked for once, from the left: that finds a way wherever there is one, and never turns back,
        so that no text can keep it busy.
        """
        first, last = self.parts[0], self.parts[-1]
        if self.holes == 0:
            return () if text == first else None
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return None
        at, end = len(first), len(text) - len(last)
        found = []
        for part in self.parts[1:-1]:
            place = text.find(part, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        return (*found, text[at:end])


def template(text: str) -> Template:
    """A template of the catalogue."""
    return Template(text, tuple(text.split(HOLE)))


def numbered(translation: str, values: tuple[str, ...]) -> str:
    """A translation with {0}, {1}, ... filled; holes that there are not stay empty."""

    def value(hole: re.Match[str]) -> str:
        place = int(hole[1])
        return values[place] if place < len(values) else ""

    return _NUMBERED.sub(value, translation)


def wrong_holes(translation: str, holes: int) -> str:
    """The first thing in a translation that is no hole of a template with so many; '' where all is well."""
    for match in re.finditer(r"\{[^{}]{0,20}\}?|\}", translation):
        found = match[0]
        if not (hole := _NUMBERED.fullmatch(found)) or int(hole[1]) >= holes:
            return str(found)
    return ""
