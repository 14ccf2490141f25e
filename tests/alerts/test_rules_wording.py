"""The rules a calibrated sensor allows in each mode, and what the runner is told."""

import dataclasses

import pytest

from calibration.model import HeadCalibration, ShoulderCalibration, SiteCalibration
from monitor.alerts.rules import rules_for
from monitor.alerts.wording import spoken
from monitor.settings import HeadRule, Settings
from monitor.values import EventKind, Mode

BARE = SiteCalibration("head", "head", "SIM", "sim:head", "vqf", ())
HEAD = dataclasses.replace(BARE, head=HeadCalibration((0, 0, 1), (1, 0, 0), 9.0))


def shoulders(d_prime):
    return dataclasses.replace(BARE, shoulders=ShoulderCalibration((0, 0, 1), (1, 0, 0), 12.0, d_prime))


def test_nothing_calibrated_no_rule():
    assert rules_for(BARE, Settings(), Mode.ROAD) == ()


@pytest.mark.parametrize(
    ("mode", "kind", "on_deg", "dwell_s"),
    [
        (Mode.ROAD, EventKind.HEAD_DOWN, 20, 6),
        (Mode.TRAIL, EventKind.HEAD_DOWN, 36, 10),
        (Mode.TECHNICAL, EventKind.LOOK_UP_DUE, 12, 20),
    ],
)
def test_the_head_rule_of_each_mode(mode, kind, on_deg, dwell_s):
    (rule,) = rules_for(HEAD, Settings(), mode)
    assert (rule.kind, rule.limits.on, rule.limits.dwell_s) == (kind, on_deg, dwell_s)
    assert rule.limits.off < rule.limits.on


def test_the_wearers_own_limit_is_used():
    (rule,) = rules_for(HEAD, Settings(road=HeadRule(on_deg=25, off_deg=21)), Mode.ROAD)
    assert (rule.limits.on, rule.limits.off) == (25, 21)


def test_shoulders_are_claimed_only_from_two_standard_deviations():
    assert rules_for(shoulders(1.99), Settings(), Mode.ROAD) == ()
    (rule,) = rules_for(shoulders(2.0), Settings(), Mode.ROAD)
    assert rule.kind is EventKind.SHOULDERS_UP


def test_a_sensor_that_sees_both_gets_both_rules():
    both = dataclasses.replace(HEAD, shoulders=shoulders(3.0).shoulders)
    assert [r.kind for r in rules_for(both, Settings(), Mode.TRAIL)] == [EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP]


@pytest.mark.parametrize("feet", [True, False])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("kind", [EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP])
def test_every_cue_has_a_short_sentence(kind, mode, feet):
    words = spoken(kind, mode, feet=feet)
    assert words.endswith(".")
    assert 2 <= len(words.split()) <= 10


def test_the_coaches_numbers_are_in_the_words():
    assert "four to seven feet" in spoken(EventKind.HEAD_DOWN, Mode.TRAIL, feet=True)
    assert "ten metres" in spoken(EventKind.HEAD_DOWN, Mode.ROAD, feet=False)
    assert "feet" not in spoken(EventKind.HEAD_DOWN, Mode.TRAIL, feet=False)


def test_marks_and_checks_are_not_spoken():
    assert spoken(EventKind.MARK, Mode.ROAD, feet=True) == ""
