"""The runner model obeys physics and its own request."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.simulator import gait, rotation
from monitor.simulator.body import RUN_SPEED_M_S
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import (
    ActivitySpan,
    HeadEvent,
    LeanSpan,
    Scenario,
    ShoulderEvent,
    Side,
    Slip,
)
from monitor.simulator.sensor_model import SensorModel
from monitor.values import STANDARD_GRAVITY, Activity, Site

STILL, WALK, RUN = Activity.STILL, Activity.WALK, Activity.RUN

OUTING = Scenario(
    duration_s=120,
    activities=(ActivitySpan(15, 75, RUN, 172), ActivitySpan(75, 105, WALK, 110)),
    head=(HeadEvent(30, 40, 30), HeadEvent(60, 61, 20, ramp_s=0.3)),
    seed=4,
)


def during(motion: SimulatedMotion, on_s: float, off_s: float) -> slice:
    return slice(*np.searchsorted(motion.t_s, [on_s, off_s]))


def force_g(motion: SimulatedMotion) -> np.ndarray:
    return np.linalg.norm(motion.acc, axis=1) / STANDARD_GRAVITY


@pytest.fixture(scope="module")
def outing() -> SimulatedMotion:
    return simulate(OUTING, SensorModel.ideal())


# ---------------------------------------------------------------- acceleration


def test_standing_feels_one_g(outing: SimulatedMotion) -> None:
    standing = force_g(outing)[during(outing, 1, 13)]
    assert standing.mean() == pytest.approx(1, abs=1e-4)
    assert 0 < standing.std() < 0.005


def test_running_has_flight_phases_and_landings(outing: SimulatedMotion) -> None:
    running = force_g(outing)[during(outing, 20, 70)]
    assert 0.6 < running.std() < 1.0
    assert 1.9 < np.quantile(running, 0.99) < 3
    # 30 % of each step is flight; the head still swings on the neck, so the force is small, not nil.
    assert np.mean(running < 0.35) == pytest.approx(1 - gait.STANCE, abs=0.08)


def test_walking_has_no_flight(outing: SimulatedMotion) -> None:
    walking = force_g(outing)[during(outing, 80, 100)]
    assert walking.min() > 0.5
    assert 0.15 < walking.std() < 0.3


@pytest.mark.parametrize(("on_s", "off_s", "spm"), [(20, 70, 172), (80, 100, 110)])
def test_step_frequency_is_the_cadence_asked(outing: SimulatedMotion, on_s: float, off_s: float, spm: float) -> None:
    part = force_g(outing)[during(outing, on_s, off_s)]
    spectrum = np.abs(np.fft.rfft((part - part.mean()) * np.hanning(len(part)), 16 * len(part)))
    peak_hz = np.argmax(spectrum) * outing.rate_hz / (16 * len(part))
    assert peak_hz * 60 == pytest.approx(spm, abs=0.5)
    assert outing.cadence_spm[during(outing, on_s, off_s)] == pytest.approx(spm)


def test_mean_force_over_strides_is_gravity(outing: SimulatedMotion) -> None:
    """In the world frame a runner who keeps the pace neither gains speed nor height."""
    world = rotation.rotate(outing.quat, outing.acc)
    strides = during(outing, 20, 20 + 60 * 2 * 60 / 172)  # 60 whole strides
    mean = world[strides].mean(axis=0)
    assert mean == pytest.approx([0, 0, STANDARD_GRAVITY], abs=0.02)


def test_on_the_trail_the_speed_stays_bounded() -> None:
    """Integrated acceleration is the speed over ground: about the running speed, whatever the turns."""
    trail = Scenario(90, activities=(ActivitySpan(10, 90, RUN),), trail=True, seed=2)
    motion = simulate(trail, SensorModel.ideal())
    world = rotation.rotate(motion.quat, motion.acc)
    speed = np.linalg.norm(np.cumsum(world[:, :2], axis=0)[during(motion, 15, 90)] / motion.rate_hz, axis=1)
    assert speed.mean() == pytest.approx(RUN_SPEED_M_S, abs=0.7)
    assert speed.max() < 5.5


def test_a_soft_runner_has_a_quarter_of_the_bounce() -> None:
    run = Scenario(20, activities=(ActivitySpan(0, 20, RUN),))
    vertical = [
        rotation.rotate(m.quat, m.acc)[:, 2].std()
        for m in (simulate(run, replace(SensorModel.ideal(Site.COLLAR), bounce_scale=b)) for b in (1.0, 0.25))
    ]
    assert vertical[1] == pytest.approx(vertical[0] / 4, rel=0.01)


def test_hard_landings_ring_higher() -> None:
    run = Scenario(20, activities=(ActivitySpan(0, 20, RUN),))
    forces = [force_g(simulate(replace(run, impact_g=g), SensorModel.ideal(rate_hz=200))) for g in (0.0, 1.0, 2.5)]
    assert np.quantile(forces[0], 0.99) == pytest.approx(np.pi / 2 / gait.STANCE, rel=0.02)
    steepest = [np.quantile(np.abs(np.diff(f)), 0.99) for f in forces]
    assert steepest[1] > 2 * steepest[0]
    assert steepest[2] > 2 * steepest[1]


def test_transitions_are_smooth(outing: SimulatedMotion) -> None:
    """No jump between activities: the force never steps by more than it does within running."""
    step = np.abs(np.diff(force_g(outing)))
    inside = step[during(outing, 20, 70)].max()
    for edge_s in (15, 75, 105):
        assert step[during(outing, edge_s - 1, edge_s + 1)].max() <= inside * 1.05


# ---------------------------------------------------------------- rotation


@pytest.mark.parametrize("rate_hz", [25, 52, 100, 200])
def test_integrating_the_gyro_gives_the_orientation(rate_hz: float) -> None:
    motion = simulate(OUTING, SensorModel.ideal(rate_hz=rate_hz))
    angle = np.linalg.norm(motion.gyr, axis=1, keepdims=True) / rate_hz
    axis = motion.gyr / rate_hz / angle
    turns = np.concatenate([np.cos(angle / 2), np.sin(angle / 2) * axis], axis=1)
    q = motion.quat[0]
    errors = []
    # Each reading is the mean over its slot, so half of it belongs to either side of the slot's time.
    for i in range(len(turns) - 1):
        halfway = rotation.about(axis[i], angle[i] / 2)[0]
        q = rotation.product(rotation.product(q, halfway), rotation.about(axis[i + 1], angle[i + 1] / 2)[0])
        errors.append(rotation.product(rotation.conjugate(q), motion.quat[i + 1]))
    off_deg = np.degrees(np.linalg.norm(rotation.rotation_vector(np.array(errors)), axis=1))
    assert off_deg.max() < (2.5 if rate_hz == 25 else 0.8)


def test_gravity_shows_the_pitch_when_still() -> None:
    stand = Scenario(30, head=(HeadEvent(10, 20, 40),), seed=9)
    motion = simulate(stand, SensorModel.ideal())
    pitch_deg = np.degrees(np.arctan2(-motion.acc[:, 0], np.hypot(motion.acc[:, 1], motion.acc[:, 2])))
    for on_s, off_s, asked in ((2, 9, 0), (12, 18, 40), (22, 29, 0)):
        part = during(motion, on_s, off_s)
        assert pitch_deg[part] == pytest.approx(motion.head_pitch_deg[part], abs=0.5)
        assert pitch_deg[part].mean() == pytest.approx(asked, abs=0.7)


def test_quaternion_and_pitch_agree(outing: SimulatedMotion) -> None:
    nose = rotation.rotate(outing.quat, np.array([1.0, 0.0, 0.0]))
    assert np.degrees(np.arcsin(-nose[:, 2])) == pytest.approx(outing.head_pitch_deg, abs=1e-9)


def test_mounting_only_turns_the_axes() -> None:
    given = tuple(rotation.random_unit(np.random.default_rng(5)))
    plain = simulate(OUTING, SensorModel.ideal())
    turned = simulate(OUTING, replace(SensorModel.ideal(), mounting=given))
    mount = np.array(given)
    for a, b in ((plain.acc, turned.acc), (plain.gyr, turned.gyr)):
        assert rotation.rotate(np.tile(mount, (len(b), 1)), b) == pytest.approx(a, abs=1e-9)
    assert turned.head_pitch_deg == pytest.approx(plain.head_pitch_deg)


def test_a_random_mounting_belongs_to_the_seed() -> None:
    short = Scenario(1)
    mounts = [simulate(short, SensorModel(seed=s)).mounting for s in (1, 1, 2)]
    assert np.array_equal(mounts[0], mounts[1])
    assert not np.allclose(mounts[0], mounts[2])
    assert [np.linalg.norm(m) for m in mounts] == pytest.approx([1, 1, 1])


# ---------------------------------------------------------------- truth equals the request


def test_head_events_are_as_asked(outing: SimulatedMotion) -> None:
    posture = outing.head_posture_deg
    wander = sum(a for a, _ in OUTING.wander)
    assert posture[during(outing, 31, 39)] == pytest.approx(30, abs=wander)
    half = replace(OUTING, wander=())
    still_posture = simulate(half, SensorModel.ideal()).head_posture_deg
    assert still_posture[during(outing, 31, 39)] == pytest.approx(30)
    assert still_posture[during(outing, 41, 59)] == pytest.approx(0)
    down = outing.t_s[(still_posture > 15) & (outing.t_s < 50)]
    assert (down[0], down[-1]) == pytest.approx((30, 40), abs=0.011)
    stride_mean = np.convolve(outing.head_pitch_deg, np.ones(70) / 70, "same")
    assert np.abs(stride_mean - posture)[during(outing, 32, 38)].max() < 1.5


def test_activity_and_cadence_are_as_asked(outing: SimulatedMotion) -> None:
    assert outing.activity[during(outing, 0, 15)].tolist() == [STILL] * 1500
    assert set(outing.activity[during(outing, 15, 75)]) == {RUN}
    assert set(outing.activity[during(outing, 75, 105)]) == {WALK}
    assert np.array_equal(np.isnan(outing.cadence_spm), outing.activity == STILL)


def test_lean_and_shrug_are_as_asked_and_show_on_the_collar() -> None:
    poses = Scenario(40, shoulders=(ShoulderEvent(5, 15, 1.0),), leans=(LeanSpan(25, 35, 10),), seed=1, activities=())
    sensor = SensorModel.ideal(Site.COLLAR)
    motion = simulate(poses, sensor)
    assert motion.shoulder[during(motion, 6, 14)] == pytest.approx(1)
    assert motion.trunk_lean_deg[during(motion, 27, 33)] == pytest.approx(10)
    assert motion.head_posture_deg[during(motion, 27, 33)] == pytest.approx(10)

    def up(on_s: float, off_s: float) -> np.ndarray:
        mean = motion.acc[during(motion, on_s, off_s)].mean(axis=0)
        return mean / np.linalg.norm(mean)

    neutral, shrug, lean = up(17, 23), up(7, 13), up(27, 33)
    assert np.degrees(np.arccos(neutral @ shrug)) == pytest.approx(12, abs=1.0)
    assert np.degrees(np.arccos(neutral @ lean)) == pytest.approx(10, abs=0.5)
    arcs = [v - neutral * (v @ neutral) for v in (shrug, lean)]
    cosine = arcs[0] @ arcs[1] / np.linalg.norm(arcs[0]) / np.linalg.norm(arcs[1])
    assert abs(cosine) == pytest.approx(0.3, abs=0.08)


def turned_deg(site: Site, side: Side) -> float:
    """How far a hike of one shoulder turns a still sensor, about the fore-aft axis: left ear up positive."""
    hike = Scenario(20, shoulders=(ShoulderEvent(5, 15, 1.0, side=side),), seed=1)
    motion = simulate(hike, SensorModel.ideal(site))
    force = motion.acc[during(motion, 7, 13)].mean(axis=0) - motion.acc[during(motion, 17, 20)].mean(axis=0)
    return float(np.degrees(np.arcsin(force[1] / STANDARD_GRAVITY)))


@pytest.mark.parametrize(
    ("site", "left_deg", "right_deg", "both_deg"),
    [
        (Site.LEFT_SHOULDER, 11.4, 0, 11.4),
        (Site.RIGHT_SHOULDER, 0, -11.4, -11.4),
        (Site.COLLAR, 0, -11.4, -11.4),
        (Site.BACK, 0, 0, 0),
        (Site.HEAD, 0, 0, 0),
    ],
)
def test_a_hiked_shoulder_turns_its_own_sensor_alone(site, left_deg, right_deg, both_deg) -> None:
    """12 degrees about an axis that is 0.95 fore-aft; the sides are mirror images."""
    for side, asked in zip((Side.LEFT, Side.RIGHT, Side.BOTH), (left_deg, right_deg, both_deg), strict=True):
        assert turned_deg(site, side) == pytest.approx(asked, abs=0.6)


def test_the_truth_is_that_of_the_shoulder_the_sensor_rides_on() -> None:
    hikes = Scenario(
        40,
        shoulders=(
            ShoulderEvent(5, 25, 0.4, side=Side.LEFT),
            ShoulderEvent(15, 35, 0.9, side=Side.RIGHT),
            ShoulderEvent(15, 25, 0.1),
        ),
    )
    at = [10, 20, 30]
    wanted = {
        Site.LEFT_SHOULDER: [0.4, 0.5, 0.0],
        Site.RIGHT_SHOULDER: [0.0, 1.0, 0.9],
        Site.COLLAR: [0.0, 1.0, 0.9],
        Site.BACK: [0.4, 1.0, 0.9],
        Site.HEAD: [0.4, 1.0, 0.9],
    }
    for site, scores in wanted.items():
        assert simulate(hikes, SensorModel.ideal(site)).shoulder[[t * 100 for t in at]] == pytest.approx(scores)


def test_all_trunk_sensors_lean_with_the_trunk() -> None:
    lean = Scenario(20, leans=(LeanSpan(5, 15, 10.0),))
    pitches = []
    for site in (Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER, Site.BACK, Site.COLLAR):
        motion = simulate(lean, SensorModel.ideal(site))
        acc = motion.acc[during(motion, 8, 12)].mean(axis=0)
        pitches.append(np.degrees(np.arctan2(-acc[0], acc[2])))
    assert pitches == pytest.approx([10] * 4, abs=1.0)
    assert np.ptp(pitches) < 1e-9


def test_a_head_sensor_cannot_see_a_shrug() -> None:
    plain = Scenario(10)
    shrugging = replace(plain, shoulders=(ShoulderEvent(3, 7, 1.0),))
    sensor = SensorModel.ideal()
    assert np.array_equal(simulate(plain, sensor).acc, simulate(shrugging, sensor).acc)


def test_head_and_collar_belong_to_one_runner() -> None:
    head = simulate(OUTING, SensorModel.ideal(Site.HEAD))
    collar = simulate(OUTING, SensorModel.ideal(Site.COLLAR))
    vertical = [rotation.rotate(m.quat, m.acc)[:, 2] for m in (head, collar)]
    assert np.corrcoef(vertical[0][2000:7000], vertical[1][2000:7000])[0, 1] > 0.99
    assert np.array_equal(head.head_pitch_deg, collar.head_pitch_deg)


def test_a_slip_turns_the_sensor_but_not_the_head() -> None:
    plain = Scenario(20)
    slipped = replace(plain, slips=(Slip(10, 18),))
    sensor = SensorModel.ideal()
    before, after = simulate(plain, sensor), simulate(slipped, sensor)
    assert np.array_equal(before.head_pitch_deg, after.head_pitch_deg)
    part = during(after, 12, 20)
    change = rotation.rotation_vector(rotation.product(rotation.conjugate(before.quat[part]), after.quat[part]))
    assert np.degrees(change) == pytest.approx(np.tile([0, 18, 0], (len(change), 1)), abs=1e-6)


def test_roll_and_yaw_events_turn_the_head() -> None:
    motion = simulate(Scenario(20, head=(HeadEvent(5, 15, 0, roll_deg=30, yaw_deg=40),)), SensorModel.ideal())
    part = during(motion, 7, 13)
    assert np.degrees(np.arctan2(motion.acc[part, 1], motion.acc[part, 2])) == pytest.approx(30, abs=1.5)
    nose = rotation.rotate(motion.quat, np.array([1.0, 0.0, 0.0]))[part]
    assert np.degrees(np.arctan2(nose[:, 1], nose[:, 0])) == pytest.approx(40, abs=2.5)


# ---------------------------------------------------------------- the sensor


def test_errors_of_the_sensor_are_as_given() -> None:
    stand = Scenario(60, seed=3)
    real = replace(SensorModel(), mounting=(1.0, 0.0, 0.0, 0.0))
    ideal = simulate(stand, SensorModel.ideal())
    motion = simulate(stand, real)
    assert (motion.acc - ideal.acc).mean(axis=0) == pytest.approx(real.acc_bias, abs=1e-3)
    drifted = np.array(real.gyr_bias) + np.array(real.gyr_drift) * 30 / 3600
    assert (motion.gyr - ideal.gyr).mean(axis=0) == pytest.approx(drifted, abs=1e-4)
    assert (motion.gyr - ideal.gyr).std(axis=0) == pytest.approx(real.gyr_noise_density * np.sqrt(50), rel=0.1)
    assert (motion.acc - ideal.acc).std(axis=0) == pytest.approx(real.acc_noise_density * np.sqrt(50), rel=0.1)


def test_full_scale_clips_and_says_so() -> None:
    run = Scenario(20, activities=(ActivitySpan(0, 20, RUN),), impact_g=2.5)
    limit = 2 * STANDARD_GRAVITY
    motion = simulate(run, replace(SensorModel.ideal(rate_hz=200), acc_full_scale=limit))
    assert np.abs(motion.acc).max() == limit
    assert np.array_equal(motion.clipped, (np.abs(motion.acc) == limit).any(axis=1))
    assert 0.01 < motion.clipped.mean() < 0.3


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    sensor = SensorModel(site=Site.COLLAR, rate_hz=52)
    first, again = simulate(OUTING, sensor), simulate(OUTING, sensor)
    assert first.acc.tobytes() == again.acc.tobytes()
    assert first.gyr.tobytes() == again.gyr.tobytes()
    other = simulate(replace(OUTING, seed=5), sensor)
    assert not np.allclose(first.acc, other.acc, atol=0.5)


@pytest.mark.parametrize("rate_hz", [25, 52, 104, 200])
def test_rate_and_length(rate_hz: float) -> None:
    motion = simulate(Scenario(10), SensorModel(rate_hz=rate_hz))
    assert len(motion) == 10 * rate_hz
    assert motion.acc.shape == motion.gyr.shape == (len(motion), 3)
    assert np.diff(motion.t_s) == pytest.approx(1 / rate_hz)
    assert motion.simulated is True


def test_chunks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    trail = replace(OUTING, trail=True, duration_s=60)
    whole = simulate(trail, SensorModel.ideal())
    monkeypatch.setattr("monitor.simulator.runner._CHUNK_NODES", 997)
    pieces = simulate(trail, SensorModel.ideal())
    assert pieces.acc == pytest.approx(whole.acc, abs=1e-6)
    assert pieces.gyr == pytest.approx(whole.gyr, abs=1e-9)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "make",
    [
        lambda: Scenario(0),
        lambda: Scenario(float("nan")),
        lambda: Scenario(1e9),
        lambda: HeadEvent(10, 9, 20),
        lambda: HeadEvent(10, 10.2, 20, ramp_s=0.4),
        lambda: HeadEvent(1, 5, float("inf")),
        lambda: ShoulderEvent(1, 5, 3),
        lambda: ActivitySpan(1, 5, Activity.OTHER),
        lambda: ActivitySpan(1, 5, RUN, 20),
        lambda: Scenario(60, activities=(ActivitySpan(1, 30, RUN), ActivitySpan(20, 40, WALK))),
        lambda: SensorModel(rate_hz=10),
        lambda: SensorModel(mounting=(1.0, 1.0, 0.0, 0.0)),
        lambda: SensorModel(gyr_noise_density=float("nan")),
    ],
)
def test_impossible_requests_are_refused(make) -> None:
    with pytest.raises(ValueError):
        make()
