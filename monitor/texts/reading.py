"""A language from its file: templates and translations as JSON, from whoever made it, so nothing of it is trusted."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from monitor.errors import HeadsUpError
from monitor.texts.codes import ENGLISH, is_code
from monitor.texts.speaking import LONGEST, Language, use
from monitor.texts.templates import template, wrong_holes

CATALOGUE = Path(__file__).with_name("en.json")
"""All texts of the program, each with where it stands: what a translator starts from."""
LARGEST_BYTES = 2_000_000
MOST_TEXTS = 10_000
_MARKS = {"\u200e", "\u200f", "\u200c", "\u200d", "\u00ad"}
"""Unprintable, and yet needed to write some languages: directions, joiners, where a word may break."""


class LanguageError(HeadsUpError):
    """A language that cannot be spoken. Attributes: `code`, `reason`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"language '{code}': {reason}")
        self.code = code
        self.reason = reason


def speak(code: str, own: Path) -> str:
    """Speak a language from now on; `own` is the folder of the person's own languages, looked into first.

    Returns '' or, where it cannot be spoken and English is, a sentence on why.
    """
    use(None)
    if code == ENGLISH:
        return ""
    try:
        use(language(code, own))
    except LanguageError as error:
        return f"{error}. Going on in English."
    return ""


def language(code: str, own: Path) -> Language:
    """A language by its code. Raises LanguageError."""
    if not is_code(code):
        raise LanguageError(f"{code:.20}", "is not a language code such as de or pt-BR")
    for folder in (own, CATALOGUE.parent):
        path = folder / f"{code}.json"
        try:
            if path.exists():
                return Language(read(path, code))
        except OSError as error:
            raise LanguageError(code, f"{path} cannot be read: {error.strerror}") from error
    raise LanguageError(code, f"there is no {own / code}.json")


def read(path: Path, code: str) -> dict[str, str]:
    """The translations of a file by template. Raises LanguageError on the first thing that does not fit.

    Templates that the program no longer has do no harm, and are taken too.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise LanguageError(code, f"{path} is not a file")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise LanguageError(code, f"{path} is too large for a language")
        table = json.loads(data.decode("utf-8"))
    except OSError as error:
        raise LanguageError(code, f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise LanguageError(code, f"{path} is not JSON in UTF-8: {str(error)[:100]}") from error
    if not isinstance(table, dict) or len(table) > MOST_TEXTS:
        raise LanguageError(code, f"{path} is not a table of at most {MOST_TEXTS} texts")
    for text, translation in table.items():
        if wrong := _wrong(text, translation):
            raise LanguageError(code, f"{path}: '{_shown(text)}' {wrong}")
    return table


def _wrong(text: str, translation: object) -> str:
    if not isinstance(translation, str):
        return "is not translated by a text"
    if max(len(text), len(translation)) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if any(not c.isprintable() and c not in "\n\t" and c not in _MARKS for c in translation):
        return "is translated with a sign that cannot be shown"
    hole = wrong_holes(translation, template(text).holes)
    return f"has no {_shown(hole)} to fill in" if hole else ""


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:60])
