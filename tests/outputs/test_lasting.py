"""Headphones that come, go and come back, without anybody pressing a button."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.outputs import lasting
from monitor.outputs.audio import SoundOptions
from monitor.outputs.clips import load_clips
from monitor.outputs.cues import Cue, render
from monitor.outputs.lasting import LastingPlayer
from monitor.outputs.loudness import bent
from monitor.outputs.mixer import STALE_NS
from monitor.outputs.phrases import CUES_BACK, LOW_BATTERY, PRAISE, Clip
from monitor.outputs.shelf import SoundShelf
from monitor.settings import CueKinds

if TYPE_CHECKING:
    from tests.outputs.conftest import FakeSoundSystem


def until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within 4 s")


@pytest.fixture
def player(sound: FakeSoundSystem) -> Iterator[LastingPlayer]:
    """With a search that only a request wakes."""
    made = LastingPlayer(SoundOptions(volume=0.5), poll_s=1000)
    yield made
    made.close()


def test_a_cue_that_met_a_dead_device_is_heard_on_the_next(player: LastingPlayer, sound: FakeSoundSystem) -> None:
    assert player.play(Cue.GOOD) is True
    sound.streams[0].pull(4_800)
    player.set_volume(0.4)
    sound.streams[0].active = False
    assert player.play(Cue.EYES_UP) is False
    until(lambda: player.status().working and player.status().accepted == 2)
    expected = render(Cue.EYES_UP, 48_000) * 0.4
    assert sound.streams[1].pull(len(expected))[:, 0] == pytest.approx(expected, abs=1e-6)
    assert [(r.sounds[0], r.accepted) for r in player.log()] == [
        (Cue.GOOD, True),
        (Cue.EYES_UP, False),
        (Cue.EYES_UP, True),
    ]
    assert (player.status().requested, player.status().accepted) == (3, 2)


def test_a_stale_cue_is_not_repeated(sound: FakeSoundSystem) -> None:
    now = [0]
    player = LastingPlayer(poll_s=1000, clock_ns=lambda: now[0])
    plugged, sound.plugged = sound.plugged, []
    sound.streams[0].active = False
    assert player.play(Cue.EYES_UP) is False
    until(lambda: sound.starts == 2 and not player._searching.locked())
    sound.plugged = plugged
    now[0] = STALE_NS + 1
    assert player.rescan() == (player, None)
    assert player.status().accepted == 0
    player.close()


def test_no_device_at_the_start_then_headphones(sound: FakeSoundSystem) -> None:
    later, sound.plugged = sound.plugged, []
    sound._initialize()
    player = LastingPlayer(poll_s=0.02, retries_s=(0.02,))
    assert player.status().working is False
    sound.plugged = later
    until(lambda: player.status().working)
    assert player.play(Cue.TEST) is True
    player.close()


def test_a_rescan_by_hand_returns_the_same_player(player: LastingPlayer, sound: FakeSoundSystem) -> None:
    assert player.rescan() == (player, None)
    assert [s.active for s in sound.streams] == [False, True]
    sound.plugged = []
    same, why = player.rescan()
    assert same is player
    assert why is not None
    assert player.status().sentence == why


def test_a_muted_player_does_not_search(player: LastingPlayer, sound: FakeSoundSystem) -> None:
    player.set_muted(True)
    assert player.play(Cue.TEST) is False
    assert not player._wake.is_set()
    assert sound.starts == 1


def test_closing_ends_the_thread_and_the_stream(sound: FakeSoundSystem) -> None:
    player = LastingPlayer(poll_s=0.01)
    player.close()
    player.close()
    assert not player._thread.is_alive()
    assert not any(s.active for s in sound.streams)
    assert player.play(Cue.TEST) is False
    assert player.rescan()[0] is player
    assert not any(s.active for s in sound.streams)


# ---------------------------------------------------------------- nobody asked, and yet


def patient(**options: object) -> LastingPlayer:
    """One that looks often."""
    return LastingPlayer(SoundOptions(**options), poll_s=0.01, retries_s=(0.02,), look_s=0.02)  # type: ignore[arg-type]


def test_a_sentence_that_was_cut_off_is_said_again_on_the_next_device(sound: FakeSoundSystem) -> None:
    player = patient(volume=1.0)
    assert player.play((Cue.GOOD, Clip.RELAX)) is True
    sound.streams[0].pull(10_000)  # in the middle of the word
    sound.streams[0].active = False
    until(lambda: len(sound.streams) == 2 and player.status().accepted == 2)
    heard = sound.streams[1].pull(48_000)[:, 0]
    tick = render(Cue.GOOD, 48_000)
    assert heard[: len(tick)] == pytest.approx(tick, abs=1e-6)
    assert [r.sounds for r in player.log()] == [(Cue.GOOD, Clip.RELAX)] * 2
    player.close()


def test_what_was_said_to_its_end_is_not_said_again(sound: FakeSoundSystem) -> None:
    player = patient()
    player.play(Cue.GOOD)
    sound.streams[0].pull(10_000)
    sound.streams[0].active = False
    until(lambda: len(sound.streams) == 2)
    assert not sound.streams[1].pull(10_000).any()
    player.close()


def test_several_cues_wait_for_the_device_and_come_in_order(sound: FakeSoundSystem) -> None:
    player = LastingPlayer(SoundOptions(volume=1.0), poll_s=0.01, retries_s=(0.05,))
    plugged, sound.plugged = sound.plugged, []
    sound.streams[0].active = False
    until(lambda: not player.status().working and "no loudspeakers" in player.status().sentence)
    assert [player.play(cue) for cue in (Cue.EYES_UP, Cue.SHOULDERS)] == [False, False]
    sound.plugged = plugged
    until(lambda: player.status().accepted == 2)
    assert [r.sounds[0] for r in player.log() if r.accepted] == [Cue.EYES_UP, Cue.SHOULDERS]
    player.close()


def test_the_search_slows_down_while_nothing_is_found(sound: FakeSoundSystem) -> None:
    now_s = [0.0]
    sound.plugged = []
    sound._initialize()
    player = LastingPlayer(poll_s=0.005, retries_s=(1, 2, 4), clock_ns=lambda: round(now_s[0] * 1e9))
    seen = []
    for now_s[0] in (0.5, 1.5, 2.5, 3.6, 6.0, 7.7, 9.0, 11.8):
        time.sleep(0.06)
        seen.append(sound.starts - 2)
    assert seen == [0, 1, 1, 2, 2, 3, 3, 4]
    player.close()


def test_buds_that_were_asked_for_are_used_when_they_come(sound: FakeSoundSystem) -> None:
    buds = sound.plugged.pop(2)
    sound._initialize()
    player = patient(device="Buds")
    assert player.status().sentence == "Cues play on 'pulse'. 'Buds' was not found."
    sound.plugged.insert(2, buds)
    until(lambda: player.status().device == "Buds of Jo")
    starts = sound.starts
    time.sleep(0.1)
    assert sound.starts == starts  # found: nothing more to look for
    assert player.play(Cue.TEST) is True
    player.close()


def test_nobody_looks_for_buds_while_something_is_being_said(sound: FakeSoundSystem) -> None:
    player = LastingPlayer(SoundOptions(device="Kitchen"), poll_s=0.01, look_s=0.2)
    player.play(Clip.FORM_CHECK)
    starts = sound.starts
    time.sleep(0.4)
    assert sound.starts == starts
    while player._player.busy:
        sound.streams[0].pull(48_000)
    until(lambda: sound.starts > starts)
    player.close()


# ---------------------------------------------------------------- another output is chosen in mid-run


def test_another_output_takes_over_and_the_old_one_finishes_its_sentence(sound: FakeSoundSystem) -> None:
    player = patient(volume=1.0)
    player.play(Clip.RELAX)
    first = [sound.streams[0].pull(4_800)[:, 0]]
    player.set_device("buds")
    until(lambda: player.status().device == "Buds of Jo")
    assert player.play(Cue.EYES_UP) is True  # heard on the new one, while the old one still speaks
    tone = render(Cue.EYES_UP, 24_000)
    assert sound.streams[1].pull(len(tone))[:, 0] == pytest.approx(tone, abs=1e-6)
    assert sound.streams[0].active
    while sound.streams[0].active:
        first.append(sound.streams[0].pull(4_800)[:, 0])
        time.sleep(0.002)
    said = np.concatenate(first)
    relax = SoundShelf(48_000, load_clips().recordings).get(Clip.RELAX)
    assert said[: len(relax)] == pytest.approx(bent(relax), abs=1e-3)
    assert sound.starts == 1  # nothing was interrupted
    assert (player.status().requested, player.status().accepted) == (2, 2)
    player.close()


def test_an_output_that_is_new_to_the_sound_system_is_looked_for(sound: FakeSoundSystem) -> None:
    player = patient()
    sound.plugged.append(("Car", 2, 48_000))
    player.play(Cue.GOOD)
    player.set_device("Car")
    sound.streams[0].pull(10_000)
    until(lambda: player.status().device == "Car")
    assert sound.starts == 2
    player.close()


def test_a_chosen_output_that_is_in_use_keeps_the_sound_and_is_tried_again(sound: FakeSoundSystem) -> None:
    player = patient()
    player.set_device("HDMI")
    until(lambda: "cannot be opened" in player.status().sentence)
    assert player.status().device == "pulse"
    assert player.play(Cue.TEST) is True
    sound.streams[-1].pull(48_000)
    sound.plugged[0] = ("HDMI 2", 2, 44_100)  # the other program is gone
    until(lambda: player.status().device == "HDMI 2")
    player.close()


def test_choosing_the_same_output_changes_nothing(sound: FakeSoundSystem) -> None:
    player = patient(device="buds")
    player.set_device("buds")
    time.sleep(0.05)
    assert len(sound.streams) == 1
    player.close()


def test_a_mute_reaches_the_output_that_is_leaving_too(sound: FakeSoundSystem) -> None:
    player = patient(volume=1.0)
    player.play(Clip.FORM_CHECK)
    sound.streams[0].pull(9_600)
    player.set_device("buds")
    until(lambda: player.status().device == "Buds of Jo")
    player.set_muted(True)
    sound.streams[0].pull(512)  # the fade
    assert not sound.streams[0].pull(4_800).any()
    assert player.status().muted
    player.close()


def test_speech_and_switches_hold_for_later_devices_too(sound: FakeSoundSystem) -> None:
    player = patient()
    player.set_speech(False)
    player.set_cues(CueKinds(battery=False))
    sound.streams[0].active = False
    until(lambda: len(sound.streams) == 2 and player.status().working)
    assert player.play(LOW_BATTERY) is False
    player.play(CUES_BACK + PRAISE)
    assert player.log()[-1].sounds == (Cue.GOOD,)
    player.close()


def test_a_sound_system_that_hangs_does_not_keep_the_run_from_ending(
    sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = patient()
    hangs = threading.Event()
    monkeypatch.setattr(lasting, "PATIENCE_S", 0.1)
    monkeypatch.setattr(sound.streams[0], "close", lambda: hangs.wait(10))
    player.close()
    assert not hangs.is_set()
    hangs.set()
    player._thread.join(4)
    assert not player._thread.is_alive()


def test_a_search_says_so_and_one_that_hangs_says_that(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    player = LastingPlayer(poll_s=0.01, clock_ns=lambda: round(now_s[0] * 1e9))
    hangs = threading.Event()
    real_close = sound.streams[0].close
    monkeypatch.setattr(sound.streams[0], "close", lambda: (hangs.wait(10), real_close()))
    sound.streams[0].active = False
    until(lambda: player.status().sentence == lasting.LOOKING)
    now_s[0] = 6.0
    assert player.status().sentence == lasting.HANGS
    assert player.play(Cue.EYES_UP) is False  # at once
    hangs.set()
    until(lambda: player.status().working)
    player.close()


def test_a_search_that_has_failed_before_is_no_news(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    sound.plugged = []
    sound._initialize()
    player = LastingPlayer(poll_s=0.01, retries_s=(0.02,))
    silent = player.status().sentence
    assert silent not in ("", lasting.LOOKING)
    searching, go_on = threading.Event(), threading.Event()
    real_renew = player._renew
    monkeypatch.setattr(player, "_renew", lambda: (searching.set(), go_on.wait(10), real_renew()))
    assert searching.wait(4)
    assert player.status().sentence == silent
    go_on.set()
    player.close()
