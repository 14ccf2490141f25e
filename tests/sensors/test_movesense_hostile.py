"""Movesense: the wrap of its clock, a rate that is off, damage and hostile bytes, any grouping of notifications."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from movesense_streams import (
    ACC52,
    APART,
    FAST,
    GYR52,
    IMU52,
    IMU104,
    SPAN,
    TOGETHER,
    WHOLE,
    assert_is_motion,
    decode,
    motion,
    run,
    sent,
    ticks,
)
from sensor_streams import block, everything, grouped, in_blocks

from monitor.sensors import gsp
from monitor.sensors.gsp import Subscription
from monitor.sensors.movesense_decoder import (
    MovesenseDecoder,
)
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import PacketBlock, SensorInfo, Site, packet

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
