"""Sensors that are worn at each other's places are noticed at the look down, and said."""

import numpy as np
import pytest
from obedient import BOTH, obeys, walk
from scipy.spatial.transform import Rotation

from calibration.guide import Guide, Saying
from calibration.protocol import GUIDED
from calibration.swapped import swapped
from monitor.values import Site

SITES = {"head": Site.HEAD, "collar": Site.COLLAR}
UP = {"head": (0.0, 0.0, 1.0), "collar": (0.0, 1.0, 0.0)}


def turned(deg):
    """Both sensors after turns of so many degrees."""
    by = {key: Rotation.from_euler("x", d, degrees=True) for key, d in zip(UP, deg, strict=True)}
    return {key: tuple(by[key].apply(up)) for key, up in UP.items()}


@pytest.mark.parametrize(
    ("deg", "is_so"),
    [((2, 40), True), ((40, 2), False), ((2, 3), False), ((30, 30), False), ((7.9, 15.1), True), ((2, 14), False)],
)
def test_only_where_another_turned_and_the_head_did_not(deg, is_so):
    assert swapped(SITES, UP, turned(deg)) is is_so


def test_one_sensor_cannot_be_swapped_and_nothing_seen_tells_nothing():
    assert not swapped({"head": Site.HEAD}, UP, turned((2, 40)))
    assert not swapped(SITES, {}, turned((2, 40)))
    assert not swapped(SITES, UP, {})


def test_the_guide_asks_again_and_says_why(monkeypatch):
    """The wearer obeys, but the two sensors hang where the other should."""
    step = Guide.step
    other = {"head": "collar", "collar": "head"}

    def crossed(self, now_s, seen=()):
        from dataclasses import replace

        return step(self, now_s, [replace(s, sensor=other[s.sensor]) for s in seen])

    monkeypatch.setattr(Guide, "step", crossed)
    told = walk(GUIDED, habit=obeys, seed=3)
    assert BOTH == SITES
    assert told.asked(Saying.AGAIN)[0].text.startswith("Another sensor turned, not the one for the head.")
    assert "swapped" in told.guide.failure.remedy
    assert np.isfinite(told.end_s)
