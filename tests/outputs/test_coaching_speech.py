"""What coaching says is spoken word by word, of pieces that join to sentences."""

import itertools
import math
import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coaching import words
from monitor.outputs.audio import AudioPlayer, SoundOptions
from monitor.outputs.clips import BUILT_IN, Recording, load_clips, resampled
from monitor.outputs.cues import PEAK, Cue, render
from monitor.outputs.phrases import Clip, file_name, sounds_for, without_speech
from monitor.outputs.pieces import LARGEST, Piece, number_words, pieces_of
from monitor.outputs.portaudio import OutputDevice
from monitor.outputs.shelf import SoundShelf
from monitor.values import Event, EventKind

RATE_HZ = 16_000
OF_DRILLS = tuple(Piece)[list(Piece).index(Piece.DRILL_CIRCLES) : list(Piece).index(Piece.ZERO)]
"""`test_drill_speech` is about these."""
CHECK = "Form check. Your head is about 5 degrees lower than in the first minutes. Lift it a little."


def spelled(text: str) -> list[str]:
    """A text as it is read aloud."""
    found = []
    for word in text.lower().replace(",", " ").replace(".", " ").replace(":", " ").split():
        found += number_words(int(word)) if word.isdigit() else [word]
    return found


def read_aloud(pieces: tuple[Piece, ...]) -> list[str]:
    return [word for piece in pieces for word in spelled(piece.value)]


@pytest.mark.parametrize("sentence", sorted(words.sentences()))
def test_every_sentence_is_spoken_word_by_word(sentence: str) -> None:
    pieces = pieces_of(sentence)
    assert pieces
    assert read_aloud(pieces) == spelled(sentence)
    assert pieces[-1].ends_sentence
    assert len(pieces) <= 5


@given(
    st.integers(0, 48 * 60), st.one_of(st.floats(0, 1), st.just(math.nan)), st.booleans(),
    st.one_of(st.floats(100, 260), st.just(math.nan)),
)  # fmt: skip
def test_every_summary_is_spoken_word_by_word(minutes: int, share: float, shoulders: bool, cadence: float) -> None:
    text = words.summary(minutes, share, shoulders, cadence)
    assert read_aloud(pieces_of(text)) == spelled(text)


def test_every_piece_is_of_use() -> None:
    summaries = [words.summary(m, m / 100, bool(m % 2), 100.0 + m) for m in range(101)]
    texts = [*words.sentences(), *summaries, words.summary(120, math.nan, False, math.nan)]
    numbers_and_coaching = {piece for piece in Piece if piece not in OF_DRILLS}
    assert {piece for text in texts for piece in pieces_of(text)} == numbers_and_coaching


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "zero"), (7, "seven"), (10, "ten"), (19, "nineteen"), (20, "twenty"), (42, "forty two"), (100, "one hundred"),
     (168, "one hundred sixty eight"), (999, "nine hundred ninety nine")],
)  # fmt: skip
def test_numbers_in_words(number: int, said: str) -> None:
    assert " ".join(number_words(number)) == said


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_numbers_that_are_not_spoken(number: int) -> None:
    with pytest.raises(ValueError, match="not within"):
        number_words(number)


@pytest.mark.parametrize(
    "text", ["", "Form check. Something new.", "cadence -5", "cadence 168.5", "1000 minutes", "cadence 5 %", "head\nup"]
)
def test_what_cannot_be_said_in_full_is_not_said_in_part(text: str) -> None:
    assert pieces_of(text) == ()


@given(st.text(max_size=60))
def test_any_text_is_said_in_full_or_not_at_all(text: str) -> None:
    pieces = pieces_of(text)
    assert not pieces or read_aloud(pieces) == spelled(text)


# ---------------------------------------------------------------- events


def test_a_form_check_says_its_own_text() -> None:
    event = Event(0, EventKind.FORM_CHECK, prompted=True, detail={"check": "middle", "text": CHECK})
    said = (
        Piece.FORM_CHECK, Piece.HEAD_ABOUT, Piece.FIVE, Piece.DEGREES_LOWER, Piece.THAN_AT_FIRST, Piece.LIFT,
    )  # fmt: skip
    assert sounds_for(event, feet=True) == (Cue.COACH, *said)
    assert without_speech(sounds_for(event, feet=True)) == (Cue.COACH,)


@pytest.mark.parametrize("what", list(words.Loosen))
def test_a_loosen_up_prompt_says_its_own_text(what: words.Loosen) -> None:
    detail = {"what": what.value, "text": words.LOOSEN[what]}
    (tone, said) = sounds_for(Event(0, EventKind.LOOSEN_UP, prompted=True, detail=detail), feet=False)
    assert (tone, said.value) == (Cue.COACH, words.LOOSEN[what])


def test_what_is_only_noted_is_not_heard() -> None:
    assert sounds_for(Event(0, EventKind.FORM_CHECK, detail={"text": CHECK}), feet=True) == ()


def test_a_text_without_pieces_leaves_the_general_sentence() -> None:
    event = Event(0, EventKind.FORM_CHECK, prompted=True, detail={"text": "Your stride is 5 cm longer."})
    assert sounds_for(event, feet=True) == (Cue.COACH, Clip.FORM_CHECK)


# ---------------------------------------------------------------- the WAVs


@pytest.mark.parametrize("piece", list(Piece))
def test_built_in_pieces_are_loud_and_join(piece: Piece) -> None:
    path = BUILT_IN / file_name(piece)
    with wave.open(str(path)) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, RATE_HZ)
        values = np.frombuffer(wav.readframes(wav.getnframes()), "<i2") / 32768
    assert 0.2 < len(values) / RATE_HZ < 8
    assert np.abs(values).max() == pytest.approx(PEAK, abs=0.01)
    loud = np.flatnonzero(np.abs(values) > 0.004)
    assert loud[0] / RATE_HZ < 0.03
    behind_s = (len(values) - loud[-1]) / RATE_HZ
    assert 0.2 < behind_s < 0.3 if piece.ends_sentence else behind_s < 0.03
    assert np.sqrt(np.mean(values[np.abs(values) > 0.01] ** 2)) > 0.1  # -20 dB: a voice, not a click


@pytest.mark.parametrize("piece", list(Piece))
def test_built_in_pieces_say_the_words_in_force(piece: Piece) -> None:
    """Fails when a piece changed and `tools/make_clips.py` was not run."""
    data = (BUILT_IN / file_name(piece)).read_bytes()
    at = data.index(b"INAM")
    (size,) = struct.unpack_from("<I", data, at + 4)
    assert data[at + 8 : at + 8 + size].rstrip(b"\0").decode() == piece.value


def test_the_pieces_are_small_and_none_is_left_over() -> None:
    files = {path.name: path.stat().st_size for path in BUILT_IN.glob("*.wav")}
    assert set(files) == {file_name(spoken) for spoken in (*Clip, *Piece)}
    assert sum(size for name, size in files.items() if name.startswith("say_")) < 6_500_000


# ---------------------------------------------------------------- through the player


class Stream:
    """A sound card that takes all."""

    active, latency = True, 0.0

    def close(self) -> None: ...


def test_a_whole_form_check_is_heard_without_a_hole() -> None:
    """Six seconds of speech, as one voice: its later pieces are not dropped for having waited."""
    now_ns = 0
    sounds = SoundShelf(RATE_HZ, load_clips().recordings)

    player = AudioPlayer(SoundOptions(volume=0.5), OutputDevice(0, "test", 1, RATE_HZ), sounds, "", lambda: now_ns)
    player.attach(Stream())
    assert player.play(Event(0, EventKind.FORM_CHECK, prompted=True, detail={"text": CHECK}))
    heard = []
    while player.busy:
        heard.append(player.fill(160))
        now_ns += 10_000_000
    tone = render(Cue.COACH, RATE_HZ)
    said = np.concatenate([sounds.get(piece) for piece in pieces_of(CHECK)])
    gap = np.zeros(round(0.08 * RATE_HZ))
    expected = 0.5 * np.concatenate([tone, gap, said])
    out = np.concatenate(heard)
    assert 6 < len(out) / RATE_HZ < 8
    np.testing.assert_allclose(out[: len(expected)], expected, atol=1e-3)
    assert not out[len(expected) :].any()


def test_two_clips_follow_each_other_closely() -> None:
    sounds = {Clip.ONCE_MORE: np.full(1600, 0.5, np.float32), Clip.RELAX: np.full(1600, 0.25, np.float32)}

    player = AudioPlayer(SoundOptions(volume=1.0), OutputDevice(0, "test", 1, RATE_HZ), sounds, "", lambda: 0)
    player.attach(Stream())
    player.play((Clip.ONCE_MORE, Clip.RELAX))
    out = player.fill(6400)
    runs = [(level, len(list(group))) for level, group in itertools.groupby(np.round(out, 3).tolist())]
    assert runs == [(0.5, 1600), (0.0, 1280), (0.25, 1600), (0.0, 1920)]


def test_resampling_is_as_exact_at_awkward_lengths() -> None:
    t = np.arange(22_050 + 37) / 22_050
    ramp = np.clip(np.minimum(t, t[-1] - t) / 0.05, 0, 1)
    out = resampled(Recording(0.7 * ramp * np.sin(2 * np.pi * 440 * t), 22_050), 48_000)
    at = np.arange(len(out)) / 48_000
    expected = 0.7 * np.clip(np.minimum(at, t[-1] - at) / 0.05, 0, 1) * np.sin(2 * np.pi * 440 * at)
    assert len(out) == round(len(t) * 48_000 / 22_050)
    np.testing.assert_allclose(out, expected, atol=2e-3)
