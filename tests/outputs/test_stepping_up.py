"""A cue that goes unheeded: it steps up once, comes more and more seldom, and is never a loop."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.alerts.policy import LONGEST_BACK_OFF, CuePolicy
from monitor.outputs.audio import SoundOptions, open_player
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Clip, sounds_for
from monitor.settings import Settings
from monitor.values import NS_PER_S, Event, EventKind

if TYPE_CHECKING:
    from tests.outputs.conftest import FakeSoundSystem

HOURS = 3


def stare(settings: Settings) -> list[Event]:
    """The cues of a head that hangs for hours, asked about once a second, as the detector does."""
    policy = CuePolicy(settings)
    cues = []
    for second in range(30, HOURS * 3600):
        goes_on = second > 30
        if (
            policy.decide(EventKind.HEAD_DOWN, "head", second * NS_PER_S, settings.road.cooldown_s, goes_on=goes_on)
            is None
        ):
            detail = {"mode": "road"} | ({"repeat": True} if goes_on else {})
            cues.append(Event(second * NS_PER_S, EventKind.HEAD_DOWN, "head", True, detail))
    return cues


def test_an_unheeded_cue_comes_more_and_more_seldom() -> None:
    settings = Settings()
    at_s = [cue.t_ns / NS_PER_S for cue in stare(settings)]
    gaps_s = [later - sooner for sooner, later in pairwise(at_s)]
    longest_s = LONGEST_BACK_OFF * settings.road.cooldown_s
    assert gaps_s[0] == pytest.approx(settings.road.cooldown_s, abs=1)
    assert gaps_s[-1] == pytest.approx(longest_s, abs=1)
    # Only the hour's budget makes a pause longer than the back-off does.
    assert all(later >= min(sooner, longest_s) - 1 for sooner, later in pairwise(gaps_s))
    assert all(sum(t <= other < t + 3600 for other in at_s) <= settings.road.prompts_per_hour for t in at_s)
    assert len(at_s) < 30


def test_it_steps_up_once_in_form_and_never_in_loudness(sound: FakeSoundSystem) -> None:
    player, _ = open_player(SoundOptions(volume=0.5))
    heard = []
    for event in stare(Settings()):
        assert player.play(event)
        blocks = []
        while player.busy:
            blocks.append(sound.streams[0].pull(4_800)[:, 0])
            assert len(blocks) < 60  # six seconds: it ends by itself
        assert not sound.streams[0].pull(96_000).any()
        heard.append(np.concatenate(blocks))
    first, second, *others = heard
    tone_s = 0.3 + 0.08
    assert (len(second) - len(first)) / 48_000 == pytest.approx(tone_s, abs=0.11)  # one tone more, to a block
    assert all(len(other) == len(second) and np.allclose(other, second) for other in others)
    assert np.abs(second).max() == pytest.approx(np.abs(first).max(), rel=0.01)


def test_every_kind_that_repeats_has_one_tone_more() -> None:
    for kind in (EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP):
        once = sounds_for(Event(0, kind, prompted=True), feet=True)
        again = sounds_for(Event(0, kind, prompted=True, detail={"repeat": True}), feet=True)
        assert again == (once[0], *once)
        assert [isinstance(sound, Cue) for sound in again] == [True, True, False]
        assert isinstance(again[-1], Clip)
