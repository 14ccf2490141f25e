"""Pieces of speech, of which the sentences of coaching are put together: a clip for each whole one would be 25 MB.

A sentence is cut where a speaker might breathe, so that few pieces serve many sentences: "Your head is about | five |
degrees lower | than in the first minutes." The WAVs lie beside the whole clips, rendered by the same tool.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache


class Piece(Enum):
    """What is spoken; a full stop ends a sentence. The name in small letters is the WAV's, see `file_name`."""

    FORM_CHECK = "Form check."
    LIFT = "Lift it a little."
    DROP_IT = "Let it drop."
    DROP_THEM = "Let them drop."
    HEAD_CIRCLES = "Loosen your neck: a slow head circle each way, where the ground is smooth."
    SHAKE_WRISTS = "Drop your wrists and shake them out."
    NO_BASELINE = "I know your form after ten minutes of running."
    OTHER_GROUND = "This ground is new, so I do not compare."
    OTHER_SLOPE = "The slope is another one, so I do not compare your head."
    MAY_HAVE_MOVED = "The sensor may have moved, so I do not compare your head."
    NOT_SEEN = "No sensor can see your form. Calibrate, and I will."
    NOT_RUNNING = "I check your form while you run."
    TOO_SHORT = "I saw too little of your running to compare."
    NO_CLEAR_CHANGE = "I see no clear change in your form."

    HEAD_ABOUT = "Your head is about"
    HEAD_MORE_THAN = "Your head is more than"
    HEAD_OR_SENSOR_ABOUT = "Your head, or the sensor on it, is about"
    HEAD_OR_SENSOR_MORE_THAN = "Your head, or the sensor on it, is more than"
    HEAD_TOO_LOW = "Your head was too low for about"
    SHOULDERS_ARE = "Your shoulders are"
    LEFT_SHOULDER_IS = "Your left shoulder is"
    RIGHT_SHOULDER_IS = "Your right shoulder is"
    CADENCE_ABOUT = "Your cadence is about"
    FORM_AS_IT_WAS = "Your form is as it was"
    HEAD_AS_IT_WAS = "Your head is as it was"
    SHOULDERS_AS_THEY_WERE = "Your shoulders are as they were"

    DEGREES_LOWER = "degrees lower"
    DEGREES_HIGHER = "degrees higher"
    STEPS_LOWER = "steps lower"
    STEPS_HIGHER = "steps higher"
    CLEARLY_LOWER = "clearly lower"
    CLEARLY_HIGHER = "clearly higher"
    A_LITTLE_LOWER = "a little lower"
    A_LITTLE_HIGHER = "a little higher"
    THAN_AT_FIRST = "than in the first minutes."
    THAN_EARLIER = "than earlier."
    AT_THE_START = "at the start."
    EARLIER = "earlier."
    OF_THESE_MINUTES = "of these minutes."
    OF_THE_LAST_HALF_MINUTE = "of the last half minute."

    HOUR = "hour"
    HOURS = "hours"
    MINUTE = "minute"
    MINUTES = "minutes"
    HEAD_UP = "head up"
    SHOULDERS_DOWN = "shoulders down"
    CADENCE = "cadence"
    PERCENT = "percent"

    ZERO = "zero"
    ONE = "one"
    TWO = "two"
    THREE = "three"
    FOUR = "four"
    FIVE = "five"
    SIX = "six"
    SEVEN = "seven"
    EIGHT = "eight"
    NINE = "nine"
    TEN = "ten"
    ELEVEN = "eleven"
    TWELVE = "twelve"
    THIRTEEN = "thirteen"
    FOURTEEN = "fourteen"
    FIFTEEN = "fifteen"
    SIXTEEN = "sixteen"
    SEVENTEEN = "seventeen"
    EIGHTEEN = "eighteen"
    NINETEEN = "nineteen"
    TWENTY = "twenty"
    THIRTY = "thirty"
    FORTY = "forty"
    FIFTY = "fifty"
    SIXTY = "sixty"
    SEVENTY = "seventy"
    EIGHTY = "eighty"
    NINETY = "ninety"
    HUNDRED = "hundred"

    @property
    def ends_sentence(self) -> bool:
        """A short silence follows."""
        return self.value.endswith(".")


LARGEST = 999
_UNITS = tuple(piece.value for piece in Piece)[list(Piece).index(Piece.ZERO) : list(Piece).index(Piece.TWENTY)]
_TENS = tuple(piece.value for piece in Piece)[list(Piece).index(Piece.TWENTY) : list(Piece).index(Piece.HUNDRED)]
_WORD = re.compile(r"[0-9]+|[a-z]+")


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The pieces that say a text, always the longest that fits; () where they cannot say all of it."""
    words = _words(text)
    if words is None:
        return ()
    found: list[Piece] = []
    at = 0
    while at < len(words):
        piece = next((p for said, p in _by_words() if words[at : at + len(said)] == said), None)
        if piece is None:
            return ()
        found.append(piece)
        at += len(_words(piece.value) or ())
    return tuple(found)


def number_words(number: int) -> list[str]:
    """0 to 999 in words. Raises ValueError beyond."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not within 0 to {LARGEST}")
    hundreds, rest = divmod(number, 100)
    words = [_UNITS[hundreds], Piece.HUNDRED.value] if hundreds else []
    if rest >= 20:
        words.append(_TENS[rest // 10 - 2])
        rest %= 10
    return [*words, _UNITS[rest]] if rest or not words else words


def _words(text: str) -> list[str] | None:
    """Small letters without punctuation, numbers spelled; None where one is too large or a sign cannot be spoken."""
    if re.search(r"[^A-Za-z0-9 .,:]|[0-9][.,][0-9]", text):
        return None
    words: list[str] = []
    for word in _WORD.findall(text.lower()):
        if not word[0].isdigit():
            words.append(word)
        elif len(word) <= len(str(LARGEST)):
            words += number_words(int(word))
        else:
            return None
    return words


@cache
def _by_words() -> tuple[tuple[list[str], Piece], ...]:
    """All pieces with their words, the longest first."""
    return tuple(sorted(((_words(p.value) or [], p) for p in Piece), key=lambda item: -len(item[0])))
