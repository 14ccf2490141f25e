"""Thingy:52 and BlueST: one record a notification; scales, signs, stamps, damage, set-up and the public packets."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, everything, in_blocks

from monitor.errors import SensorSetupError
from monitor.sensors import bluest, thingy52
from monitor.sensors.base import Read, Write
from monitor.sensors.record_decoder import Record, RecordDecoder, encode, records
from monitor.sensors.thingy52 import CONFIG, configured, quaternion, start
from monitor.timing.grid import Grid
from monitor.values import STANDARD_GRAVITY, GridBlock, SampleBlock

G = STANDARD_GRAVITY
DPS = math.radians(1)
BOTH = [thingy52.RECORD, bluest.RECORD]
ACC, GYR = np.array([1.5, -9.81, 15.0]), np.array([1.0, -2.0, 0.5])


@pytest.mark.parametrize("record", BOTH)
def test_a_record_reads_back_within_half_a_count(record: Record) -> None:
    samples = RecordDecoder(record).push(block([encode(record, ACC, GYR, 7)])).samples
    np.testing.assert_allclose(samples.acc, [ACC], atol=abs(record.acc_per_count) / 2)
    np.testing.assert_allclose(samples.gyr, [GYR], atol=record.gyr_per_count / 2)
    assert not samples.clipped.any()


def test_a_thingy_at_rest_reads_what_holds_it_up() -> None:
    """The firmware gives +1 g for an axis that points down; specific force at rest points up."""
    down = b"\0\0\0\0\0\4" + bytes(12)
    samples = RecordDecoder(thingy52.RECORD).push(block([down])).samples
    np.testing.assert_allclose(samples.acc, [[0, 0, -G]])


@pytest.mark.parametrize("value", [2 * G, -2 * G, 5 * G])
def test_a_thingy_clips_at_2_g(value: float) -> None:
    notification = encode(thingy52.RECORD, np.array([0.0, value, 0.0]), np.zeros(3))
    assert RecordDecoder(thingy52.RECORD).push(block([notification])).samples.clipped.tolist() == [True]


def test_a_bluest_stamp_is_handed_on() -> None:
    samples = RecordDecoder(bluest.RECORD).push(block([encode(bluest.RECORD, ACC, GYR, 65535)])).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [65535]


def grid_of(rate_hz: float, seconds: float, lost: slice = slice(0, 0)) -> tuple[Grid, list[GridBlock]]:
    """What the timing makes of a BlueST board that measures at `rate_hz` and stamps in steps of 8 ms."""
    t_ns = np.delete((np.arange(round(seconds * rate_hz)) * 1e9 / rate_hz).astype(np.int64), lost)
    n = len(t_ns)
    samples = SampleBlock(
        t_ns + 20_000_000, t_ns // bluest.TICK_NS % 65536, np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n, bool)
    )
    grid = Grid(20.0, bluest.FAMILY.clock)
    return grid, grid.push(samples)


@pytest.mark.parametrize("rate_hz", [20.0, 25.0, 31.0, 45.0])
def test_the_rate_of_a_bluest_board_is_measured_from_its_coarse_stamps(rate_hz: float) -> None:
    grid, blocks = grid_of(rate_hz, 700.0)
    assert grid.rate_hz == pytest.approx(rate_hz, rel=0.03)
    assert grid.lost == 0, "over the wrap after 524 s"
    assert len(blocks) >= 1


def test_a_hole_in_a_bluest_stream_is_seen() -> None:
    grid, _ = grid_of(25.0, 60.0, slice(1000, 1010))
    assert grid.lost == pytest.approx(10, abs=1)


@pytest.mark.parametrize("record", BOTH)
@pytest.mark.parametrize("change", [-1, 1, -99])
def test_another_length_is_told_and_costs_one_sample(record: Record, change: int) -> None:
    good = encode(record, ACC, GYR)
    bad = good[:change] if change < 0 else good + bytes(change)
    decoded = RecordDecoder(record).push(block([good, bad, good]))
    assert len(decoded.samples) == 2
    assert [f"expected {len(good)} bytes" in str(error) for error in decoded.errors] == [True]


@pytest.mark.parametrize("record", BOTH)
@settings(max_examples=60, deadline=None)
@given(payloads=st.lists(st.binary(max_size=22), min_size=1, max_size=20), size=st.integers(1, 6))
def test_any_grouping_gives_the_same(record: Record, payloads: list[bytes], size: int) -> None:
    payloads = [*payloads, encode(record, ACC, GYR, 3), *payloads]
    whole = RecordDecoder(record).push(block(payloads))
    assert in_blocks(RecordDecoder(record), payloads, size) == everything([whole])
    assert len(whole.samples) + len(whole.errors) == len(payloads)


# ------------------------------------------------------------------ set-up of a Thingy

AS_SOLD = bytes.fromhex("f401f401f4010a0001")


def test_only_the_motion_rate_is_changed() -> None:
    steps, setup = answered(start(100.0), AS_SOLD)
    assert steps == [Read(CONFIG), Write(CONFIG, bytes.fromhex("f401f401f401640001"))]
    assert setup.rate_hz == 100.0


def test_a_rate_that_is_right_is_left_alone() -> None:
    steps, _ = answered(start(50.0), configured(AS_SOLD, 50))
    assert steps == [Read(CONFIG)], "its flash is not worn for nothing"


@pytest.mark.parametrize("answer", [b"", AS_SOLD[:8], AS_SOLD + b"\0"])
def test_other_settings_are_told(answer: bytes) -> None:
    with pytest.raises(SensorSetupError, match="update its firmware"):
        answered(start(50.0), answer)


def test_a_bluest_board_needs_no_set_up() -> None:
    assert answered(bluest.FAMILY.start(50.0)) == answered(bluest.start(20.0))
    assert list(bluest.FAMILY.stop()) == list(thingy52.FAMILY.stop()) == []


# ------------------------------------------------------------------ public packets


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for line in (shared_data / "vectors" / "vectors_constructed.jsonl").read_text("utf-8").splitlines():
        vector = json.loads(line)
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector["id"] == "thingy52-config-100hz":
            assert data == configured(AS_SOLD, expected["motion_hz"])
        elif vector["id"] == "thingy52-quat":
            assert quaternion(data).tolist() == expected["quat_wxyz"]
        elif vector["id"] == "thingy52-raw":
            samples = RecordDecoder(thingy52.RECORD).push(block([data])).samples
            np.testing.assert_allclose(-samples.acc / G, [expected["acc_g"]], atol=1e-12)
            np.testing.assert_allclose(samples.gyr / DPS, [expected["gyr_dps"]], atol=1e-12)
            (row,) = records(data, np.zeros(1, np.int64), thingy52.RECORD.layout)
            assert (row["mag"] / 16).tolist() == expected["mag_ut"]
        elif vector["id"] == "bluest-agm":
            samples = RecordDecoder(bluest.RECORD).push(block([data])).samples
            assert samples.tick is not None
            assert samples.tick.tolist() == [expected["timestamp_ticks"]]
            np.testing.assert_allclose(samples.acc / G * 1000, [expected["acc_mg"]], atol=1e-9)
            np.testing.assert_allclose(samples.gyr / DPS, [expected["gyr_dps"]], atol=1e-9)
            (row,) = records(data, np.zeros(1, np.int64), bluest.RECORD.layout)
            assert row["mag"].tolist() == expected["mag_mg"]
        else:
            continue
        seen += 1
    assert seen == 4
