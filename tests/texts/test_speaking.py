"""Templates found again in finished texts: any values, any joints, any nonsense, and never for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.texts import speaking
from monitor.texts.speaking import LONGEST, MOST_LOOKS, Language, _Looking, say
from monitor.texts.templates import HOLE, numbered, template, wrong_holes

GERMAN = {
    "Marked at {}: {}": "{1} bei {0} markiert",
    "sore neck": "steifer Nacken",
    "Cues rest until {}, {} left": "Ruhe bis {0}, noch {1}",
    "Cues rest until {}": "Ruhe bis {0}",
    "GOOD": "GUT",
    "Head level.": "Kopf gerade.",
    "head": "Kopf",
    "left shoulder": "linke Schulter",
    "No signal from the {} sensors.": "Kein Signal: {0}.",
    "It goes on by itself.": "Es geht von selbst weiter.",
    "{} of {}": "{0} von {1}",
    "and": "und",
    "trail": "Gelände",
    "Nothing to say": "",
}


@pytest.fixture
def german():
    return Language(GERMAN)


@pytest.mark.parametrize(
    ("english", "german_text"),
    [
        ("GOOD", "GUT"),
        ("Marked at 12:40: sore neck", "steifer Nacken bei 12:40 markiert"),
        ("Cues rest until 12:40, 4:10 left", "Ruhe bis 12:40, noch 4:10"),
        ("Head level", "Kopf gerade"),
        ("Head level. GOOD; sore neck", "Kopf gerade. GUT; steifer Nacken"),
        ("TRAIL", "GELÄNDE"),
        ("Trail", "Gelände"),
        ("  head\n3 of 5", "  Kopf\n3 von 5"),
        (
            "No signal from the head and left shoulder sensors. It goes on by itself.",
            "Kein Signal: Kopf und linke Schulter. Es geht von selbst weiter.",
        ),
        ("head · OpenEarable-1A2B", "Kopf · OpenEarable-1A2B"),
        ("Nothing to say", "Nothing to say"),
        ("a sentence of nobody", "a sentence of nobody"),
        ("", ""),
        ("12:40", "12:40"),
    ],
)
def test_texts(german, english, german_text):
    assert german.say(english) == german_text


def test_english_is_what_went_in():
    text = "Marked at 12:40: sore neck"
    assert say(text) is text


def test_the_language_in_force():
    speaking.use(Language(GERMAN))
    try:
        assert say("sore neck") == "steifer Nacken"
    finally:
        speaking.use(None)
    assert say("sore neck") == "sore neck"


# ---------------------------------------------------------------- any values

FIXED = st.text("abcdefgh ", min_size=2, max_size=8)
VALUES = st.lists(st.from_regex(r"[0-9]{1,4}(\.[0-9])?|Ω-[0-9A-F]{4}", fullmatch=True), min_size=4, max_size=4)


@given(st.lists(FIXED, min_size=1, max_size=5), VALUES)
def test_a_filled_template_gives_its_values_back(parts, values):
    made = template(HOLE.join(parts))
    filled = made.fill(tuple(values[: made.holes]))
    assert made.values(filled) == tuple(values[: made.holes])


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{2,6}", fullmatch=True), min_size=2, max_size=4, unique=True),
    VALUES,
    st.randoms(),
)
def test_a_filled_template_is_said_as_its_translation_with_the_same_values(words, values, random):
    english = f" {HOLE} ".join(words)
    order = list(range(len(words) - 1))
    random.shuffle(order)
    translation = "«" + " ".join(f"{{{i}}}" for i in order) + "»"
    text = template(english).fill(tuple(values[: len(order)]))
    assert Language({english: translation}).say(text) == numbered(translation, tuple(values))


@given(st.text(max_size=200))
def test_any_text_is_said_without_an_error_and_what_is_unknown_stays(text):
    assert isinstance(Language(GERMAN).say(text), str)
    assert Language({}).say(text) == text
    assert Language({"Never said by anybody, {}": "x {0}"}).say(text) == text


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=30), max_size=20), st.text(max_size=60))
def test_any_translations_do_no_harm(translations, text):
    assert isinstance(Language(translations).say(text), str)


def test_translations_do_not_refill_what_was_filled_in(german):
    assert german.say("Marked at {1}: {0}") == "{0} bei {1} markiert"


@pytest.mark.parametrize(
    "text",
    ["a" * LONGEST, "a " * (LONGEST // 2), "3 of " * 400, ", ".join("ab" for _ in range(500)), "((" * 900, "a: " * 600],
)
def test_nothing_keeps_it_busy(text):
    many = {f"{'{} of ' * n}it": "x" for n in range(1, 40)}
    looking = _Looking(Language(GERMAN | many))
    assert isinstance(looking.said(text, 0).text, str)
    assert looking._looks <= 2 * MOST_LOOKS
    looks_for_holes = template("{} of " * 30 + "it")
    assert looks_for_holes.values(text) is None


def test_a_translation_that_repeats_its_values_does_not_grow_without_end():
    hostile = Language({"ab{}": "{0}" * 600, "{}": "{0}{0}" * 300, "abc {} def {}": "{1}{0}" * 500})
    assert len(hostile.say("ab" * 900)) <= 2 * speaking.MOST_SAID
    assert len(hostile.say("abc x def " * 100)) <= 2 * speaking.MOST_SAID


def test_what_is_longer_than_any_text_stays(german):
    long = "sore neck. " * LONGEST
    assert german.say(long) == long


def test_what_is_remembered_is_bounded(german):
    for number in range(speaking.REMEMBERED + 100):
        german.say(f"Marked at {number}: sore neck")
    assert german.say.cache_info().currsize == speaking.REMEMBERED


@pytest.mark.parametrize(
    ("translation", "holes", "wrong"),
    [("{0} und {1}", 2, ""), ("{1}", 1, "{1}"), ("{}", 1, "{}"), ("{a}", 1, "{a}"), ("a } b", 0, "}"), ("{0", 1, "{0")],
)
def test_holes_that_cannot_be_filled_are_named(translation, holes, wrong):
    assert wrong_holes(translation, holes) == wrong
