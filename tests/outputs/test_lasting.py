"""Headphones that come, go and come back, without anybody pressing a button."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from monitor.outputs.audio import SoundOptions
from monitor.outputs.cues import Cue, render
from monitor.outputs.lasting import LastingPlayer
from monitor.outputs.mixer import STALE_NS

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
    lasting = LastingPlayer(SoundOptions(volume=0.5), retry_s=1000)
    yield lasting
    lasting.close()


def test_a_cue_that_met_a_dead_device_is_heard_on_the_next(player: LastingPlayer, sound: FakeSoundSystem) -> None:
    assert player.play(Cue.GOOD) is True
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
    player = LastingPlayer(retry_s=1000, clock_ns=lambda: now[0])
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
    player = LastingPlayer(retry_s=0.02)
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
    player = LastingPlayer(retry_s=0.01)
    player.close()
    player.close()
    assert not player._thread.is_alive()
    assert not any(s.active for s in sound.streams)
    assert player.play(Cue.TEST) is False
    assert player.rescan()[0] is player
    assert not any(s.active for s in sound.streams)
