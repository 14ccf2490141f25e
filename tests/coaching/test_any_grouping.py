"""However a run's tracks are grouped, the same events come: so a replay equals the run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tracks import BOTH, S, part, run, spread, track
from made_tracks import settings as coached

from monitor.coaching.watch import FormWatch
from monitor.coaching.words import sentences
from monitor.values import Event, EventKind, Ground, Mark, Mode, ModeChange, ReZero

SECONDS = 2400
HEAD = track(
    seconds=SECONDS,
    neck=lambda t: 6 + spread(t, 2.0, 1) + t / 600,
    over=lambda t: t % 400 < 9,
    running=lambda t: t % 500 > 15,
    valid=lambda t: t % 61 > 3,
)
COLLAR = track(
    "collar",
    seconds=SECONDS,
    shoulder=lambda t: 0.2 + spread(t, 0.1, 2) + t / 6000,
    running=lambda t: t % 500 > 13,
    hz=4.0,
    packet_s=1.0,
    delay_s=0.35,
)
CONTROLS = [
    Mark(900_000_000_001, "cramp"),
    Mark(1_000_000_000_001, "form check"),
    Ground(1_100_000_000_001, 3.0, 0.01),
    ModeChange(1_500_000_000_001, Mode.TRAIL),
    ModeChange(1_620_000_000_001, Mode.ROAD),
    Mark(1_700_000_000_001, "sore neck"),
    ReZero(1_750_000_000_001),
    Mark(2_300_000_000_001, "form check"),
]
CUES = [
    (t * S + 50_000_000, Event(t * S, EventKind.HEAD_DOWN, "head", prompted=True)) for t in (300, 777, 1190, 1199, 1795)
]
USED = coached(planned_min=50, loosen_every_min=6, summary_every_min=5)


def quiet(t_ns):
    return "snoozed" if 1300 * S <= t_ns < 1400 * S else None


def fed(cuts_ns=()):
    return run([HEAD, COLLAR], BOTH, USED, CONTROLS, CUES, cuts_ns, quiet)


@pytest.fixture(scope="module")
def whole():
    return fed()


def test_the_run_brings_every_kind_of_event(whole):
    kinds = {str(e.detail.get("check", e.detail.get("what"))) for e in whole}
    assert kinds >= {"baseline", "middle", "asked", "cramp", "summary", "head_circles", "shake_wrists"}
    assert sum(e.detail.get("check") == "cramp" for e in whole) == 2
    assert whole == sorted(whole, key=lambda e: e.t_ns)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, SECONDS * S), max_size=40))
def test_any_cuts(whole, cuts_ns):
    assert fed(cuts_ns) == whole


@settings(max_examples=4, deadline=None)
@given(st.integers(S, 30 * S), st.integers(0, S))
def test_blocks_of_any_length(whole, step_ns, first_ns):
    assert fed(range(first_ns, SECONDS * S, step_ns)) == whole


def test_notification_by_notification_of_either_sensor(whole):
    """As a live run feeds it: each call brings rows of one sensor alone."""
    arrivals = np.unique(np.concatenate((HEAD.arrival_ns, COLLAR.arrival_ns)))
    assert fed(arrivals.tolist()) == whole


def test_taking_in_several_calls_what_is_asked_for_at_once():
    watches = [FormWatch(BOTH, USED, quiet) for _ in range(2)]
    watches[0].take(HEAD)
    watches[0].take(COLLAR)
    for a in range(0, len(HEAD), 1000):
        watches[1].take(part(HEAD, a, a + 1000))
    watches[1].take(COLLAR)
    first, second = (watch.until(None) for watch in watches)
    assert first == second
    assert len(first) > 3


def test_every_sentence_of_a_check_is_one_that_can_be_rendered(whole):
    known = sentences()
    for event in whole:
        if event.detail.get("check") not in ("summary", "baseline") and "text" in event.detail:
            text = str(event.detail["text"])
            parts = [text] if text in known else [f"{s}." for s in text[:-1].split(". ")]
            assert set(parts) <= known, parts


def test_nothing_at_all():
    watch = FormWatch(BOTH, USED, quiet)
    assert watch.until(None) == []
    watch.take(part(HEAD, 0, 0))
    assert watch.until(5) == []
    watch.control(ReZero(1), 0)
    assert watch.until(None) == []
