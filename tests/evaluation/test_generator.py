"""The labelled runs themselves: physics, truth, seeds, the link."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from monitor.simulator.scenario import ActivitySpan, HeadEvent, LeanSpan, Scenario, ShoulderEvent, Slip
from monitor.values import STANDARD_GRAVITY, Activity, PacketBlock, Site
from tests.evaluation import plan, seeds
from tests.evaluation.cases import case, make
from tests.evaluation.judge import judge
from tests.evaluation.motion import move
from tests.evaluation.outings import negative, with_events
from tests.evaluation.stitched import REAL_SITES
from tests.evaluation.wearing import Wearing, arrive, bursts, measure, sensor_info

SCENARIO = Scenario(
    duration_s=60.0,
    activities=(ActivitySpan(0.0, 60.0, Activity.RUN),),
    head=(HeadEvent(15, 30, 30.0), HeadEvent(40, 41, 35.0)),
    shoulders=(ShoulderEvent(20, 30, 1.0),),
    leans=(LeanSpan(45, 55, 10.0),),
    seed=3,
)
SOURCES = ("treadmill", "collar", *REAL_SITES)


@pytest.fixture(params=SOURCES)
def motion(request):
    if request.param in REAL_SITES:
        request.getfixturevalue("shared_data")
    return move(request.param, SCENARIO, 100.0)


def test_gyroscope_integrates_to_the_attitude(motion):
    turn = Rotation.from_quat(motion.quat[:, [1, 2, 3, 0]])
    attitude = turn[0]
    mean = (motion.gyr[1:] + motion.gyr[:-1]) / 2
    for step in Rotation.from_rotvec(mean / motion.rate_hz):
        attitude = attitude * step
    off = np.degrees((attitude.inv() * turn[-1]).magnitude())
    assert off < 1.0, f"{off:.2f} deg after a minute"


def test_force_averages_to_gravity(motion):
    turn = Rotation.from_quat(motion.quat[:, [1, 2, 3, 0]])
    mean = turn.apply(motion.acc).mean(axis=0)
    assert mean == pytest.approx([0, 0, STANDARD_GRAVITY], abs=0.06)


@pytest.mark.parametrize("source", ["treadmill", "head_back"])
def test_added_posture_is_in_the_truth_and_in_the_attitude(source, request):
    if source in REAL_SITES:
        request.getfixturevalue("shared_data")
    plain = move(source, replace(SCENARIO, head=(), leans=()), 100.0)
    posed = move(source, SCENARIO, 100.0)
    added = posed.pitch_deg - plain.pitch_deg
    assert added[1800:2800].mean() == pytest.approx(30, abs=0.5)
    assert added[500:1400] == pytest.approx(0, abs=1e-6)
    w, x, y, z = posed.quat.T
    assert np.degrees(np.arcsin(-2 * (x * z - w * y))) == pytest.approx(posed.pitch_deg, abs=0.05)


@pytest.mark.parametrize("source", ["treadmill", "head_back"])
def test_a_slip_turns_the_sensor_and_not_the_head(source, request):
    if source in REAL_SITES:
        request.getfixturevalue("shared_data")
    plain = move(source, SCENARIO, 100.0)
    slipped = move(source, replace(SCENARIO, slips=(Slip(35.0, 18.0),)), 100.0)
    assert slipped.pitch_deg == pytest.approx(plain.pitch_deg, abs=1e-6)
    turn = Rotation.from_quat(plain.quat[-1, [1, 2, 3, 0]]).inv() * Rotation.from_quat(slipped.quat[-1, [1, 2, 3, 0]])
    assert np.degrees(turn.magnitude()) == pytest.approx(18, abs=0.1)


def test_the_same_case_gives_the_same_bits_and_another_seed_others():
    small = case("x", "treadmill", "events", seeds.DEVELOPMENT[0], minutes=3, loss=0.05)
    first, again = make(small), make(small)
    other = make(case("x", "treadmill", "events", seeds.DEVELOPMENT[1], minutes=3, loss=0.05))
    assert first.entries[0].data == again.entries[0].data
    assert first.profile == again.profile
    assert np.array_equal(first.truth.pitch_deg, again.truth.pitch_deg)
    assert first.entries[0].data != other.entries[0].data


def test_a_mistaken_neutral_is_off_by_as_much():
    off = case("x", "treadmill", "quiet", seeds.DEVELOPMENT[3], minutes=2, neutral_off_deg=3.0)
    true = make(replace(off, neutral_off_deg=0.0)).profile.sites[0].head
    wrong = make(off).profile.sites[0].head
    assert true is not None
    assert wrong is not None
    assert np.degrees(np.arccos(np.dot(true.neutral, wrong.neutral))) == pytest.approx(3.0, abs=1e-6)
    assert np.dot(wrong.neutral, wrong.nod) == pytest.approx(0, abs=1e-12)
    assert np.dot(wrong.neutral, true.nod) > 0  # as a lowered head


def test_development_and_report_seeds_are_apart_and_each_used_once():
    used = [c.seed for c in plan.report()]
    assert len(set(used)) == len(used)
    assert set(used) <= set(seeds.REPORT)
    assert not set(seeds.REPORT) & set(seeds.DEVELOPMENT)


def test_the_plan_is_large_enough():
    cases = plan.report()
    quiet_h = sum(c.minutes for c in cases if c.row in plan.QUIET) / 60
    assert quiet_h >= 4  # at least 3 of them eligible
    assert len({c.row for c in plan.report(quick=True)}) == len({c.row for c in cases})
    assert all(not c.real_motion for c in plan.report(real=False))


@pytest.mark.parametrize("part", [0.0, 0.02, 0.05])
def test_loss_comes_in_bursts_of_the_asked_size(part):
    lost = bursts(np.random.default_rng(1), 400_000, part)
    assert lost.mean() == pytest.approx(part, rel=0.1, abs=1e-9)
    if part:
        starts = np.flatnonzero(np.diff(lost.astype(int)) > 0)
        assert lost.sum() / len(starts) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("family", ["openearable2", "witmotion", "table", "table-acc"])
def test_what_arrives_is_in_order_and_what_is_lost_is_known(family):
    wearing = Wearing(5, family=family, rate_hz=50.0, loss=0.05)
    moved = move("treadmill", SCENARIO, 50.0)
    samples = measure(moved, wearing, 2)
    packets, received = arrive(samples, wearing, Site.HEAD, ((20.0, 21.0),), 2)
    assert isinstance(packets, PacketBlock)
    assert (np.diff(packets.t_ns) > 0).all()
    assert not received[(samples.t_s > 20.15) & (samples.t_s < 20.85)].any()
    assert 0.85 < received.mean() < 0.97
    info = sensor_info(wearing, Site.HEAD)
    assert info.simulated
    assert packets.sensor == info.key


def test_errors_of_the_sensor_are_what_was_asked_for():
    moved = move("treadmill", SCENARIO, 100.0)
    clean = Wearing(5, acc_bias=0, acc_noise=0, gyr_bias_dps=0, gyr_noise=0, full_scale_g=16)
    ideal = measure(moved, clean, 2)
    assert ideal.acc @ ideal.body.T == pytest.approx(moved.acc)
    clipped = measure(moved, replace(clean, full_scale_g=1.5), 2)
    assert np.abs(clipped.acc).max() == pytest.approx(1.5 * STANDARD_GRAVITY)
    warm = measure(moved, replace(clean, warming_dps=0.3), 2)
    drift = np.degrees(np.abs(warm.gyr - ideal.gyr))
    assert drift[0] == pytest.approx(0, abs=1e-9)
    assert drift[-1] == pytest.approx(0.3 * (1 - np.exp(-0.2)), rel=0.02)


def test_outings_keep_their_promises():
    rng = np.random.default_rng(1)
    events = with_events(rng, 15, 1, trail=False).scenario
    assert all(e.on_s >= 60 for e in events.head)
    assert sum(e.off_s - e.on_s > 8 for e in events.head) >= 5
    calm = negative(rng, 20, 1, trail=False, stops=True, hills=True).scenario
    assert max(e.off_s - e.on_s for e in calm.head if e.angle_deg > 5) <= 3
    assert {s.activity for s in calm.activities} >= {Activity.RUN, Activity.STILL}


def test_a_judged_run_finds_clear_events_and_knows_its_own_time():
    judged = judge(case("x", "treadmill", "events", seeds.DEVELOPMENT[2], minutes=5), with_peers=True)
    assert 0.05 < judged.calm_h <= judged.eligible_h < 5 / 60
    assert judged.head is not None
    assert judged.head.strict.hits + judged.head.strict.missed >= 2
    assert judged.head.lenient.f1 > 0.5
    assert len(judged.pitch.error_deg) > 200
    assert len(judged.peers) == 7
