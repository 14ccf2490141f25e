"""The guided step as a page shows it, with a SIMULATED wearer who obeys, does not, or steers."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from calibration.guide import Saying
from calibration.held import Seen
from calibration.poses import STEADY_DEG
from calibration.protocol import GUIDED, NEUTRAL, PoseKind, full
from monitor.dashboard.setup.facts import STEADY
from monitor.dashboard.setup.leading import Leading
from monitor.dashboard.setup.steadiness import steadiness
from monitor.values import Site

sys.path.insert(0, str(Path(__file__).parents[1] / "calibration"))
import itertools

from obedient import BOTH, RATE_HZ, Posture, look, obeys


class Walk:
    """A wearer led through the steps, ten looks a second; time is the test's."""

    def __init__(self, steps=GUIDED, sites=BOTH, habit=obeys):
        self.leading = Leading(steps, sites)
        self.sites, self.habit = sites, habit
        self.rng = np.random.default_rng(0)
        self.now_s = 0.0
        self.said = []
        self.seen: list[Seen] = []

    def tenth(self):
        """One tenth of a second; returns the step as shown."""
        self.said += self.leading.step(self.now_s, self.seen)
        shown = self.leading.led(self.now_s)
        posture = self.habit(self.leading.guide.timed.step, 0)
        self.seen = [
            look(key, site, self.now_s, posture, Rotation.identity(), 12.0, self.rng)
            for key, site in self.sites.items()
        ]
        self.now_s += 1 / RATE_HZ
        return shown

    def until(self, told, limit_s=120.0):
        """Until a shown step fits."""
        while self.now_s < limit_s:
            shown = self.tenth()
            if told(shown):
                return shown
        raise AssertionError("never shown")

    def to_the_end(self):
        shown = []
        while not self.leading.guide.over:
            shown.append(self.tenth())
            assert self.now_s < 300
        return shown


def test_an_obedient_wearer_sees_every_step_and_progress_only_grows():
    walk = Walk()
    shown = walk.to_the_end()
    assert [i.saying for i in walk.said if i.saying is Saying.AGAIN] == []
    assert [s.say for i, s in enumerate(shown) if not i or s.number != shown[i - 1].number] == [s.say for s in GUIDED]
    parts = [s.part for s in shown]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(parts))
    assert parts[0] < 0.05
    assert parts[-1] > 0.95
    assert all(s.left_s >= 0 and s.number <= s.steps for s in shown)
    assert min(s.steadiness for s in shown[30:]) > STEADY


def test_a_refused_pose_tells_reason_and_remedy_apart():
    def stares_ahead(step, tries):
        return Posture()

    shown = Walk(habit=stares_ahead).until(lambda s: s.reason)
    assert shown.reason.startswith("It differs by only")
    assert shown.reason.endswith("looking far ahead.")
    assert shown.remedy == "Turn the head down, not only the eyes."
    assert (shown.say, shown.pose) == ("Now look down at your feet.", "feet")
    assert not shown.holding


def test_who_fidgets_sees_it_before_being_refused():
    def fidgets(step, tries):
        return Posture(sway=9.0)

    walk = Walk(habit=fidgets)
    assert walk.until(lambda s: s.holding and s.left_s < 2).steadiness < STEADY


def test_again_starts_the_pose_anew_and_costs_no_try():
    walk = Walk()
    walk.until(lambda s: s.pose == "feet" and s.holding and s.left_s < 1)
    number = walk.leading.guide.number
    walk.leading.again(walk.now_s)
    shown = walk.tenth()
    assert (shown.pose, shown.holding) == ("feet", False)
    assert walk.leading.guide.number == number
    walk.to_the_end()
    assert [t.step.pose for t in walk.leading.guide.held].count("feet") == 1
    assert walk.leading.guide.failure is None


def test_skip_leaves_out_what_may_be_left_out_and_says_so():
    walk = Walk()
    shown = walk.until(lambda s: s.pose == "shrug")
    assert shown.can_skip
    walk.leading.skip(walk.now_s)
    shown = walk.tenth()
    assert shown.say == "Done. Off you go."
    walk.to_the_end()
    assert walk.leading.guide.left_out == ("shrug: left out (you skipped it).",)
    assert "shrug" not in [t.step.pose for t in walk.leading.guide.held]


@pytest.mark.parametrize("pose", ["neutral", "feet"])
def test_what_the_calibration_cannot_do_without_cannot_be_skipped(pose):
    walk = Walk()
    shown = walk.until(lambda s: s.pose == pose)
    assert not shown.can_skip
    walk.leading.skip(walk.now_s)
    assert walk.tenth().pose == pose


def test_a_pose_left_out_after_three_refusals_is_told_while_the_next_is_asked_for():
    def never_shrugs(step, tries):
        return Posture(roll=40.0) if step.kind is PoseKind.SHRUG else obeys(step, tries)

    walk = Walk(habit=never_shrugs)
    shown = walk.until(lambda s: s.reason.startswith("Leaving that out"))
    assert shown.remedy == ""
    assert shown.say == "Done. Off you go."


def test_running_shows_the_pace_instead_of_steadiness():
    walk = Walk(full(shoulders=True, marks=False))
    shown = walk.until(lambda s: s.kind is PoseKind.RUN and s.holding and s.left_s < 20)
    assert shown.cadence_spm == pytest.approx(168.0)
    assert math.isnan(shown.steadiness)


def test_steadiness_is_monotonous_and_half_at_the_limit():
    spreads = np.linspace(0, 12, 200)
    values = [steadiness(s) for s in spreads]
    assert all(a >= b for a, b in itertools.pairwise(values))
    assert steadiness(STEADY_DEG) == pytest.approx(STEADY)
    assert (values[0], values[-1]) == (1.0, 0.0)
    assert math.isnan(steadiness(math.nan))


def test_the_least_steady_sensor_counts():
    leading = Leading((NEUTRAL,), {"head": Site.HEAD, "collar": Site.COLLAR})
    from dataclasses import replace

    rng = np.random.default_rng(0)
    calm = look("head", Site.HEAD, 0.1, Posture(), Rotation.identity(), 12.0, rng)
    leading.step(0.1, [replace(calm, spread_deg=0.2), replace(calm, sensor="collar", spread_deg=STEADY_DEG)])
    assert leading.led(0.1).steadiness == pytest.approx(STEADY)
