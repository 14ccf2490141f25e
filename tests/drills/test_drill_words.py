"""The table of drills and the sentences."""

import pytest

from monitor.cli import DRILL_NAMES
from monitor.drills.catalogue import DRILLS, ROUTINES, DrillKind, with_seconds
from monitor.drills.look import COUNTS
from monitor.drills.machines import machine_for
from monitor.drills.words import HINTS, NOT_SEEN, Hint, why_unseen
from monitor.values import Reason


def test_every_hint_has_a_short_sentence():
    assert set(HINTS) == set(Hint)
    assert all(text.endswith(".") and len(text) <= 60 for text in HINTS.values())


def test_the_command_line_knows_every_drill():
    assert set(DRILL_NAMES) == {k.value for k in DrillKind} == {k.value for k in DRILLS}


@pytest.mark.parametrize("kind", list(DrillKind))
def test_every_drill_says_what_is_checked_and_what_is_not(kind):
    drill = DRILLS[kind]
    assert bool(drill.wanted_s) != bool(drill.wanted_reps)
    assert drill.say.endswith(".")
    assert bool(drill.checked) == drill.needs_head
    assert drill.checked or drill.unchecked
    fresh = machine_for(drill).progress
    assert fresh.kind is kind
    assert fresh.part == 0
    assert not fresh.done


def test_the_stretches_are_a_minute_each():
    for name in ("before", "during", "after"):
        kinds = {d.kind for d in ROUTINES[name]}
        assert {DrillKind.HEAD_HANG, DrillKind.EAR_LEFT, DrillKind.EAR_RIGHT} <= kinds
    assert {d.wanted_s for d in ROUTINES["after"]} == {60.0}


def test_another_time_for_what_is_held_only():
    assert with_seconds(DRILLS[DrillKind.HEAD_HANG], 5).wanted_s == 5
    assert with_seconds(DRILLS[DrillKind.HEAD_CIRCLES], 5) is DRILLS[DrillKind.HEAD_CIRCLES]


@pytest.mark.parametrize("reason", [r for r in Reason if r not in COUNTS])
def test_every_reason_to_doubt_has_a_hint(reason):
    assert why_unseen(reason) in NOT_SEEN
