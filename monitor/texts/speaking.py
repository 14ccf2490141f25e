"""What a person reads, in the language of their choice. English costs nothing; what has no translation stays English.

The program speaks English inside: its values, recordings and events never change with the language. Where a text is
about to reach a person, `say` looks it up: as it stands, as a template with its holes filled ('Marked at {}: {}'), or
piece by piece where several texts were joined. Pure but for the one language in force, which `use` sets at the start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.texts.templates import Template, numbered, template

LONGEST = 2000
"""Characters; no text of the program is longer, and a longer one stays as it is."""
DEEPEST = 5
"""Texts within texts."""
MOST_PIECES = 24
MOST_LOOKS = 500
"""Per text; one of our own needs a dozen."""
LONGEST_RUN = 4
"""Pieces that are one text together."""
MOST_WAYS = 4
"""So many templates are tried for one text, those with the most fixed letters first."""
MOST_SAID = 4 * LONGEST
"""Characters of a translation: one that repeats its values must not grow without end."""
REMEMBERED = 4096
"""Texts; numbers change all the time, words hardly ever."""

_SENTENCES = re.compile(r"((?<=[.!?…]) )")
_WIDE = (
    re.compile(r"(\n+)"),
    re.compile(r"(\t+)"),
    re.compile(r"( {2,})"),
    _SENTENCES,
)
"""Between lines and sentences: few texts of the program go over these."""
_NARROW = (
    re.compile(r"( · |; )"),
    re.compile(r"(: )"),
    re.compile(r"(, )"),
    re.compile(r"( \(|\)| – )"),
    re.compile(r"((?<=[\d°%–—→]) | (?=[\d–—→=]))"),
)
"""Where texts are joined within a sentence, the widest joints first; last, words beside a number."""
_LISTED = re.compile(r"( and | or )")
"""A list of words that are all known is a joint too, and itself said."""
WEAK = 6
"""A template with fewer fixed letters ('{} of {}') says nothing about prose that nobody knows."""
_PROSE = re.compile(r"[a-z]+ [a-z]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A text in another language; `left` letters of it are as they were."""

    text: str
    left: int


class Language:
    """Translations by template: `{"Marked at {}: {}": "Um {0} markiert: {1}"}`. Any thread may ask."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        self._exact: dict[str, str] = {}
        holed: list[tuple[Template, str]] = []
        for text, translation in translations.items():
            if not translation:
                continue
            made = template(text)
            if made.holes:
                holed.append((made, translation))
            else:
                self._exact[text] = translation
        holed.sort(key=lambda pair: (-pair[0].letters, pair[0].text))
        self._by_start: dict[str, list[tuple[int, Template, str]]] = {}
        for rank, (made, translation) in enumerate(holed):
            self._by_start.setdefault(made.parts[0][:1], []).append((rank, made, translation))
        self.say = lru_cache(maxsize=REMEMBERED)(self._say)
        """A text in this language. Never raises; what is not known stays as it is."""

    def _say(self, text: str) -> str:
        if not text or len(text) > LONGEST:
            return text
        return _Looking(self).said(text, 0).text

    def exact(self, text: str) -> str | None:
        """The translation of a text without holes, also where only its first letter's or all letters' case differs."""
        if (found := self._exact.get(text)) is not None:
            return found
        if (found := self._exact.get(text[:1].swapcase() + text[1:])) is not None:
            return (found[:1].upper() if text[:1].isupper() else found[:1].lower()) + found[1:]
        if text.isupper():
            low = text.lower()
            found = self._exact.get(low) or self._exact.get(low.capitalize())
            return found.upper() if found is not None else None
        return None

    def ways(self, text: str) -> list[tuple[bool, str, tuple[str, ...]]]:
        """What a text may be, the surest first: whether that says little, the translation, and what fills its holes."""
        found = []
        for start in {text[:1], ""}:
            for rank, made, translation in self._by_start.get(start, ()):
                values = made.values(text)
                if values is not None:
                    found.append((rank, made.letters < WEAK, translation, values))
        return [way[1:] for way in sorted(found)[:MOST_WAYS]]


class _Looking:
    """One look for a text: how often has been looked is counted, so that nothing takes long."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._looks = 0
        self._known: dict[tuple[str, int], Said] = {}

    def said(self, text: str, depth: int) -> Said:
        """The best that can be said of a text."""
        core = text.strip()
        if not any(c.isalpha() for c in core):
            return Said(text, 0)
        found = self._known.get((core, depth)) or self._core(core, depth)
        self._known[core, depth] = found
        at = text.index(core)
        return Said(f"{text[:at]}{found.text}{text[at + len(core) :]}", found.left)

    def _core(self, text: str, depth: int) -> Said:
        """First line by line and sentence by sentence, then as a whole, then in smaller pieces."""
        if (found := self._language.exact(text)) is not None:
            return Said(found, 0)
        best = Said(text, _letters(text))
        for way in (self._wide, self._whole, self._narrow, self._listed):
            if (said := way(text, depth)) is not None and said.left < best.left:
                best = said
            if best.left == 0:
                break
        return best

    def _wide(self, text: str, depth: int) -> Said | None:
        return self._split(_WIDE, text, depth)

    def _narrow(self, text: str, depth: int) -> Said | None:
        return self._split(_NARROW, text, depth)

    def _split(self, joints: tuple[re.Pattern[str], ...], text: str, depth: int) -> Said | None:
        """Piece by piece at the widest joint that there is; None where there is none."""
        for joint in joints if depth < DEEPEST else ():
            pieces = joint.split(text)
            if 1 < len(pieces) <= 2 * MOST_PIECES:
                return self._joined(pieces, depth, prose=joint is _SENTENCES)
        return None

    def _listed(self, text: str, depth: int) -> Said | None:
        """'head and left shoulder', where every word is known."""
        pieces = _LISTED.split(text)
        if not 1 < len(pieces) <= MOST_PIECES or depth >= DEEPEST:
            return None
        said = [self.said(piece, depth + 1) for piece in pieces]
        return None if any(s.left for s in said) else Said("".join(s.text for s in said), 0)

    def _whole(self, text: str, depth: int) -> Said | None:
        """A text that is one text of the program, perhaps with a full stop more or less."""
        self._looks += 1
        if self._looks > MOST_LOOKS:
            return None
        stopped = text.endswith(".")
        other = text[:-1] if stopped else f"{text}."
        if (found := self._language.exact(text)) is not None:
            return Said(found, 0)
        if (found := self._language.exact(other)) is not None:
            return Said(f"{found}." if stopped else found.removesuffix("."), 0)
        best: Said | None = None
        for asked in (text, other) if depth < DEEPEST else ():
            for weak, translation, values in self._language.ways(asked):
                filled = [self.said(value, depth + 1) for value in values]
                if weak and any(f.left and _PROSE.search(value) for f, value in zip(filled, values, strict=True)):
                    continue
                if len(translation) + translation.count("{") * max(len(f.text) for f in filled) > MOST_SAID:
                    continue
                said = numbered(translation, tuple(f.text for f in filled))
                if asked is other:
                    said = f"{said}." if stopped else said.removesuffix(".")
                left = sum(f.left for f in filled)
                if best is None or left < best.left:
                    best = Said(said, left)
                if left == 0:
                    return best
        return best

    def _joined(self, pieces: list[str], depth: int, *, prose: bool) -> Said:
        """Texts and the joints between them (odd places): the longest runs that are one text, then each by itself.

        prose : sentences, of which several may stand in one template
        """
        said, left, i = [], 0, 0
        while i < len(pieces):
            for j in range(min(len(pieces), i + 2 * LONGEST_RUN - 1), i + 2, -2):
                if j - i == len(pieces):  # that is the whole text
                    continue
                if (run := self._run("".join(pieces[i:j]), depth, prose=prose)) is not None:
                    said.append(run)
                    i = j
                    break
            else:
                one = self.said(pieces[i], depth + 1)
                said.append(one.text)
                left += one.left
                i += 1
            if i < len(pieces):
                said.append(pieces[i])
                i += 1
        return Said("".join(said), left)

    def _run(self, text: str, depth: int, *, prose: bool) -> str | None:
        """Several pieces where they are one text, and nothing of it is unknown."""
        if not prose:
            return self._language.exact(text)
        whole = self._whole(text, depth + 1)
        return whole.text if whole is not None and whole.left == 0 else None


def _letters(text: str) -> int:
    return sum(c.isalpha() for c in text)


_spoken: Language | None = None


def use(language: Language | None) -> None:
    """Speak this language from now on; None: English. Called once, before the first text is shown."""
    global _spoken
    _spoken = language


def say(text: str) -> str:
    """A text as the person reads it."""
    return text if _spoken is None else _spoken.say(text)
