"""Through the whole channel, SIMULATED running: any mounting gives the same posture, and deeper is deeper."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from simulated_log import HeadEvent, SensorModel, ShoulderEvent, running, simulate, true_profile

from monitor.posture.channel import PostureChannel
from monitor.posture.gaze import ground_distance_m
from monitor.settings import GazeModel
from monitor.values import GridBlock, Site

RATE_HZ = 52.0
LOOKS = [HeadEvent(20 + 10 * k, 28 + 10 * k, depth) for k, depth in enumerate((8.0, 16.0, 24.0, 32.0, 40.0))]
HIKES = [ShoulderEvent(20 + 12 * k, 30 + 12 * k, part) for k, part in enumerate((0.3, 0.6, 1.0))]


def moved(site):
    return simulate(running(75.0, head=LOOKS, shoulders=HIKES), SensorModel(site=site, rate_hz=RATE_HZ, seed=1))


MOTION = {site: moved(site) for site in (Site.HEAD, Site.COLLAR)}
SITE = {s.site: s for s in true_profile(MOTION[Site.HEAD], MOTION[Site.COLLAR]).sites}


def posture(motion, calibration, acc, gyr):
    n = len(acc)
    t_ns = np.arange(n) * round(1e9 / RATE_HZ)
    real = np.ones(n, bool)
    block = GridBlock(0, 1 / RATE_HZ, t_ns, t_ns, acc, gyr, real, ~real, restart=True)
    return PostureChannel(True, calibration).push(block)


def turned(vector, turn):
    return tuple(map(float, turn.apply(vector)))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_any_mounting_gives_the_same_posture(seed):
    turn = Rotation.random(rng=np.random.default_rng(seed))
    for site, motion in MOTION.items():
        plain = posture(motion, SITE[site], motion.acc, motion.gyr)
        there = SITE[site]
        if there.head:
            head = dataclasses.replace(
                there.head, neutral=turned(there.head.neutral, turn), nod=turned(there.head.nod, turn)
            )
            there = dataclasses.replace(there, head=head)
        if there.shoulders:
            weight = turned(there.shoulders.weight, turn)
            shoulders = dataclasses.replace(
                there.shoulders, neutral=turned(there.shoulders.neutral, turn), weight=weight
            )
            there = dataclasses.replace(there, shoulders=shoulders)
        other = posture(motion, there, turn.apply(motion.acc), turn.apply(motion.gyr))
        settled = slice(round(5 * RATE_HZ), None)
        if site is Site.HEAD:
            assert np.max(np.abs(other.sustained_deg - plain.sustained_deg)[settled]) < 0.1
        else:
            assert np.max(np.abs(other.shoulder - plain.shoulder)[settled]) < 0.1 / 12.0  # a full shrug is 12 deg
        assert (other.activity == plain.activity).all()


def held(block, column, on_s, off_s):
    t_s = block.t_ns / 1e9
    return float(np.mean(getattr(block, column)[(t_s > on_s + 2) & (t_s < off_s)]))


def test_deeper_is_deeper_and_nearer():
    motion = MOTION[Site.HEAD]
    block = posture(motion, SITE[Site.HEAD], motion.acc, motion.gyr)
    pitch = np.array([held(block, "sustained_deg", look.on_s, look.off_s) for look in LOOKS])
    assert (np.diff(pitch) > 6).all()
    assert pitch == pytest.approx([look.angle_deg for look in LOOKS], abs=2.0)
    for ends in ground_distance_m(pitch, GazeModel()):
        assert (np.diff(ends) < 0).all()


def test_higher_is_higher():
    motion = MOTION[Site.COLLAR]
    block = posture(motion, SITE[Site.COLLAR], motion.acc, motion.gyr)
    score = [held(block, "shoulder", hike.on_s, hike.off_s) for hike in HIKES]
    assert score == pytest.approx([0.3, 0.6, 1.0], abs=0.15)
    assert (np.diff(score) > 0.2).all()
