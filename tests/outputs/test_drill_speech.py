"""The drills are led by voice: every sentence of theirs is spoken word for word, and so is the count-down."""

import itertools

import pytest

from monitor.drills.catalogue import DRILLS
from monitor.drills.words import CHIN_BACK, HALFWAY, HINTS, LET_GO, OVER, STAND, finished, moved_on, nudge
from monitor.outputs.phrases import TEXTS, Clip, counted, is_count, said
from monitor.outputs.pieces import Piece, number_words
from tests.outputs.test_coaching_speech import OF_DRILLS, spelled

NAMES = [drill.name for drill in DRILLS.values()]
SENTENCES = [
    *(drill.say for drill in DRILLS.values()),
    *HINTS.values(),
    *(STAND, HALFWAY, CHIN_BACK, LET_GO, OVER),
    *(nudge(name) for name in NAMES),
    *(moved_on(name, unseen=unseen) for name, unseen in itertools.product(NAMES, (False, True))),
    *(finished(name) for name in NAMES),
    *(f"{name}: skipped." for name in NAMES),
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_the_drills_is_spoken_word_for_word(sentence: str) -> None:
    spoken = said(sentence)
    assert spoken
    texts = [TEXTS[sound] if isinstance(sound, Clip) else sound.value for sound in spoken]
    assert [word for text in texts for word in spelled(text)] == spelled(sentence)
    assert len(spoken) <= 3


def test_every_piece_of_the_drills_is_of_use() -> None:
    assert {*OF_DRILLS} == {sound for text in SENTENCES for sound in said(text)} - {*Clip}


def test_a_sentence_that_is_a_clip_of_its_own_is_not_cut() -> None:
    assert said(STAND) == (Clip.STAND_TALL,)
    assert said(OVER) == (Clip.DONE,)
    assert said("Recording has stopped.") == (Clip.RECORDING_STOPPED,)


@pytest.mark.parametrize("text", ["", "Angles may be off; by that.", "Your stride is 5 cm longer."])
def test_what_nobody_recorded_is_not_spoken(text: str) -> None:
    assert said(text) == ()


@pytest.mark.parametrize("number", [0, 1, 2, 3, 10, 23, 999])
def test_a_count_is_a_number_alone(number: int) -> None:
    assert [sound.value for sound in counted(number)] == number_words(number)
    assert is_count(counted(number))


@pytest.mark.parametrize("number", [-1, 1000])
def test_a_number_that_nobody_recorded_is_not_spoken(number: int) -> None:
    assert counted(number) == ()


def test_what_holds_more_than_a_number_is_no_count() -> None:
    assert not is_count(())
    assert not is_count((Piece.CADENCE, Piece.NINETY))
    assert not is_count((Clip.RELAX,))
