"""The live calibrator over the virtual radio: a sensor that drops out and comes back, and one that never answers."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from setup_fakes import CAP

from monitor.commands.places import utc_now
from monitor.dashboard.setup import live_calibrator
from monitor.dashboard.setup.adapters import SystemRadios
from monitor.dashboard.setup.facts import Extent, Phase, Pick, Problem
from monitor.dashboard.setup.lane import Lane
from monitor.dashboard.setup.live_calibrator import LiveCalibrator
from monitor.settings import Settings
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import calibration_scenario, radio_for
from monitor.simulator.world import Fault, FaultKind, SimulatedRadio
from monitor.values import Site

PATIENCE_S = 60.0


class Radios(SystemRadios):
    """One virtual radio for the poses."""

    def __init__(self, make):
        self._make = make

    def to_calibrate(self, steps):
        return self._make(steps)


def calibrator(make, said):
    lane = Lane()
    made = LiveCalibrator(Radios(make), lane, Settings(), utc_now, said.append, simulated=True)
    return made, lane


def wait(condition, what):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)


@pytest.mark.slow
def test_a_sensor_that_drops_out_is_told_and_its_step_asked_for_anew():
    fault = Fault(2.5, FaultKind.HANG_UP, "head")
    said = []
    made, lane = calibrator(lambda steps: radio_for(calibration_scenario(steps), (fault,)), said)
    made.start([Pick(CAP, Site.HEAD)], Extent.QUICK, "x")
    assert made.look().phase is Phase.WAITING
    wait(lambda: made.look().phase is Phase.LEADING and not made.look().lost, "leading")
    wait(lambda: made.look().lost, "lost")
    assert made.look().lost == ("head",)
    before = made.look().led
    assert before is not None
    wait(lambda: made.look().phase is Phase.LEADING and not made.look().lost, "back")
    after = made.look().led
    assert after is not None
    assert (after.number, after.reason) == (before.number, "")
    assert after.left_s > 4, "the whole hold, from the beginning"
    assert said == ["stand_tall", "sensor_lost", "sensor_back", "stand_tall"]
    made.stop()
    assert lane.wait(20)


def worn_cap(steps, **changes):
    """The wearer's cap alone."""
    head = simulate(calibration_scenario(steps), SensorModel(site=Site.HEAD, rate_hz=100.0, seed=21))
    return VirtualSensor("head", "openearable2", ArrayFeed(head.acc, head.gyr, 100.0), **changes)


@pytest.mark.slow
def test_a_sensor_that_sends_nothing_for_a_while_is_told_and_its_step_asked_for_anew():
    """Connected all the time: the radio alone would notice nothing."""
    fault = Fault(2.5, FaultKind.SILENT, "head", seconds=3.5)
    said = []
    made, lane = calibrator(lambda steps: SimulatedRadio([worn_cap(steps)], (fault,)), said)
    made.start([Pick(CAP, Site.HEAD)], Extent.QUICK, "x")
    wait(lambda: made.look().lost, "lost")
    assert made.look().lost_why.startswith("The radio holds, but nothing is sent")
    wait(lambda: made.look().phase is Phase.LEADING and not made.look().lost, "back")
    assert said == ["stand_tall", "sensor_lost", "sensor_back", "stand_tall"]
    made.stop()
    assert lane.wait(20)


@pytest.mark.slow
def test_a_battery_that_dies_is_named_as_the_reason():
    fault = Fault(3.0, FaultKind.OUT_OF_RANGE, "head", seconds=600.0)
    made, lane = calibrator(lambda steps: SimulatedRadio([worn_cap(steps, battery_percent=3)], (fault,)), [])
    made.start([Pick(CAP, Site.HEAD)], Extent.QUICK, "x")
    wait(lambda: made.look().lost, "lost")
    assert made.look().lost_why == "The battery of the head sensor was at 3 %: charge it."
    made.stop()
    assert lane.wait(20)


@pytest.mark.slow
def test_of_two_sensors_with_one_name_the_chosen_ones_are_calibrated_at_their_places():
    """Two of a kind: only their addresses tell them apart."""

    def radio(steps):
        scenario = calibration_scenario(steps)
        collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=100.0, seed=22))
        twin = VirtualSensor("collar", "openearable2", ArrayFeed(collar.acc, collar.gyr, 100.0), name="TWIN-1")
        first = replace(twin, address="F2:51:00:00:00:0A")
        return SimulatedRadio([first, worn_cap(steps, name="TWIN-1", address="F2:51:00:00:00:0B")])

    made, lane = calibrator(radio, [])
    twin = replace(CAP, name="TWIN-1", address="F2:51:00:00:00:0B")
    picks = [Pick(twin, Site.HEAD), Pick(replace(twin, address="F2:51:00:00:00:0A"), Site.COLLAR)]
    made.start(picks, Extent.QUICK, "x")
    wait(lambda: made.look().profile or made.look().trouble, "an end")
    profile = made.look().profile
    assert {s.site: s.sensor_address[-2:] for s in profile.sites} == {"head": "0B", "collar": "0A"}
    assert profile.site("head").head.separation_d > 5
    assert lane.wait(20)


def test_a_sensor_that_never_answers_is_a_trouble(monkeypatch):
    monkeypatch.setattr(live_calibrator, "SEARCH_S", 0.3)
    made, lane = calibrator(lambda steps: SimulatedRadio([]), [])
    made.start([Pick(CAP, Site.HEAD)], Extent.QUICK, "x")
    wait(lambda: made.look().trouble, "a trouble")
    trouble = made.look().trouble
    assert trouble.problem is Problem.SENSOR_LOST
    assert trouble.sentence.startswith("The head sensor did not answer")
    assert trouble.remedies
    assert lane.wait(20)


def test_a_calibration_that_was_stopped_before_its_turn_touches_no_radio():
    opened, gate = [], threading.Event()
    made, lane = calibrator(lambda steps: opened.append(steps), [])
    lane.start(lambda: gate.wait(PATIENCE_S) and None, "before")
    made.start([Pick(CAP, Site.HEAD)], Extent.QUICK, "x")
    made.stop()
    gate.set()
    assert lane.wait(20)
    assert opened == []
