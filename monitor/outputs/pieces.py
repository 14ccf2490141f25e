"""Pieces of speech, of which the sentences of coaching and of the drills are put together: a clip for each whole one
would be 25 MB.

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

    # Of the drills: what each is, what is wrong with it yet, and what is said around any of them.
    DRILL_CIRCLES = "Head circles. Chin to the chest, right ear down, back, left ear down. Slowly around."
    DRILL_HANG = "Head hang. Stand tall, let the chin sink to the chest, and breathe."
    DRILL_EAR_RIGHT = "Right ear to the right shoulder. Both shoulders stay low."
    DRILL_EAR_LEFT = "Left ear to the left shoulder. Both shoulders stay low."
    DRILL_THORACIC = (
        "Thoracic stretch. Hands on a wall or a fence, fold at the hips, and let the chest sink between the arms."
    )
    DRILL_RAMPING = (
        "Head ramping. Slide the chin straight back, ears over the shoulders, and let go. Keep the head level."
    )
    DRILL_WRISTS = "Drop the arms and shake out the wrists."
    HINT_UNSEEN = "The sensor is not seen. The clock waits."
    HINT_SETTLING = "One moment: the sensor is settling."
    HINT_FAULT = "The sensor gives odd readings. The clock waits."
    HINT_CHIN_MORE = "Let the chin sink a little more."
    HINT_EARS_LEVEL = "Keep both ears level."
    HINT_STAND_TALL = "Stand tall: only the head hangs."
    HINT_EAR_MORE = "Let the ear sink a little more."
    HINT_OTHER_SIDE = "The other side, please."
    HINT_FACE_AHEAD = "Face ahead, neither up nor down."
    HINT_SHOULDER_LOW = "Let the shoulder drop."
    HINT_FOLD_MORE = "Fold a little further."
    HINT_FROM_THE_HIPS = "Fold from the hips, not only the neck."
    HINT_STILL = "Slower. Come to rest there."
    HINT_AROUND = "Slowly around, all the way."
    HINT_WIDER = "A little wider."
    HINT_SLOWER = "Slower: about four seconds around."
    HINT_FLOWING = "Keep it flowing: about four seconds around."
    HINT_OTHER_WAY = "Now the other way around."
    HINT_LEVEL_FIRST = "First look straight ahead."
    HINT_NO_NODDING = "Without nodding: keep the chin level."
    HALFWAY = "Halfway."
    CHIN_BACK = "Chin back."
    LET_GO = "Let go."
    GOOD = "Good."
    DONE = "done."
    SKIPPED = "skipped."
    WHENEVER_READY = "Whenever you are ready"
    NEVER_MIND = "Never mind, we leave the"
    CANNOT_SEE = "I cannot see the sensor, so we leave the"
    ANOTHER_TIME = "for another time."
    HEAD_CIRCLES_NAME = "head circles"
    HEAD_HANG_NAME = "head hang"
    EAR_RIGHT_NAME = "right ear to shoulder"
    EAR_LEFT_NAME = "left ear to shoulder"
    THORACIC_NAME = "thoracic stretch"
    RAMPING_NAME = "head ramping"
    WRISTS_NAME = "wrist shake"

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
NUMBERS = frozenset(tuple(Piece)[list(Piece).index(Piece.ZERO) :])
"""The pieces that are numbers, which stand last."""
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
