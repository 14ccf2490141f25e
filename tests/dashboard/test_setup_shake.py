"""Which sensor is shaken: constructed movements and those of the SIMULATED sensors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.dashboard.setup.shake import LEAST_M_S2, WINDOW_S, Movement, all_move, shaken
from monitor.simulator.handled import COLLAR_SHAKEN_S, HEAD_SHAKEN_S, handled
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Site

RATE_HZ = 100.0


def spread(acc: np.ndarray, rate_hz: float = RATE_HZ) -> float:
    movement = Movement(rate_hz)
    movement.push(acc)
    return movement.spread()


def resting(seconds: float = WINDOW_S, rate_hz: float = RATE_HZ, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.05, (round(seconds * rate_hz), 3))
    return noise + np.array([0.0, 0.0, 9.81])


def test_sensors_that_lie_still_pick_nothing():
    still = {str(i): spread(resting(seed=i)) for i in range(5)}
    assert all(math.isfinite(s) for s in still.values())
    assert shaken(still) is None
    assert not all_move(still)
    assert shaken({}) is None


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
@pytest.mark.parametrize("shake_hz", [1.5, 3.0, 5.0])
def test_the_shaken_one_stands_out_at_every_rate_and_rhythm(rate_hz, shake_hz):
    acc = resting(rate_hz=rate_hz)
    t = np.arange(len(acc)) / rate_hz
    acc = acc + np.outer(14 * np.sin(2 * np.pi * shake_hz * t), [0.6, 0.3, 0.7])
    spreads = {"a": spread(resting(rate_hz=rate_hz, seed=1), rate_hz), "b": spread(acc, rate_hz)}
    assert shaken(spreads) == "b"


@pytest.mark.parametrize("at_s", [0.1, 0.45, 0.5, 0.95, 1.0, 1.3])
def test_a_knock_on_the_table_is_no_shake(at_s):
    acc = resting()
    a = round(at_s * RATE_HZ)
    acc[a : a + 12] += np.random.default_rng(3).normal(0, 40, (len(acc[a : a + 12]), 3))
    assert spread(acc) < LEAST_M_S2
    assert shaken({"a": spread(acc), "b": spread(resting(seed=4))}) is None


def test_several_that_move_alike_pick_nothing_and_say_so():
    assert shaken({"a": 9.0, "b": 8.0, "c": 0.05}) is None
    assert all_move({"a": 9.0, "b": 8.0, "c": 0.05})
    assert shaken({"a": 9.0, "b": 2.9}) == "a"


def test_a_single_sensor_must_be_shaken_too():
    assert shaken({"a": 0.05}) is None
    assert shaken({"a": 6.0}) == "a"


def test_what_is_not_listened_to_neither_wins_nor_hinders():
    assert shaken({"a": math.nan, "b": 9.0}) == "b"
    assert shaken({"a": math.nan}) is None


def test_before_the_window_is_full_there_is_no_spread_and_any_split_gives_the_same():
    acc = resting() * np.linspace(1, 3, round(WINDOW_S * RATE_HZ))[:, None]
    whole, split = Movement(RATE_HZ), Movement(RATE_HZ)
    whole.push(acc)
    for i in range(0, len(acc), 7):
        assert math.isnan(split.spread())
        split.push(acc[i : i + 7])
    assert split.spread() == whole.spread() > 0


def test_broken_numbers_of_a_sensor_are_left_out():
    acc = resting()
    acc[::5] = np.nan
    movement = Movement(RATE_HZ)
    movement.push(acc)
    assert math.isnan(movement.spread())
    movement.push(resting())
    assert movement.spread() < 0.2


def over_time(acc: np.ndarray, rate_hz: float, at_s: float) -> float:
    return spread(acc[: round(at_s * rate_hz)], rate_hz)


def test_simulated_sensors_are_told_apart_while_one_is_shaken():
    cap, strap = handled(100.0, HEAD_SHAKEN_S, 31), handled(50.0, COLLAR_SHAKEN_S, 32)

    def at(seconds: float) -> str | None:
        spreads = {"cap": over_time(cap[0], 100.0, seconds), "strap": over_time(strap[0], 50.0, seconds)}
        return shaken(spreads)

    assert [at(s) for s in (1.9, 4.0, 7.9, 10.5, 13.0, 16.9)] == [None, "cap", "cap", None, "strap", "strap"]


@pytest.mark.parametrize("activity", [Activity.STILL, Activity.WALK, Activity.RUN])
def test_sensors_that_are_worn_pick_nothing(activity):
    scenario = Scenario(duration_s=8.0, activities=(ActivitySpan(0.0, 8.0, activity),), seed=4)
    head = simulate(scenario, SensorModel(site=Site.HEAD, seed=1))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, seed=2))
    for end in range(300, 800, 50):
        assert shaken({"head": spread(head.acc[:end]), "collar": spread(collar.acc[:end])}) is None
