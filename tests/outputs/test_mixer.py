"""Mixing, volume, order and staleness, on a clock of our own."""

import numpy as np
import pytest

from monitor.outputs.loudness import CEILING, KNEE
from monitor.outputs.mixer import MAX_WAITING, STALE_NS, Mixer, Voice


class Clock:
    def __init__(self) -> None:
        self.ns = 1_000

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def clock() -> Clock:
    return Clock()


def voice(level: float, n: int, *, speech: bool = False, at_ns: int = 1_000, by_itself: bool = False) -> Voice:
    return Voice(np.full(n, level, np.float32), speech, at_ns, by_itself)


def played(mixer: Mixer, total: int, block: int) -> np.ndarray:
    return np.concatenate([mixer.fill(block) for _ in range(total // block)])


@pytest.mark.parametrize("block", [1, 7, 100, 700])
def test_sound_comes_out_whole_whatever_the_block(clock: Clock, block: int) -> None:
    mixer = Mixer(0.5, clock)
    wave = np.sin(np.arange(333)).astype(np.float32)
    mixer.submit(Voice(wave, False, 0))
    out = played(mixer, 700, block)
    assert np.array_equal(out[:333], wave * np.float32(0.5))
    assert not out[333:].any()
    assert not mixer.busy


def test_silence_is_silent(clock: Clock) -> None:
    out = Mixer(1.0, clock).fill(64)
    assert out.dtype == np.float32
    assert not out.any()


@pytest.mark.parametrize("block", [1, 64, 400])
def test_sentences_follow_one_another_and_tones_join_in(clock: Clock, block: int) -> None:
    mixer = Mixer(1.0, clock)
    mixer.submit(voice(0.1, 100, speech=True))
    mixer.submit(voice(0.2, 100, speech=True))
    mixer.submit(voice(0.4, 50))
    out = played(mixer, 400, block)
    assert out[:50] == pytest.approx(0.5)
    assert out[50:100] == pytest.approx(0.1)
    assert out[100:200] == pytest.approx(0.2)
    assert not out[200:].any()


@pytest.mark.parametrize("block", [1, 64, 400])
@pytest.mark.parametrize("tone_first", [True, False])
def test_no_tone_sounds_over_a_sentence_by_itself(clock: Clock, block: int, tone_first: bool) -> None:
    mixer = Mixer(1.0, clock)
    back, tone = voice(0.1, 100, speech=True, by_itself=True), voice(0.4, 50)
    for one in (tone, back) if tone_first else (back, tone):
        mixer.submit(one)
    out = [mixer.fill(block)]
    mixer.submit(voice(0.2, 30))  # while one of the two is under way
    mixer.submit(voice(0.3, 20, speech=True))
    out += [mixer.fill(block) for _ in range(1600 // block)]
    heard = np.concatenate(out)
    assert not mixer.busy
    speaking = np.isclose(heard, 0.1)
    assert speaking.sum() == 100  # whole, and nothing added to it
    assert np.ptp(np.flatnonzero(speaking)) == 99  # and in one piece
    assert heard.sum() == pytest.approx(100 * 0.1 + 50 * 0.4 + 30 * 0.2 + 20 * 0.3, rel=1e-4)


def test_loud_sums_stay_below_the_ceiling_and_soft_ones_untouched(clock: Clock) -> None:
    mixer = Mixer(1.0, clock)
    for _ in range(4):
        mixer.submit(voice(0.8, 100))
    ramp = np.linspace(-0.7, 0.7, 100, dtype=np.float32)
    assert np.abs(mixer.fill(100)).max() <= CEILING
    mixer.submit(Voice(ramp, False, 1_000))
    assert np.array_equal(mixer.fill(100), ramp)
    mixer.submit(Voice(np.linspace(0, 3, 1000, dtype=np.float32), False, 1_000))
    bent = mixer.fill(1000)
    assert (np.diff(bent) >= 0).all()
    assert np.abs(np.diff(bent)).max() < 0.0031  # no jump at the knee
    assert bent.max() > KNEE


def test_volume_changes_without_a_click(clock: Clock) -> None:
    mixer = Mixer(0.2, clock)
    mixer.submit(voice(0.5, 1000))
    before = mixer.fill(100)
    mixer.volume = 1.0
    out = np.concatenate([before, mixer.fill(300), mixer.fill(100)])
    assert out[:100] == pytest.approx(0.1)
    assert out[-100:] == pytest.approx(0.5)
    assert np.abs(np.diff(out)).max() < 0.002


def test_muting_fades_what_sounds(clock: Clock) -> None:
    mixer = Mixer(1.0, clock)
    mixer.submit(voice(0.5, 1000))
    mixer.fill(100)
    mixer.muted = True
    fade = mixer.fill(100)
    assert (fade[0], fade[-1]) == pytest.approx((0.5, 0.0))
    assert not mixer.fill(100).any()


def test_too_many_sounds_are_refused(clock: Clock) -> None:
    mixer = Mixer(1.0, clock)
    assert [mixer.submit(voice(0.1, 10, speech=True)) for _ in range(MAX_WAITING + 1)] == [True] * MAX_WAITING + [False]
    played(mixer, 100, 10)
    assert mixer.submit(voice(0.1, 10)) is True


@pytest.mark.parametrize("speech", [False, True])
def test_what_comes_too_late_is_dropped(clock: Clock, speech: bool) -> None:
    """After a frozen computer the runner must not hear minutes of old advice."""
    mixer = Mixer(1.0, clock)
    late, fresh = voice(0.3, 50, speech=speech), voice(0.2, 50, speech=speech, at_ns=STALE_NS)
    mixer.submit(late)
    mixer.submit(fresh)
    clock.ns = STALE_NS + 2_000
    out = mixer.fill(100)
    assert out[:50] == pytest.approx(0.2)
    assert not out[50:].any()
    assert late.dropped
    assert late.started_ns is None
    assert fresh.started_ns == clock.ns


def test_a_sentence_that_has_begun_is_finished(clock: Clock) -> None:
    mixer = Mixer(1.0, clock)
    mixer.submit(voice(0.3, 100, speech=True))
    mixer.fill(50)
    clock.ns += 10 * STALE_NS
    assert mixer.fill(50) == pytest.approx(0.3)
