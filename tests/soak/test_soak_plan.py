"""The plan of a soak: decided by its seed, every trouble in it, and calm at the end of every period."""

import pytest

from tests.soak.soak_plan import CALM_S, FIRST_S, Fault, Trouble, plan


def test_a_seed_decides():
    assert plan(5, 7200.0) == plan(5, 7200.0)
    assert plan(5, 7200.0).faults != plan(6, 7200.0).faults


def test_a_day_holds_every_trouble_alone_at_once_and_in_each_others_recovery():
    faults = plan(1, 86400.0).faults
    assert {fault.kind for fault in faults} == set(Trouble)
    assert len(faults) > 200
    by_time = {}
    for fault in faults:
        by_time.setdefault(fault.at_s, []).append(fault.key)
    assert any(len(keys) == 2 for keys in by_time.values()), "both sensors at once"
    soon = [b for a in faults for b in faults if a.key == b.key and 0 < b.at_s - a.end_s < 3.0]
    assert len(soon) > 20, "one in the middle of the recovery of another"
    away_s = [fault.seconds for fault in faults if fault.kind is Trouble.AWAY]
    assert min(away_s) < 3.0
    assert max(away_s) > 120.0


@pytest.mark.parametrize("period_s", [300.0, 3600.0])
def test_all_is_calm_when_it_is_counted(period_s):
    for fault in plan(2, 4 * period_s, period_s, faults_per_hour=60).faults:
        assert fault.at_s >= FIRST_S
        assert fault.at_s // period_s == fault.end_s // period_s
        assert period_s - fault.end_s % period_s > CALM_S


def test_the_runner_rezeroes_with_a_level_head_only():
    level = {press.at_s for press in plan(3, 86400.0).presses if press.what == "rezero"}
    assert level
    assert not [p for p in plan(3, 86400.0, level_at=lambda _: False).presses if p.what == "rezero"]


def test_which_troubles_cost_a_link():
    assert Fault(0.0, Trouble.AWAY, "head", 10.0).ends_link is True
    assert Fault(0.0, Trouble.AWAY, "head", 2.1).ends_link is None
    assert Fault(0.0, Trouble.STALL, "head", 1.0).ends_link is False
    assert Fault(0.0, Trouble.HANG_UP, "head").ends_link is True
