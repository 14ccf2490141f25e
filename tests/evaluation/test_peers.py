"""The peers' re-implemented rules on traces whose answer follows from their published thresholds and dwells."""

import numpy as np
import pytest

from monitor.values import STANDARD_GRAVITY, Mode
from tests.evaluation.labelled import Samples
from tests.evaluation.peers import RULE_HZ, RULES, Trace, trace_of
from tests.evaluation.scenarios import OURS, count, run_scenario, stares
from tests.pipeline.scenario_traces import SCENARIOS, Drop


def trace(*bouts: tuple[float, float, float], shaken: bool = True) -> Trace:
    """Two minutes with (from, to, depth); `shaken`: a runner's bounce on the accelerometer."""
    t = np.arange(0, 120, 1 / RULE_HZ)
    pitch = np.zeros(len(t))
    for on, off, depth in bouts:
        pitch[(t >= on) & (t < off)] = depth
    angle = np.radians(pitch)
    up = STANDARD_GRAVITY + (8 * np.sin(2 * np.pi * 2.83 * t) if shaken else 0)
    return Trace(t, pitch, np.stack((-np.sin(angle) * up, 0 * t, np.cos(angle) * up), axis=1))


@pytest.mark.parametrize(
    ("name", "at"),
    [("OpenEarable", 40.0), ("AirPosture", 40.0), ("HeadOrbit", 35.0), ("Dorso", 30.16), ("Dorso +5 s", 35.0),
     ("ALEX", 50.0), ("70 % of 12 s", 38.4)],
)  # fmt: skip
def test_a_steady_stare_is_told_after_the_rules_own_dwell(name, at):
    alerts = RULES[name](trace((30, 60, 30.0)))
    assert alerts[0] == pytest.approx(at, abs=0.2)


@pytest.mark.parametrize("name", ["AirPosture", "HeadOrbit", "Dorso +5 s", "ALEX"])
def test_one_good_look_clears_their_timers(name):
    assert RULES[name](trace(*((30 + 5 * k, 34.5 + 5 * k, 30.0) for k in range(6)))) == []


def test_the_window_rule_survives_short_looks_up_and_needs_a_runner():
    broken = [(30 + 5 * k, 34.5 + 5 * k, 30.0) for k in range(6)]
    assert len(RULES["70 % of 12 s"](trace(*broken))) == 1
    assert RULES["70 % of 12 s"](trace((30, 60, 30.0), shaken=False)) == []


def test_shallow_looks_stay_below_their_limits():
    deep_enough = {name for name, rule in RULES.items() if rule(trace((30, 60, 12.0), shaken=False))}
    assert deep_enough == {"Dorso"}


def test_the_fused_trace_is_relative_to_the_neutral_stretch():
    n = round(60 * RULE_HZ)
    t = np.arange(n) / RULE_HZ
    tilt = np.radians(10.0)
    acc = np.tile([-np.sin(tilt) * STANDARD_GRAVITY, 0, np.cos(tilt) * STANDARD_GRAVITY], (n, 1))
    samples = Samples(t, acc, np.zeros((n, 3)), np.ones(n, bool), np.eye(3))
    assert trace_of(samples, (5, 28)).pitch_deg[-100:] == pytest.approx(0, abs=0.05)


def test_stares_and_glances_are_told_apart():
    assert stares(SCENARIOS["B"]) == []
    assert stares(SCENARIOS["C"]) == [(60 + 90 * k, 89.5 + 90 * k) for k in range(6)]
    assert len(stares((Drop(10, 12, 30), Drop(20, 40, 30)))) == 1


def test_alerts_are_counted_by_bout():
    told = count([15.0, 30.0, 31.0, 99.0], [(10, 40), (60, 90)])
    assert (told.alerts, told.caught, told.bouts, told.outside) == (4, 1, 2, 1)
    assert told.first_s == (5.0,)


def test_published_rows_of_scenarios_c_and_g_come_out_again():
    c, g = run_scenario("C", Mode.ROAD, 1.0).told, run_scenario("G", Mode.ROAD, 1.0).told
    published_c = {"AirPosture": 0, "HeadOrbit": 0, "Dorso": 36, "Dorso +5 s": 0, "ALEX": 0, "70 % of 12 s": 6}
    published_g = {"OpenEarable": 0, "AirPosture": 0, "HeadOrbit": 4, "Dorso": 4, "Dorso +5 s": 4, "ALEX": 0}
    assert {name: c[name].alerts for name in published_c} == published_c
    assert {name: g[name].alerts for name in published_g} == published_g
    assert c[OURS].bouts == 6
