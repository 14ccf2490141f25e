"""The 10-second check over the virtual radio: worn as before, worn differently, swapped, silent, missing, unknown."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from simulated_log import true_profile

from calibration.check import Verdict
from calibration.model import Profile
from monitor.dashboard.setup import live_checker
from monitor.dashboard.setup.adapters import SystemRadios
from monitor.dashboard.setup.check_facts import CheckPhase
from monitor.dashboard.setup.facts import Problem
from monitor.dashboard.setup.lane import Lane
from monitor.dashboard.setup.live_checker import LiveChecker
from monitor.settings import Settings
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.world import SimulatedRadio
from monitor.values import Site

PATIENCE_S = 60.0
NAME = "OpenEarable-SIM1"
ADDRESS = "F2:51:00:00:00:01"
STANDING = Scenario(duration_s=60.0, seed=13)


@lru_cache
def worn():
    """Samples of a SIMULATED wearer who stands, and the exact profile of that cap."""
    head = simulate(STANDING, SensorModel(site=Site.HEAD, rate_hz=100.0, seed=21))
    profile = true_profile(head)
    site = replace(profile.sites[0], sensor_name=NAME, sensor_address=ADDRESS)
    return head, replace(profile, sites=(site,))


def cap(turn_deg: float = 0.0, **changes) -> VirtualSensor:
    """The cap's sensor; turned on the cap by so much, sideways, since it was calibrated."""
    head, profile = worn()
    nod, neutral = np.array(profile.sites[0].head.nod), np.array(profile.sites[0].head.neutral)
    by = Rotation.from_rotvec(np.radians(turn_deg) * nod)  # about the nod's direction: a roll, no bow
    assert abs(nod @ neutral) < 1e-6
    feed = ArrayFeed(by.apply(head.acc), by.apply(head.gyr), 100.0, loop=True)
    return VirtualSensor("head", "openearable2", feed, **({"name": NAME} | changes))


class Radios(SystemRadios):
    """One virtual radio after the other, each with these sensors."""

    def __init__(self, *sensors):
        self._sensors = sensors
        self.open = None

    def to_find(self):
        return SimulatedRadio(list(self._sensors))

    def to_check(self):
        self.open = SimulatedRadio(list(self._sensors))
        return self.open


def wait(condition, what):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)


@pytest.fixture
def check(monkeypatch):
    """Starts a check on a virtual radio; `check(sensor, ..., profile=...)` gives the checker and its radios."""
    monkeypatch.setattr(live_checker, "SCAN_S", 0.3)
    begun = []

    def begin(*sensors, profile: Profile | None = None, drains=dict):
        radios, lane = Radios(*sensors), Lane()
        made = LiveChecker(radios, lane, Settings(), lambda: "2026-11-22T09:00:00+00:00", drains=drains)
        made.start(profile or worn()[1])
        begun.append((made, lane))
        return made, radios

    yield begin
    for made, lane in begun:
        made.stop()
        assert lane.wait(20)


@pytest.mark.slow
def test_worn_as_calibrated(check):
    made, _ = check(cap(battery_percent=64), drains=lambda: {ADDRESS.lower(): 12.5})
    wait(lambda: made.look().phase is CheckPhase.LOOKING, "looking")
    assert made.look().left_s > 5
    wait(lambda: made.look().phase is CheckPhase.DONE, "a verdict")
    view = made.look()
    [place] = view.places
    assert (view.verdict, view.strangers, view.rezeroed) == (Verdict.SAME, (), None)
    assert place.check.off_deg < 3
    assert (place.battery_pct, place.drain_pct_h) == (64, 12.5)


@pytest.mark.slow
def test_turned_on_the_cap_and_what_the_rezero_makes_of_it(check):
    made, _ = check(cap(turn_deg=12.0))
    wait(lambda: made.look().phase is CheckPhase.DONE, "a verdict")
    view = made.look()
    assert view.verdict is Verdict.MOVED
    assert not view.bowed
    assert view.places[0].check.off_deg == pytest.approx(12.0, abs=2.0)
    again, _ = check(cap(turn_deg=12.0), profile=view.rezeroed)
    wait(lambda: again.look().phase is CheckPhase.DONE, "a second verdict")
    assert again.look().verdict is Verdict.SAME
    assert view.rezeroed.name == worn()[1].name
    off_deg = view.places[0].check.off_deg
    assert view.rezeroed.sites[0].notes == (f"re-zeroed by {off_deg:.0f} degrees on 2026-11-22.",)


@pytest.mark.slow
def test_worn_somewhere_else(check):
    made, _ = check(cap(turn_deg=70.0))
    wait(lambda: made.look().phase is CheckPhase.DONE, "a verdict")
    assert made.look().verdict is Verdict.WORN_ANEW
    assert made.look().rezeroed is None


@pytest.mark.slow
def test_a_sensor_that_falls_silent_is_told_and_the_ten_seconds_begin_anew(check):
    made, radios = check(cap())
    wait(lambda: made.look().phase is CheckPhase.LOOKING and made.look().left_s < 8, "looking")
    radios.open.silent("head", 3.0)
    wait(lambda: made.look().lost, "silence noticed")
    assert made.look().lost == ("head",)
    assert "nothing is sent" in made.look().lost_why
    wait(lambda: not made.look().lost and made.look().phase is CheckPhase.LOOKING, "back")
    assert made.look().left_s > 8
    wait(lambda: made.look().phase is CheckPhase.DONE, "a verdict")
    assert made.look().verdict is Verdict.SAME


def test_a_sensor_that_is_not_there_is_told_and_the_one_that_is(check, monkeypatch):
    monkeypatch.setattr(live_checker, "SEARCH_S", 0.5)
    other = replace(cap(), name="OpenEarable-NEW1", address="F2:51:00:00:00:77")
    made, _ = check(other)
    wait(lambda: made.look().waiting == f"Looking for your head sensor {NAME} ...", "asked for")
    assert made.look().strangers == ("OpenEarable-NEW1",)
    wait(lambda: made.look().phase is CheckPhase.FAILED, "a trouble")
    trouble = made.look().trouble
    assert trouble.problem is Problem.SENSOR_LOST
    assert trouble.sentence == "The head sensor did not answer."
    assert "OpenEarable-NEW1 is here, but not calibrated" in trouble.remedies[-1]


@pytest.mark.slow
def test_of_two_with_the_same_name_the_calibrated_one_is_checked(check):
    twin = replace(cap(turn_deg=70.0), key="twin", address="F2:51:00:00:00:55")
    made, _ = check(twin, replace(cap(), address=ADDRESS))
    wait(lambda: made.look().phase is CheckPhase.DONE, "a verdict")
    assert made.look().verdict is Verdict.SAME
    assert made.look().strangers == (NAME,)


def test_a_profile_without_anything_to_check_says_so(check):
    blind = replace(worn()[1], sites=(replace(worn()[1].sites[0], head=None),))
    made, radios = check(cap(), profile=blind)
    wait(lambda: made.look().phase is CheckPhase.FAILED, "a trouble")
    assert made.look().trouble.problem is Problem.CALIBRATION_FAILED
    assert radios.open is None
