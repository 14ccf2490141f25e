"""OpenEarable v1 and EdgeML boards: descriptions, vectors together and apart, the unit in doubt, wraps, damage."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block, everything, grouped, in_blocks

from monitor.sensors.base import Decoded
from monitor.sensors.edgeml import (
    OPEN_EARABLE_1,
    XIAO,
    EdgeMlDecoder,
    config_write,
    encode_notification,
)
from monitor.sensors.scheme import F32, Component, Scheme, encode_list, parse_list
from monitor.sensors.settled_unit import SAMPLES, SettledUnit
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import STANDARD_GRAVITY, SampleBlock, SensorInfo, Site

G = STANDARD_GRAVITY
DPS = math.radians(1)
WRAP = 1 << 32
EAR = encode_list(OPEN_EARABLE_1)
BOARD = encode_list(XIAO)
RNG = np.random.default_rng(5)


def ear(t_ms: int, acc: Sequence[float], gyr_dps: Sequence[float] = (0, 0, 0)) -> bytes:
    return encode_notification(OPEN_EARABLE_1[0], t_ms, np.array([*acc, *gyr_dps, 20, -30, 40]))


def acc(t_ms: int, *g: float) -> bytes:
    return encode_notification(XIAO[0], t_ms, np.array(g))


def gyr(t_ms: int, *dps: float) -> bytes:
    return encode_notification(XIAO[1], t_ms, np.array(dps))


def decode(payloads: Sequence[bytes], config: bytes = BOARD) -> Decoded:
    return EdgeMlDecoder(config).push(block(payloads))


def board_run(n: int, first_ms: int = 1000, step_ms: int = 21) -> list[bytes]:
    """n accelerations (i, 0, 1 g) and angular rates (i, 0, 0 dps), each rate a millisecond after its acceleration."""
    return [
        part
        for i in range(n)
        for part in (acc(first_ms + i * step_ms, i / 100, 0, 1), gyr(first_ms + i * step_ms + 1, i, 0, 0))
    ]


# ------------------------------------------------------------------ together: OpenEarable v1


def test_the_numbers_of_openearable_1_by_hand() -> None:
    payload = bytes((0, 36)) + struct.pack("<I9f", 5, 0, -9.75, 0.5, 90, -180, 0.25, 20, -30, 40)
    assert ear(5, (0, -9.75, 0.5), (90, -180, 0.25)) == payload
    samples = decode([payload] * 32, EAR).samples
    np.testing.assert_allclose(samples.acc[0], [0, -9.75, 0.5], rtol=1e-12)
    np.testing.assert_allclose(samples.gyr[0], np.array([90, -180, 0.25]) * DPS)
    assert samples.tick is not None
    assert samples.tick[0] == 5


@pytest.mark.parametrize(("scale", "si"), [(1.0, G), (G, 1.0), (9.81, 1.0), (9.8, 1.0)])
def test_gravity_settles_the_unit(scale: float, si: float) -> None:
    """Also while running: a second of bounces between 0.1 and 2 g."""
    g = np.abs(1 + np.sin(np.arange(100) * 0.4)) + 0.05
    g = np.minimum(g, 2.0)
    payloads = [ear(1000 + 21 * i, (0, 0, scale * each)) for i, each in enumerate(g)]
    samples = decode(payloads, EAR).samples
    assert len(samples) == 100
    np.testing.assert_allclose(samples.acc[:, 2], scale * g * si, rtol=1e-6)


def test_the_unit_is_settled_by_the_first_32_samples_however_they_come() -> None:
    payloads = [ear(21 * i, (0, 0, 9.81)) for i in range(31)]
    decoder = EdgeMlDecoder(EAR)
    assert len(decoder.push(block(payloads)).samples) == 0
    late = decoder.push(block([ear(21 * 31, (0, 0, 9.81)), ear(21 * 32, (0, 0, 1.0))])).samples
    assert len(late) == 33
    assert late.arrival_ns.tolist() == [1000 * i for i in range(1, 32)] + [1000, 2000]
    np.testing.assert_allclose(late.acc[:, 2], [9.81] * 32 + [1.0], rtol=1e-6)
    decoder.reset()
    np.testing.assert_allclose(decoder.push(block([ear(0, (0, 0, 9.81))])).samples.acc[:, 2], [9.81], rtol=1e-6)
    undecided = EdgeMlDecoder(EAR)
    undecided.push(block(payloads))
    undecided.reset()
    assert len(undecided.push(block(payloads)).samples) == 0, "what was held belongs to the link that is gone"


def test_damaged_numbers_do_not_settle_the_unit() -> None:
    shock = [ear(21 * i, (390, 390, 390)) for i in range(3)]
    samples = decode([*shock, *(ear(21 * i, (0, 0, 1.0)) for i in range(3, 60))], EAR).samples
    np.testing.assert_allclose(samples.acc[10:, 2], G, rtol=1e-6)


@pytest.mark.parametrize(
    ("number", "clipped"), [(2 * 9.81 * 32767 / 32768, True), (-2 * 9.81, True), (19.4, False), (25.0, False)]
)
def test_openearable_1_clips_at_2_g(number: float, clipped: bool) -> None:
    samples = decode([*(ear(21 * i, (0, 0, 9.81)) for i in range(32)), ear(700, (0, number, 9.81))], EAR).samples
    assert samples.clipped.tolist() == [False] * 32 + [clipped]


@pytest.mark.parametrize("name", ["motion/run_60s", "motion/walk_60s", "head_imu/ear_fast_left"])
def test_the_unit_is_found_from_any_moment_of_real_running_and_walking(shared_data: Path, name: str) -> None:
    recording = np.load(shared_data / f"{name}.npz", allow_pickle=False)
    moving = np.clip(recording["acc" if "acc" in recording else "acc_ear_r"].astype(float), -2 * G, 2 * G)
    moving = moving[:: 4 if len(moving) > 20_000 else 2][:3000]
    for start in range(0, len(moving) - SAMPLES, 7):
        first = moving[start : start + SAMPLES]
        nothing = np.zeros(len(first), np.int64)
        told_g = SampleBlock(nothing, nothing, first, 0 * first, nothing > 0)
        assert np.array_equal(SettledUnit().push(told_g).acc, first)
        told_si = replace(told_g, acc=first * G)
        np.testing.assert_allclose(SettledUnit().push(told_si).acc, first, rtol=1e-12)


# ------------------------------------------------------------------ apart: EdgeML boards


def test_each_acceleration_gets_the_angular_rate_of_its_moment() -> None:
    decoded = decode(board_run(50))
    assert decoded.errors == ()
    samples = decoded.samples
    assert len(samples) == 49, "the first acceleration has no angular rate before it"
    assert samples.tick is not None
    assert samples.tick.tolist() == [1000 + 21 * i for i in range(1, 50)]
    np.testing.assert_allclose(samples.acc, [[i / 100 * G, 0, G] for i in range(1, 50)], rtol=1e-6)
    np.testing.assert_allclose(samples.gyr[:, 0] / DPS, np.arange(1, 50) - 1 / 21, rtol=1e-9)
    assert samples.arrival_ns.tolist() == [2000 * i for i in range(2, 51)]


def test_equal_stamps_need_no_neighbour() -> None:
    samples = decode([acc(1000, 0, 0, 1), gyr(1000, 7, 0, 0)]).samples
    assert len(samples) == 1
    np.testing.assert_allclose(samples.gyr / DPS, [[7, 0, 0]])


@pytest.mark.parametrize("lost", [0.05, 0.3])
def test_lost_notifications_leave_gaps_and_no_guesses(lost: float) -> None:
    every = board_run(2000)
    kept = [payload for payload in every if RNG.random() >= lost]
    decoded = decode(kept)
    samples = decoded.samples
    assert samples.tick is not None
    slots = (samples.tick - 1000) // 21
    np.testing.assert_allclose(samples.acc[:, 0], slots / 100 * G, rtol=1e-6)
    np.testing.assert_allclose(samples.gyr[:, 0] / DPS, slots - 1 / 21, rtol=1e-9), "the rate is linear in time"
    assert (1 - lost) * 0.9 * 2000 < len(samples) <= 2000


def test_the_clock_wraps_after_49_7_days_in_the_middle_of_a_pair() -> None:
    samples = decode(board_run(40, first_ms=WRAP - 21 * 20)).samples
    assert len(samples) == 39
    assert samples.tick is not None
    assert samples.tick.tolist() == [(WRAP - 21 * 20 + 21 * i) % WRAP for i in range(1, 40)]
    np.testing.assert_allclose(samples.gyr[:, 0] / DPS, np.arange(1, 40) - 1 / 21, rtol=1e-9)


def test_a_reboot_begins_anew() -> None:
    samples = decode([*board_run(30, first_ms=500_000), *board_run(30, first_ms=100)]).samples
    assert samples.tick is not None
    assert len(samples) == 2 * 29
    assert samples.tick[28:30].tolist() == [500_000 + 21 * 29, 100 + 21]
    np.testing.assert_allclose(samples.gyr[29:, 0] / DPS, np.arange(1, 30) - 1 / 21, rtol=1e-9)


@pytest.mark.parametrize(("config", "scale", "clipped"), [(BOARD, 16, True), (BOARD, 15.9, False), (BOARD, 4, False)])
def test_a_xiao_clips_at_16_g(config: bytes, scale: float, clipped: bool) -> None:
    samples = decode([acc(1000, 0, 0, scale), gyr(1000, 0, 0, 0)], config).samples
    assert samples.clipped.tolist() == [clipped]


@pytest.mark.parametrize(("number", "clipped"), [(4 * 32767 / 32768, True), (3.9, False), (5.0, False)])
def test_a_nano_which_has_a_magnetometer_clips_at_4_g(number: float, clipped: bool) -> None:
    magnetometer = Scheme(2, "MAGNETOMETER", tuple(Component(F32, "MAG", axis, "uT") for axis in "XYZ"))
    samples = decode([acc(1000, 0, number, 1), gyr(1000, 0, 0, 0)], encode_list((*XIAO, magnetometer))).samples
    assert samples.clipped.tolist() == [clipped]


# ------------------------------------------------------------------ damage


def test_refusals_say_where_and_why() -> None:
    good = acc(1, 0, 0, 1)
    cases = {
        b"": (0, "sensor 0 or 1", "0 bytes"),
        b"\x05" + good[1:]: (0, "sensor 0 or 1", "5"),
        good[:-1]: (6, "6 bytes and a sample of 12", "17 bytes"),
        good[:3]: (3, "6 bytes and a sample of 12", "3 bytes"),
        good + b"\0": (6, "6 bytes and a sample of 12", "19 bytes"),
        good[:1] + b"\x0d" + good[2:]: (1, "size 12", "13"),
        good[:-4] + struct.pack("<f", math.nan): (6, "numbers an IMU can measure", "others"),
        good[:-4] + struct.pack("<f", 401.0): (6, "numbers an IMU can measure", "others"),
    }
    decoded = decode(list(cases))
    assert [(e.offset, e.expected, e.got) for e in decoded.errors] == list(cases.values())
    assert len(decoded.samples) == 0
    mixed = board_run(20)
    with_damage = [part for payload in mixed for part in (payload, b"?")]
    assert decode(with_damage).samples.gyr.tolist() == decode(mixed).samples.gyr.tolist()


STAMPS = st.integers(0, WRAP - 1) | st.integers(1000, 1500) | st.integers(WRAP - 200, WRAP + 200)
NOTIFICATIONS = st.one_of(
    st.binary(max_size=50),
    st.builds(lambda t, x: acc(t, x, 0, 1), STAMPS, st.floats(-500, 500, width=32)),
    st.builds(lambda t, x: gyr(t, x, 0, 1), STAMPS, st.floats(-9000, 9000, width=32)),
    st.builds(lambda t, x: ear(t, (x, 0, 1)), STAMPS, st.floats(-500, 500, width=32)),
)


@given(st.sampled_from([EAR, BOARD]), st.lists(NOTIFICATIONS, min_size=1, max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_any_grouping_give_the_same_samples(config: bytes, payloads: list[bytes]) -> None:
    whole = decode(payloads, config)
    expected = everything([whole])
    assert expected == in_blocks(EdgeMlDecoder(config), payloads, 1)
    assert expected == in_blocks(EdgeMlDecoder(config), payloads, 7)
    assert np.isfinite(whole.samples.acc).all()
    assert np.isfinite(whole.samples.gyr).all()
    assert len(whole.samples) + len(whole.errors) <= len(payloads)


def test_a_long_recording_equals_its_pieces() -> None:
    payloads = board_run(9000)
    payloads[777] = b"?"
    expected = everything([decode(payloads)])
    assert expected == in_blocks(EdgeMlDecoder(BOARD), payloads, 997)


# ------------------------------------------------------------------ timing


@pytest.mark.parametrize("config", [EAR, BOARD], ids=["together", "apart"])
def test_the_true_rate_is_known_and_kept_across_the_wrap(config: bytes) -> None:
    """Ten minutes at 47.6 Hz, the stamps wrapping half way, notifications 5 ms late: no slot lost, none invented."""
    info = SensorInfo("head", Site.HEAD, "edgeml", "x", "y", 1000 / 21, config)
    slots = SensorSlots(info)
    n = 28_000
    stamps = [WRAP - 21 * n // 2 + 21 * i for i in range(n)]
    if config is EAR:
        payloads = [ear(t, (0, 0, 9.81)) for t in stamps]
    else:
        payloads = [part for t in stamps for part in (acc(t, 0, 0, 1), gyr(t + 1, 1, 2, 3))]
    per_sample = len(payloads) // n
    placed = 0
    for part in grouped(payloads, 500):
        arrival = part.t_ns // 1000 - 1
        part.t_ns[:] = (arrival // per_sample) * 21_000_000 + arrival % per_sample * 1_000_000 + 5_000_000
        placed += sum(int(each.real.sum()) for each in slots.push(part))
    quality = slots.quality()
    assert quality.lost == 0
    assert placed >= n - 1
    assert quality.rate_hz == pytest.approx(1000 / 21, rel=1e-4)


# ------------------------------------------------------------------ third-party vectors


def test_every_third_party_vector(shared_data: Path) -> None:
    lines = (shared_data / "vectors" / "vectors_constructed.jsonl").read_text("utf-8").splitlines()
    vectors: dict[str, Any] = {
        v["id"]: v for v in map(json.loads, lines) if v["sensor"].startswith(("OpenEarable v1", "EdgeML"))
    }
    assert set(vectors) == {
        "oe1-imu", "oe1-cfg-50hz", "edgeml-xiao-acc", "edgeml-xiao-gyro-after-wrap", "edgeml-scheme"
    }  # fmt: skip

    single = vectors["oe1-imu"]
    samples = decode([bytes.fromhex(single["hex"])] * 32, EAR).samples
    assert samples.tick is not None
    assert samples.tick[0] == single["expected"]["timestamp_ms"]
    np.testing.assert_allclose(samples.acc[0], single["expected"]["acc"], rtol=1e-14)
    np.testing.assert_allclose(samples.gyr[0] / DPS, single["expected"]["gyr_dps"], rtol=1e-14)

    write = vectors["oe1-cfg-50hz"]
    assert config_write(write["expected"]["sensor_id"], write["expected"]["rate_hz"]).hex() == write["hex"]

    described = vectors["edgeml-scheme"]
    sensors = parse_list(bytes.fromhex(described["hex"]))
    assert [(each.sensor_id, each.name) for each in sensors] == [
        (each["id"], each["name"]) for each in described["expected"]["sensors"]
    ]
    for sensor, expected in zip(sensors, described["expected"]["sensors"], strict=True):
        assert [[c.group, c.name, c.unit] for c in sensor.components] == [c[:3] for c in expected["components"]]
    assert encode_list(sensors).hex() == described["hex"]

    before, after = vectors["edgeml-xiao-acc"], vectors["edgeml-xiao-gyro-after-wrap"]
    first = gyr(before["expected"]["timestamp_ms"] - 5, 1.0, -2.0, 0.05)
    samples = decode([first, bytes.fromhex(before["hex"]), bytes.fromhex(after["hex"])], encode_list(sensors)).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [before["expected"]["timestamp_ms"]]
    np.testing.assert_allclose(samples.acc / G, [before["expected"]["acc_g"]], rtol=1e-14)
    unwrapped = after["expected"]["unwrapped_after_previous_ms"]
    share = 5 / (unwrapped - before["expected"]["timestamp_ms"] + 5)
    early, late = np.float32([1.0, -2.0, 0.05]).astype(float), np.array(after["expected"]["gyr_dps"])
    np.testing.assert_allclose(samples.gyr[0] / DPS, early + share * (late - early), rtol=1e-12)
