"""Movesense: blocks whole and in parts, both quantities together and apart, its clock's wrap, hostile bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block, everything, grouped, in_blocks

from monitor.errors import DecodeError
from monitor.sensors import gsp, movesense
from monitor.sensors.base import Decoded
from monitor.sensors.gsp import Op, Quantity, Subscription
from monitor.sensors.movesense_blocks import TO_SI, BlockReader, Notifications
from monitor.sensors.movesense_decoder import (
    ACC_STEP,
    GYR_STEP,
    LAST_COUNT,
    MovesenseDecoder,
    configuration,
    subscriptions,
)
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import FloatArray, PacketBlock, SensorInfo, Site, packet

DPS = math.radians(1)
IMU52, IMU104 = Subscription(99, "IMU6", 52), Subscription(99, "IMU6", 104)
ACC52, GYR52 = Subscription(98, "Acc", 52), Subscription(97, "Gyro", 52)
TOGETHER, FAST, APART = configuration([IMU52]), configuration([IMU104]), configuration([ACC52, GYR52])
SPAN = 1000 << 32
WHOLE = 512


def motion(first: int, n: int) -> tuple[FloatArray, FloatArray]:
    """acc m/s² and gyro dps of samples first ... first + n - 1, every one different."""
    k = np.arange(first, first + n, dtype=float)
    return np.stack((k / 64, 9.8125 - k / 128, -k / 32), axis=1), np.stack((k / 8, -k / 4, 1 + k / 2), axis=1)


def sent(about: Subscription, index: int, t_ms: int, size: int = WHOLE, n: int = 0) -> list[bytes]:
    """The notifications of block number `index`, with its usual number of samples or n."""
    n = n or about.usual_samples
    acc, gyr = motion(index * n, n)
    arrays = {Quantity.ACC: acc, Quantity.GYR: gyr, Quantity.MAG: np.ones((n, 3))}
    body = gsp.encode_block(t_ms, [arrays[quantity] for quantity in about.quantities])
    return list(gsp.in_notifications(about.reference, body, size))


def run(about: Subscription, blocks: int, size: int = WHOLE, first_ms: int = 1000) -> list[bytes]:
    """Block after block, 13 a second."""
    return [part for i in range(blocks) for part in sent(about, i, first_ms + int(i * 1000 / 13), size)]


def decode(payloads: Sequence[bytes], config: bytes = TOGETHER) -> Decoded:
    return MovesenseDecoder(config).push(block(payloads))


def assert_is_motion(decoded: Decoded, numbers: Sequence[int]) -> None:
    acc, gyr = (np.concatenate(parts) for parts in zip(*(motion(k, 1) for k in numbers), strict=True))
    np.testing.assert_array_equal(decoded.samples.acc, acc)
    np.testing.assert_allclose(decoded.samples.gyr, gyr * DPS, rtol=1e-12)


def ticks(decoded: Decoded) -> list[int]:
    assert decoded.samples.tick is not None
    return decoded.samples.tick.tolist()


# ------------------------------------------------------------------ blocks


def test_arrays_lie_behind_each_other_and_each_sample_has_its_own_time() -> None:
    decoded = decode(sent(IMU52, 0, 1000) + sent(IMU52, 1, 1077))
    assert decoded.errors == ()
    assert_is_motion(decoded, range(8))
    assert ticks(decoded)[:4] == [1_000_000, 1_019_231, 1_038_462, 1_057_692]
    assert ticks(decoded)[4:] == [1_077_000, 1_096_250, 1_115_500, 1_134_750], "77 ms to 4 samples"
    assert decoded.samples.arrival_ns.tolist() == [1000] * 4 + [2000] * 4


def test_a_magnetometer_behind_them_is_left_out() -> None:
    assert_is_motion(
        decode(sent(Subscription(99, "IMU9", 52), 0, 0), configuration([Subscription(99, "IMU9", 52)])), range(4)
    )


def test_what_reads_its_full_scale_is_clipped() -> None:
    acc, gyr = motion(0, 4)
    acc[1, 2], gyr[3, 0] = -LAST_COUNT * ACC_STEP, LAST_COUNT * GYR_STEP / DPS
    acc[2, 0] = (LAST_COUNT - 1) * ACC_STEP
    decoded = decode(list(gsp.in_notifications(99, gsp.encode_block(0, [acc, gyr]), WHOLE)))
    assert decoded.samples.clipped.tolist() == [False, True, False, True]


def test_answers_are_no_data() -> None:
    battery = b"\x01\x02\xc8\x00\x57"
    decoded = decode([b"\x01\x63\xc8\x00", *sent(IMU52, 0, 1000), battery, *sent(IMU52, 1, 1077)])
    assert decoded.errors == ()
    assert_is_motion(decoded, range(8))


# ------------------------------------------------------------------ parts


@pytest.mark.parametrize("size", [101, 100, 90, 70, 60, 54, 52])
def test_two_parts_are_joined_and_arrive_with_the_second(size: int) -> None:
    payloads = run(IMU52, 5, size)
    assert len(payloads) == 10
    decoded = decode(payloads)
    assert decoded.errors == ()
    assert_is_motion(decoded, range(20))
    assert decoded.samples.arrival_ns.tolist() == np.repeat([2000, 4000, 6000, 8000, 10_000], 4).tolist()


def test_a_first_part_that_looks_like_a_whole_block_is_still_a_part() -> None:
    assert IMU104.samples_in(102 - 2) == 4, "the trap: half of its eight samples"
    decoded = decode(run(IMU104, 6, 102), FAST)
    assert decoded.errors == ()
    assert_is_motion(decoded, range(48))


def test_a_block_shorter_than_usual_is_taken_when_the_next_one_shows_that_it_was_whole() -> None:
    payloads = [part for i in range(3) for part in sent(IMU104, i, 39 * i, n=4)]
    decoded = decode(payloads, FAST)
    assert_is_motion(decoded, range(8))
    assert decoded.samples.arrival_ns.tolist() == [2000] * 4 + [3000] * 4


def test_an_orphan_second_part_is_ignored() -> None:
    _, second = sent(IMU52, 0, 1000, 60)
    decoded = decode([second, *sent(IMU52, 1, 1077, 60), second, *sent(IMU52, 2, 1154, 60)])
    assert decoded.errors == ()
    assert_is_motion(decoded, range(4, 12))


def test_a_lost_second_part_is_told_and_costs_its_block_alone() -> None:
    one, two, three = (sent(IMU52, i, 1000 + 77 * i, 60) for i in range(3))
    decoded = decode([*one, two[0], *three])
    assert_is_motion(decoded, [0, 1, 2, 3, 8, 9, 10, 11])
    assert [str(error) for error in decoded.errors] == [
        "byte 60: expected the rest of a block of /Meas/IMU6/52, got another block"
    ]


def test_parts_that_do_not_belong_together_are_told() -> None:
    one, two = sent(IMU52, 0, 1000, 60), sent(IMU52, 1, 1077, 70)
    decoded = decode([one[0], two[1], *run(IMU52, 1)])
    assert [str(error) for error in decoded.errors] == ["byte 60: expected a block of /Meas/IMU6/52, got 90 bytes"]
    assert_is_motion(decoded, range(4))


def test_a_new_link_forgets_a_first_part() -> None:
    decoder = MovesenseDecoder(TOGETHER)
    first, second = sent(IMU52, 0, 1000, 60)
    decoder.push(packet("head", 1, first))
    decoder.reset()
    assert len(decoder.push(packet("head", 2, second)).samples) == 0


# ------------------------------------------------------------------ apart


def both(blocks: int, size: int = WHOLE, later_ms: int = 0) -> list[bytes]:
    """Acceleration and, so much later measured, angular rate, in turn."""
    out: list[bytes] = []
    for i in range(blocks):
        t_ms = 1000 + int(i * 1000 / 13)
        out += sent(ACC52, i, t_ms, size) + sent(GYR52, i, t_ms + later_ms, size)
    return out


@pytest.mark.parametrize("size", [WHOLE, 54, 40])
def test_apart_gives_what_together_gives(size: int) -> None:
    apart, together = decode(both(30, size), APART), decode(run(IMU52, 30))
    assert apart.errors == ()
    for field in ("tick", "acc", "gyr", "clipped"):
        np.testing.assert_array_equal(getattr(apart.samples, field), getattr(together.samples, field))


def test_angular_rates_measured_in_between_are_interpolated() -> None:
    decoded = decode(both(30, later_ms=10), APART)
    n = len(decoded.samples)
    assert n >= 115
    # The ramp's turn 10 ms earlier, at the time of each acceleration; the stamps are cut to whole milliseconds.
    k = decoded.samples.acc[:, 0] * 64
    np.testing.assert_allclose(decoded.samples.gyr[:, 0] / DPS, (k - 0.52) / 8, atol=0.052 / 8)
    assert np.array_equal(k, np.arange(k[0], k[0] + n))


def test_a_lost_block_of_one_leaves_its_samples_out() -> None:
    payloads = both(10)
    decoded = decode([each for i, each in enumerate(payloads) if i != 9], APART)  # the fifth of the angular rate
    k = np.rint(decoded.samples.acc[:, 0] * 64).astype(int)
    assert k.tolist() == [*range(16), *range(20, 40)]


# ------------------------------------------------------------------ the clock


def test_the_millisecond_clock_wraps_in_the_middle_of_a_block() -> None:
    first_ms = (1 << 32) - 25  # block 0 wraps between its third and its fourth sample
    decoded = decode(run(IMU104, 3, first_ms=first_ms), FAST)
    raw = np.array(ticks(decoded))
    assert raw[2] > SPAN // 2 > raw[3]
    assert raw.min() >= 0
    assert raw.max() < SPAN
    steps = np.diff(raw) % SPAN
    assert np.all((steps > 8000) & (steps < 11_000))


@pytest.mark.parametrize("lost", [[], [40], [38, 39, 40, 41]])
def test_the_grid_goes_on_over_the_wrap_also_where_blocks_are_lost(lost: list[int]) -> None:
    blocks = [i for i in range(80) if i not in lost]
    first_ms = (1 << 32) - round(40 * 1000 / 13) - 40  # within block 40
    payloads = [part for i in blocks for part in sent(IMU104, i, first_ms + int(i * 1000 / 13))]
    arrival = [(i + 1) / 13 + 0.004 for i in blocks]
    slots = SensorSlots(SensorInfo("head", Site.HEAD, "movesense", "Movesense", "x", 104.0, FAST))
    made = block(payloads)
    grid = slots.push(PacketBlock("head", np.array([round(1e9 * s) for s in arrival], np.int64), made.ends, made.data))
    real = np.concatenate([part.real for part in grid])
    assert np.flatnonzero(~real).tolist() == [8 * i + k for i in lost for k in range(8)]
    assert len(real) == 640
    acc = np.concatenate([part.acc for part in grid])
    np.testing.assert_array_equal(acc[real][:, 0] * 64, np.flatnonzero(real))
    assert slots.quality().rejected == 0


def test_a_sensor_whose_rate_is_off_is_timed_by_its_stamps() -> None:
    true_hz = 52 * 0.96
    payloads = [part for i in range(200) for part in sent(IMU52, i, int(1000 * 4 * i / true_hz))]
    tick = np.array(ticks(decode(payloads)))
    error_ms = tick / 1000 - 1000 * np.arange(800) / true_hz
    assert np.abs(error_ms[16:]).max() < 1.2, "its stamps are cut to whole milliseconds"


# ------------------------------------------------------------------ damage and hostile bytes


def test_each_kind_of_damage_is_told_where_it_is() -> None:
    acc, gyr = motion(0, 4)
    acc[1, 1] = np.nan
    nan = next(gsp.in_notifications(99, gsp.encode_block(0, [acc, gyr]), WHOLE))
    decoded = decode([b"", b"\x02", b"\x07\x63abc", b"\x02\x05abc", nan, b"\x02\x63" + bytes(2000), *run(IMU52, 1)])
    assert [str(error) for error in decoded.errors] == [
        "byte 0: expected a head of 2 bytes, got 0 bytes",
        "byte 1: expected a head of 2 bytes, got 1 bytes",
        "byte 0: expected response 1, 2 or 3, got 7",
        "byte 1: expected data of subscription 99, got 5",
        "byte 6: expected numbers an IMU can measure, got others",
        "byte 2002: expected a block of /Meas/IMU6/52, got 2000 bytes",
    ]
    assert_is_motion(decoded, range(4))


@pytest.mark.parametrize(("array", "value"), [(0, 4000.0), (0, -math.inf), (1, 9000.0), (1, math.nan)])
def test_a_value_that_no_imu_measures_costs_its_block(array: int, value: float) -> None:
    arrays = list(motion(0, 4))
    arrays[array][2, 1] = value
    decoded = decode([*gsp.in_notifications(99, gsp.encode_block(0, arrays), WHOLE), *run(IMU52, 1)])
    assert len(decoded.errors) == 1
    assert len(decoded.samples) == 4


def test_the_same_hostile_notification_over_and_over_is_one_error_object() -> None:
    decoded = decode([b"\x02\x63\xff"] * 5000)
    assert len(decoded.errors) == 4999
    assert len({id(error) for error in decoded.errors}) <= 3, "one for each chunk"


def test_a_huge_part_is_not_kept() -> None:
    decoder = MovesenseDecoder(TOGETHER)
    decoder.push(packet("head", 1, b"\x02\x63" + bytes(1 << 20)))
    assert [len(data) for reader in decoder._readers for data, _ in reader.held] == []


def some_parts(about: Subscription) -> st.SearchStrategy[list[bytes]]:
    return st.tuples(
        st.integers(0, 50), st.sampled_from([40, 52, 54, 60, 102, WHOLE]), st.integers(1, 10), st.booleans()
    ).map(lambda c: sent(about, c[0], ((1 << 32) - 2000 + 77 * c[0]) % (1 << 32), c[1], c[2])[: 1 if c[3] else 2])


def streams(*of: Subscription) -> st.SearchStrategy[list[bytes]]:
    noise = st.one_of(
        st.binary(max_size=30),
        st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([97, 98, 99]), st.binary(max_size=60)).map(
            lambda c: bytes(c[:2]) + c[2]
        ),
    ).map(lambda each: [each])
    parts = st.lists(st.one_of(*(some_parts(about) for about in of), noise), min_size=1, max_size=25)
    return parts.map(lambda groups: [each for group in groups for each in group])


@given(streams(IMU52))
@settings(max_examples=200, deadline=None)
def test_any_grouping_into_blocks_gives_the_same_samples(payloads: list[bytes]) -> None:
    one, seven, whole = (in_blocks(MovesenseDecoder(TOGETHER), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole


@given(streams(ACC52, GYR52))
@settings(max_examples=200, deadline=None)
def test_any_grouping_of_two_streams_gives_the_same_samples(payloads: list[bytes]) -> None:
    one, seven, whole = (in_blocks(MovesenseDecoder(APART), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole
    decoded = decode(payloads, APART)
    assert np.isfinite(decoded.samples.acc).all()
    assert np.isfinite(decoded.samples.gyr).all()


def test_a_large_block_equals_its_pieces() -> None:
    payloads = run(IMU52, 3000, 60)
    decoder = MovesenseDecoder(TOGETHER)
    pieces = [decoder.push(part) for part in grouped(payloads, 997)]
    assert everything([decode(payloads)]) == everything(pieces)
    assert sum(len(part.samples) for part in pieces) == 12_000


# ------------------------------------------------------------------ configuration


def test_the_configuration_is_the_streams_in_words() -> None:
    assert APART == b"b/Meas/Acc/52\0a/Meas/Gyro/52\0"
    assert subscriptions(APART) == [ACC52, GYR52]
    assert subscriptions(TOGETHER) == [IMU52]


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"c",
        b"\0\0\0",
        b"c/Meas/Acc/52\0",
        b"c/Meas/Magn/52\0",
        b"c/Meas/IMU6m/52\0",
        b"b/Meas/Acc/52\0a/Meas/Gyro/104\0",
        b"b/Meas/Acc/52\0b/Meas/Gyro/52\0",
        b"c/Meas/IMU6/52\0b/Meas/Acc/52\0",
        b"c/Meas/ECG/125\0",
        b"\xff" * 1000,
    ],
)
def test_a_configuration_that_is_no_imu_is_refused(config: bytes) -> None:
    with pytest.raises(DecodeError):
        movesense.decoder(config)


# ------------------------------------------------------------------ third-party vectors


def vectors(shared_data: Path) -> list[dict[str, Any]]:
    lines = [
        line
        for name in ("vectors.jsonl", "vectors_constructed.jsonl")
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines()
    ]
    return [v for v in map(json.loads, lines) if v["sensor"].startswith("Movesense")]


def assert_reads(vector: dict[str, Any], expected: dict[str, Any], payloads: list[bytes]) -> None:
    """The first block in `payloads`, as it is read on the way to samples; and the samples, where it has them."""
    path = vector["context"]["path"]
    blocks = BlockReader(gsp.subscription(99, path)).blocks(Notifications.of(block(payloads), slice(None), []), [])
    # To float32, where the vector states no tolerance.
    exact = {"rtol": 0, "atol": vector["tolerance"]} if "tolerance" in vector else {"rtol": 1e-7}
    assert blocks.t_ms[0] == expected["timestamp_ms"], vector["id"]
    for key, quantity in (("acc_ms2", Quantity.ACC), ("gyr_dps", Quantity.GYR), ("mag_ut", Quantity.MAG)):
        if key in expected:
            read = blocks.values[quantity][: blocks.samples[0]] / TO_SI[quantity][0]
            np.testing.assert_allclose(read, expected[key], err_msg=vector["id"], **exact)
    if "IMU" in path:
        samples = decode(payloads, b"c" + path.encode() + b"\0").samples
        np.testing.assert_allclose(samples.acc[: len(expected["acc_ms2"])], expected["acc_ms2"], **exact)
        np.testing.assert_allclose(samples.gyr[: len(expected["gyr_dps"])] / DPS, expected["gyr_dps"], **exact)


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for vector in vectors(shared_data):
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector.get("direction") == "write":
            path = expected.get("path", "")
            assert data == gsp.command(Op.SUBSCRIBE if path else Op.UNSUBSCRIBE, 99, path), vector["id"]
        elif "status" in expected:
            assert gsp.is_answer(data, expected["reference"])
            assert gsp.status(data) == expected["status"]
        elif "then_hex" in expected:
            vector["context"] = {"path": "/Meas/IMU9/52"}
            assert_reads(vector, expected["after"], [data, bytes.fromhex(expected["then_hex"])])
        elif vector["kind"] == "captured":
            assert_reads(vector, expected, [b"\x02\x63" + data])
        else:  # a block of two samples at 52 Hz: shorter than usual, so the next one shows that it is whole
            assert_reads(vector, expected, [data, data])
        seen += 1
    assert seen == 10


def test_the_captured_values_are_whole_steps_of_the_ranges_that_are_claimed(shared_data: Path) -> None:
    counts = []
    for vector in vectors(shared_data):
        if vector["kind"] == "captured":
            counts += [np.array(vector["expected"].get("acc_ms2", [])) / ACC_STEP]
            counts += [np.array(vector["expected"].get("gyr_dps", [])) * DPS / GYR_STEP]
    off = [float(np.abs(each - np.rint(each)).max()) for each in counts if each.size]
    assert len(off) == 6
    assert max(off) < 0.01
