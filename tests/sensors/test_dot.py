"""Movella DOT: frames of every payload mode, hostile bytes, the wrap of its clock with loss, set-up and battery."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, everything, in_blocks

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Read, Request, Write
from monitor.sensors.dot import (
    BATTERY,
    DEVICE_CONTROL,
    FAMILY,
    MEASUREMENT_CONTROL,
    MEDIUM_PAYLOAD,
    device_control,
    measurement,
    read_battery,
    start,
)
from monitor.sensors.dot_frames import ACC_FULL_SCALE, LAYOUTS, DotDecoder, encode, frame
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import STANDARD_GRAVITY, PacketBlock, SensorInfo, Site

DPS = math.radians(1)
WRAP = 1 << 32


def sample(t_us: int, *values: float, size: int = 40) -> bytes:
    """A notification of mode 21: acc x y z m/s², gyro x y z dps."""
    return struct.pack("<I6f", t_us % WRAP, *values).ljust(size, b"\0")


def decode(payloads: Sequence[bytes]) -> Decoded:
    return DotDecoder().push(block(payloads))


# ------------------------------------------------------------------ layout


def test_units_time_and_arrival() -> None:
    decoded = decode([sample(7, 0.5, -1.5, 9.75, 90.0, -180.0, 0.25), sample(16_674, 0, 0, 9.75, 0, 0, 0, size=28)])
    assert decoded.errors == ()
    np.testing.assert_allclose(decoded.samples.acc[0], [0.5, -1.5, 9.75])
    np.testing.assert_allclose(decoded.samples.gyr[0], np.array([90.0, -180.0, 0.25]) * DPS)
    assert decoded.samples.tick is not None
    assert decoded.samples.tick.tolist() == [7, 16_674]
    assert decoded.samples.arrival_ns.tolist() == [1000, 2000]


def test_what_reads_its_full_scale_is_clipped() -> None:
    rows = [(ACC_FULL_SCALE, 0, 0, 0, 0, 0), (0, 0, 9.8, 0, -2000, 0), (150, 0, 0, 1990, 0, 0)]
    assert decode([sample(i, *row) for i, row in enumerate(rows)]).samples.clipped.tolist() == [True, True, False]


def test_a_notification_cut_off_by_a_small_link_is_refused_with_its_length() -> None:
    decoded = decode([sample(1, 0, 0, 9.8, 0, 0, 0)[:20], b"", bytes(41)])
    assert len(decoded.samples) == 0
    assert [str(error) for error in decoded.errors] == [
        "byte 20: expected 28 to 40 bytes, got 20 bytes",
        "byte 0: expected 28 to 40 bytes, got 0 bytes",
        "byte 41: expected 28 to 40 bytes, got 41 bytes",
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 4000.0, 1e38])
@pytest.mark.parametrize("place", range(6))
def test_a_value_that_no_imu_measures_costs_its_notification(value: float, place: int) -> None:
    values = [0.0, 0.0, 9.8, 1.0, 2.0, 3.0]
    bad = values.copy()
    bad[place] = value * 3
    decoded = decode([sample(1, *values), sample(2, *bad), sample(3, *values)])
    assert decoded.samples.tick is not None
    assert decoded.samples.tick.tolist() == [1, 3]
    assert [error.expected for error in decoded.errors] == ["numbers an IMU can measure"]


def test_the_same_hostile_notification_over_and_over_is_one_error_object() -> None:
    decoded = decode([b"\xff" * 40] * 500 + [b"x"] * 500)
    assert len(decoded.errors) == 1000
    assert len({id(error) for error in decoded.errors}) == 2


PAYLOADS = st.one_of(
    st.tuples(st.integers(0, WRAP - 1), st.lists(st.floats(-150, 150, width=32), min_size=6, max_size=6)).map(
        lambda case: sample(case[0], *case[1])
    ),
    st.binary(max_size=48),
    st.binary(min_size=28, max_size=40),
)


@given(st.lists(PAYLOADS, min_size=1, max_size=25))
@settings(max_examples=200, deadline=None)
def test_any_grouping_into_blocks_gives_the_same_samples(payloads: list[bytes]) -> None:
    one, seven, whole = (in_blocks(DotDecoder(), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole
    decoded = decode(payloads)
    assert len(decoded.samples) + len(decoded.errors) == len(payloads)
    assert np.isfinite(decoded.samples.acc).all()
    assert np.isfinite(decoded.samples.gyr).all()


def test_a_large_block_equals_its_pieces() -> None:
    rng = np.random.default_rng(3)
    payloads = [sample(16_667 * i, *rng.normal(scale=50, size=6)) for i in range(20_000)]
    whole = decode(payloads)
    assert everything([whole]) == in_blocks(DotDecoder(), payloads, 997)


# ------------------------------------------------------------------ the clock


def stream(first_us: int, n: int, skipped: range) -> PacketBlock:
    """n notifications at 60 Hz whose clock starts at `first_us`, without those skipped; each arrives at once."""
    kept = [i for i in range(n) if i not in skipped]
    payloads = [sample(first_us + round(i * 1e6 / 60), 0, 0, 9.8, 0, 0, i) for i in kept]
    made = block(payloads)
    arrival = np.array([round(i * 1e9 / 60) + 3_000_000 for i in kept], np.int64)
    return PacketBlock(made.sensor, arrival, made.ends, made.data)


@pytest.mark.parametrize("lost", [range(0), range(297, 303), range(299, 300), range(280, 340)])
def test_the_clock_wraps_in_mid_run_also_where_notifications_are_lost(lost: range) -> None:
    info = SensorInfo("head", Site.HEAD, "dot", "Movella DOT", "x", 60.0)
    slots = SensorSlots(info)
    grid = slots.push(stream(WRAP - 5_000_000 + 1, 600, lost))  # wraps before sample 300
    assert sum(len(part) for part in grid) == 600
    real = np.concatenate([part.real for part in grid])
    assert np.flatnonzero(~real).tolist() == list(lost)
    t_ns = np.concatenate([part.t_ns for part in grid])
    assert np.abs(np.diff(t_ns) - 1e9 / 60).max() < 2000
    assert not any(part.restart for part in grid[1:])
    assert slots.quality().lost == len(lost)


# ------------------------------------------------------------------ other payload modes


def test_the_modes_round_trip_and_are_padded() -> None:
    made = encode(2, {"t_us": 9, "quaternion": (1, 0, 0, 0), "free_acc": (1, 2, 3), "clipped_acc": 4, "clipped_gyr": 5})
    assert len(made) == 40
    read = frame(2, made)
    assert (int(read["t_us"]), int(read["clipped_acc"]), int(read["clipped_gyr"])) == (9, 4, 5)
    assert read["quaternion"].tolist() == [1, 0, 0, 0]
    assert len(encode(6, {"t_us": 9})) == 20


def test_a_mode_without_a_layout_and_a_short_frame_are_told() -> None:
    with pytest.raises(DecodeError, match="expected payload mode 2, 3, 5, 6, 21, 24, got 17"):
        frame(17, bytes(63))
    with pytest.raises(DecodeError, match="byte 35: expected 36 bytes, got 35 bytes"):
        frame(2, bytes(35))


@given(st.integers(0, 255), st.binary(max_size=64))
def test_any_bytes_in_any_mode_are_read_or_told(mode: int, data: bytes) -> None:
    if mode in LAYOUTS and len(data) >= LAYOUTS[mode].itemsize:
        assert frame(mode, data).tobytes() == data[: LAYOUTS[mode].itemsize]
    else:
        with pytest.raises(DecodeError):
            frame(mode, data)


# ------------------------------------------------------------------ set-up and battery


def settings_of(rate_hz: int, filter_profile: int = 1) -> bytes:
    tag = b"\x0bMovella DOT" + bytes(5)
    return bytes((0, 0, 0, 10, 0, 30, 0)) + tag + struct.pack("<HB5x", rate_hz, filter_profile)


IDLE, AT_60, FIRST = measurement(0, on=False), settings_of(60), sample(1, 0, 0, 9.8, 0, 0, 0)


def test_start_at_the_rate_it_has_writes_only_the_start() -> None:
    steps, setup = answered(start(60.0), IDLE, AT_60, FIRST)
    assert steps == [
        Read(MEASUREMENT_CONTROL),
        Read(DEVICE_CONTROL),
        Request(MEASUREMENT_CONTROL, bytes.fromhex("010115"), MEDIUM_PAYLOAD),
    ]
    assert (setup.config, setup.rate_hz) == (b"", 60.0)


def test_start_changes_the_rate_and_nothing_else_and_looks_whether_it_was_taken() -> None:
    steps, setup = answered(start(100.0), IDLE, settings_of(20), AT_60, FIRST)
    written = [step.data for step in steps if isinstance(step, Write)]
    assert written == [b"\x10" + settings_of(60)[1:]]
    assert setup.rate_hz == 60.0
    assert len(written[0]) == 32


@pytest.mark.parametrize(("asked", "chosen"), [(1, 30), (30, 30), (52, 60), (1000, 60)])
def test_the_nearest_offered_rate_is_chosen(asked: float, chosen: int) -> None:
    _, setup = answered(start(asked), IDLE, settings_of(chosen), FIRST)
    assert setup.rate_hz == chosen


def test_a_measurement_left_over_is_ended_first() -> None:
    steps, _ = answered(start(60.0), measurement(5, on=True), AT_60, FIRST)
    assert steps[1] == Write(MEASUREMENT_CONTROL, bytes.fromhex("010005"))


def test_a_sensor_that_keeps_its_rate_is_told_with_a_remedy() -> None:
    with pytest.raises(SensorSetupError, match=r"setting it to 60 Hz failed: it stays at 20 Hz; end its recording"):
        answered(start(60.0), IDLE, settings_of(20), settings_of(20))


@pytest.mark.parametrize("control", [b"", bytes(31), bytes(33)])
def test_settings_of_another_length_are_told(control: bytes) -> None:
    with pytest.raises(SensorSetupError, match="update its firmware"):
        answered(start(60.0), b"", control)


def test_a_link_that_cuts_samples_off_is_told() -> None:
    with pytest.raises(SensorSetupError, match="only 20 of the 28 bytes of a sample arrive"):
        answered(start(60.0), IDLE, AT_60, FIRST[:20])


def test_the_filter_profile_is_touched_only_where_asked() -> None:
    assert device_control(settings_of(60, 1), 60)[26] == 1
    set_general = device_control(settings_of(60, 1), 30, filter_profile=0)
    assert (set_general[0], set_general[26]) == (0x30, 0)
    assert set_general[1:24] == settings_of(60)[1:24]


def test_stop_ends_the_mode_that_was_started() -> None:
    assert list(FAMILY.stop()) == [Write(MEASUREMENT_CONTROL, bytes.fromhex("010015"))]


@pytest.mark.parametrize(
    ("answer", "percent"), [(b"\x57\x00", 87), (b"\x00\x01", 0), (b"\x64", 100), (b"\x65\x00", None), (b"", None)]
)
def test_battery(answer: bytes, percent: int | None) -> None:
    recipe = read_battery()
    assert next(recipe) == Read(BATTERY)
    with pytest.raises(StopIteration) as done:
        recipe.send(answer)
    assert done.value.value == percent


# ------------------------------------------------------------------ third-party vectors


FIELDS = {"quat_wxyz": "quaternion", "free_acc_ms2": "free_acc", "acc_ms2": "acc", "gyr_dps": "gyr_dps"}


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for name in ("vectors.jsonl", "vectors_constructed.jsonl"):
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines():
            vector = json.loads(line)
            if vector["sensor"] != "Movella/Xsens DOT":
                continue
            seen += 1
            data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
            if vector.get("direction") == "write":
                assert data == measurement(expected["payload_mode"], on=True), vector["id"]
                continue
            read = frame(vector["context"]["payload_mode"], data)
            assert int(read["t_us"]) == expected.pop("timestamp_us")
            for key, values in expected.items():
                # To float32 exactly, where the vector states no tolerance.
                wanted = np.array(values, np.float32)
                np.testing.assert_allclose(read[FIELDS[key]], wanted, rtol=0, atol=vector.get("tolerance", 0))
            if vector["context"]["payload_mode"] == 21:
                samples = decode([data]).samples
                np.testing.assert_allclose(samples.acc, [expected["acc_ms2"]], rtol=1e-7)
                np.testing.assert_allclose(samples.gyr / DPS, [expected["gyr_dps"]], rtol=1e-7)
    assert seen == 8


def test_gravity_is_about_one_g_in_the_units_used() -> None:
    (acc,) = decode([sample(0, 0, 0, STANDARD_GRAVITY, 0, 0, 0)]).samples.acc
    assert math.isclose(float(np.linalg.norm(acc)), STANDARD_GRAVITY, rel_tol=1e-6)
