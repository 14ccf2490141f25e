"""What this computer remembers of the wearer's sensors, and the questions that only the wearer can answer.

An id is what the platform calls a device by: an address, on macOS a UUID that holds on that Mac alone. So what is
remembered belongs to one computer, and stays out of the calibration, which may be copied to another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from monitor.sources.companions import CompanionKind
from monitor.values import Site

Place: TypeAlias = Site | CompanionKind
"""What a device is to the wearer: the sensor of a site, or a companion of a kind."""

ANY_ID = "*"
"""In place of an id: whichever one bears the name, for a sensor that changes its id by itself."""
MOST = 200
"""Devices remembered; the oldest go first."""
SHOWN_END = 8


def place_of(text: str) -> Place:
    """The place of this name: 'head', 'heart_strap'. Raises ValueError."""
    return CompanionKind(text) if text in list(CompanionKind) else Site(text)


class Standing(StrEnum):
    """What a remembered device is to the wearer."""

    MET = "met"
    """It was asked for, by its id or as the only one of its name."""
    SAME = "same"
    """The wearer said that it is the same sensor as before, under another id."""
    NOT_MINE = "not_mine"
    """The wearer said that it is another one, which shall be left alone."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A device that was met or answered for at a place. `ident` in small letters, or `ANY_ID`."""

    site: Place
    name: str
    ident: str
    standing: Standing

    def is_about(self, site: Place, name: str, ident: str) -> bool:
        """Whether this tells of that device: by its id, whatever it is called now; by its name only for `ANY_ID`."""
        same = self.name.casefold() == name.casefold() if self.ident == ANY_ID else self.ident == ident.lower()
        return same and self.site is site


@dataclass(frozen=True, slots=True)
class Question:
    """Is this device the wearer's sensor of that place? `several`: others of its name are in range."""

    site: Place
    name: str
    ident: str
    several: bool = False

    @property
    def title(self) -> str:
        """The question."""
        if isinstance(self.site, CompanionKind):
            return f"Is this your {self.site.label}?"
        return f"Is this your {self.site.value.replace('_', ' ')} sensor?"

    @property
    def text(self) -> str:
        """Why it is asked, and what to go by."""
        if isinstance(self.site, CompanionKind):
            return self._of_companion()
        who = self.name or "a sensor without a name"
        if self.several:
            return (
                f"Several sensors in range are named {who}. This one's id ends in {self.ident[-SHOWN_END:]}.\n"
                "Take the id from its label or its maker's app. If in doubt: No."
            )
        return (
            f"{who} answers under another id, ending in {self.ident[-SHOWN_END:]}.\n"
            "Yes: the same one; its battery was changed, or this computer is new to it.\n"
            "No: someone else's, or a new one of yours, to be calibrated first: headsup start"
        )

    def _of_companion(self) -> str:
        """The same of what needs no calibration."""
        end = self.ident[-SHOWN_END:]
        if self.several:
            return (
                f"Several in range are named {self.name}. This one's id ends in {end}.\n"
                "Take the id from its label or its maker's app. If in doubt: No."
            )
        return (
            f"{self.name} answers under another id, ending in {end}.\n"
            "Yes: the same one, or a new one of yours.\n"
            "No: someone else's; its numbers stay out of your run."
        )


NO, YES = "No, leave it alone", "Yes, it is mine"
"""The two answers; the first is the safe one."""
YES_OR_NO = "Y  yes, it is mine   N  no, leave it alone"


class IdentityDesk:
    """Where links leave their questions and screens answer them. From any thread.

    remembered : from earlier runs
    keep       : is given all that is remembered whenever that changes; an OSError of it goes to `trouble`
    """

    def __init__(
        self, remembered: Iterable[Remembered] = (), keep: Callable[[tuple[Remembered, ...]], None] = lambda _: None
    ) -> None:
        self._lock = threading.Lock()
        self._remembered = list(remembered)[-MOST:]
        self._keep = keep
        self._open: list[Question] = []
        self._serving: dict[Place, str] = {}
        self.trouble = ""
        """Why something could not be kept, '' where all was."""

    @property
    def remembered(self) -> tuple[Remembered, ...]:
        """All that is remembered, oldest first."""
        with self._lock:
            return tuple(self._remembered)

    # ------------------------------------------------------------------ for links

    def standing(self, site: Place, name: str, ident: str) -> Standing | None:
        """What is remembered of exactly this device; None: nothing."""
        with self._lock:
            about = (r for r in reversed(self._remembered) if r.ident != ANY_ID and r.is_about(site, name, ident))
            return next((r.standing for r in about), None)

    def takes_any(self, site: Place, name: str) -> bool:
        """The wearer said that the sensor of this name changes its id by itself."""
        with self._lock:
            return any(r.ident == ANY_ID and r.is_about(site, name, "") for r in self._remembered)

    def has_met(self, site: Place, name: str) -> bool:
        """Some device of this name is the wearer's at this place."""
        with self._lock:
            mine = (r for r in self._remembered if r.standing is not Standing.NOT_MINE and r.site is site)
            return any(r.name.casefold() == name.casefold() for r in mine)

    def ask(self, question: Question) -> None:
        """Put a question, once."""
        with self._lock:
            if question not in self._open:
                self._open.append(question)

    def serves(self, site: Place, name: str, ident: str, *, asked_for: bool) -> None:
        """A device was set up; its place has no questions any more. `asked_for`: it is to be remembered."""
        with self._lock:
            self._serving[site] = ident.lower()
            self._open = [q for q in self._open if q.site is not site]
        if asked_for and self.standing(site, name, ident) in (None, Standing.NOT_MINE):
            self.remember(Remembered(site, name, ident.lower(), Standing.MET))

    def lost(self, site: Place) -> None:
        """The device of a place is gone."""
        with self._lock:
            self._serving.pop(site, None)

    def is_served(self, site: Place) -> bool:
        """A device serves at this place now."""
        with self._lock:
            return site in self._serving

    # ------------------------------------------------------------------ for screens and commands

    def question(self) -> Question | None:
        """What to ask the wearer now."""
        with self._lock:
            return self._open[0] if self._open else None

    def answer(self, question: Question, *, mine: bool) -> None:
        """The wearer's answer; it is remembered, and a yes settles the place."""
        standing = Standing.SAME if mine else Standing.NOT_MINE
        with self._lock:
            self._open = [q for q in self._open if q != question and not (mine and q.site is question.site)]
        self.remember(Remembered(question.site, question.name, question.ident.lower(), standing))

    def remember(self, what: Remembered) -> None:
        """Remember a device; what was remembered of it before no longer holds."""
        with self._lock:
            others = [
                r for r in self._remembered if r.ident != what.ident or not r.is_about(what.site, what.name, r.ident)
            ]
            self._remembered = [*others, what][-MOST:]
        self._save()

    def forget(self, ident: str) -> int:
        """Forget a device by its id or name everywhere; how many entries that were."""
        with self._lock:
            left = [r for r in self._remembered if ident.casefold() not in (r.ident, r.name.casefold())]
            gone = len(self._remembered) - len(left)
            self._remembered = left
        if gone:
            self._save()
        return gone

    def is_same(self, site: Place, name: str, ident: str) -> bool:
        """The wearer said that this device is the sensor of before: a calibration made with that one still holds."""
        return self.standing(site, name, ident) is Standing.SAME or self.takes_any(site, name)

    def _save(self) -> None:
        try:
            self._keep(self.remembered)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"Your sensors could not be remembered: {error.strerror or 'the disk refused it'}"


def answer_by_key(desk: IdentityDesk | None, key: str) -> str:
    """Answer the open question by 'y' or 'n'; what to tell the wearer, '' where this key answers nothing."""
    question = desk.question() if desk is not None else None
    if desk is None or question is None or key.lower() not in ("y", "n"):
        return ""
    mine = key.lower() == "y"
    desk.answer(question, mine=mine)
    if desk.trouble:
        return desk.trouble
    if not mine:
        return "Left alone; you will not be asked about it again"
    if isinstance(question.site, CompanionKind):
        return f"Taken as your {question.site.label}"
    return f"Taken as your {question.site.value.replace('_', ' ')} sensor"
