"""Polar's samples: joined from two streams, timed by stamps, and decoded again from what was kept."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block, everything, in_blocks

from monitor.errors import DecodeError
from monitor.sensors.polar import ACCELEROMETER_FAMILY, FAMILY
from monitor.sensors.polar_control import Setting, Settings
from monitor.sensors.polar_decoder import PolarDecoder, encode_config
from monitor.sensors.polar_encoding import encode_frame
from monitor.sensors.polar_frames import Measurement
from monitor.values import STANDARD_GRAVITY, SampleBlock

ACC, GYRO = Measurement.ACC, Measurement.GYRO

STREAM: Settings = {Setting.RATE: (50,), Setting.RESOLUTION: (16,), Setting.CHANNELS: (3,)}
CONFIG = encode_config(
    {
        ACC: STREAM | {Setting.RANGE: (8,)},
        GYRO: STREAM | {Setting.RANGE: (2000,), Setting.FACTOR: (0.0625,)},
    }
)
PERIOD_NS = 20_000_000
T0_NS = 6 * 10**17


def motion(first: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    k = np.arange(first, first + n, dtype=float)
    acc = np.stack((0.2 * np.sin(k), STANDARD_GRAVITY + 0.1 * np.cos(k / 3), 0.01 * k % 7), axis=1)
    return acc, np.stack((np.sin(k / 5), np.cos(k / 7), 0.5 * np.sin(k / 2)), axis=1)


def frame(kind: Measurement, first: int, n: int, t0_ns: int = T0_NS) -> bytes:
    si = motion(first, n)[kind is GYRO]
    stamp_ns = t0_ns + (first + n - 1) * PERIOD_NS
    return encode_frame(kind, 0x81 if kind is ACC else 0x80, stamp_ns, si, 1.0 if kind is ACC else 0.0625)


def apart(first: int, sizes: Sequence[int], t0_ns: int = T0_NS) -> list[bytes]:
    """Frames of both measurements, the gyroscope's half a frame behind at first."""
    payloads, at = [], {ACC: first, GYRO: first}
    for place, n in enumerate(sizes):
        kind = (ACC, GYRO)[place % 2]
        n = n // 2 if place == 1 else n
        payloads.append(frame(kind, at[kind], n, t0_ns))
        at[kind] += n
    return payloads


def decode(payloads: list[bytes], config: bytes = CONFIG) -> SampleBlock:
    decoded = PolarDecoder(config, has_gyro=True).push(block(payloads))
    assert decoded.errors == ()
    return decoded.samples


def numbers(samples: SampleBlock, base: int = 0) -> list[int]:
    """The sample numbers, by time since the first frame's stamp, which was that of number `base`."""
    assert samples.tick is not None
    return [int(each) + base for each in np.rint(samples.tick / PERIOD_NS)]


def test_two_streams_become_samples_that_equal_the_motion() -> None:
    samples = decode(apart(0, [60] * 10))
    k = numbers(samples, base=59)
    assert k == list(range(270))
    acc, gyr = motion(0, len(k))
    assert np.abs(samples.acc - acc).max() <= 0.0005001 * STANDARD_GRAVITY
    assert np.abs(samples.gyr - gyr).max() <= 0.5001 * math.radians(0.0625)
    assert not samples.clipped.any()


def test_a_sample_leaves_with_the_notification_that_completes_it() -> None:
    samples = decode(apart(0, [60, 60, 60, 60]))
    k = np.array(numbers(samples, base=59))
    assert samples.arrival_ns.tolist() == np.where(k < 30, 2000, np.where(k < 60, 4000, 4000)).tolist()


def test_angular_rates_between_two_are_interpolated() -> None:
    turned = encode_frame(GYRO, 0x80, T0_NS + 59 * PERIOD_NS + 10_000_000, motion(0, 60)[1], 0.0625)
    samples = decode([frame(ACC, 0, 60), turned])
    gyr = motion(0, 60)[1]
    assert np.abs(samples.gyr - (gyr[:-1] + gyr[1:]) / 2).max() <= 0.5001 * math.radians(0.0625)


def test_a_lost_frame_is_a_gap_and_nothing_is_stretched() -> None:
    payloads = apart(0, [60] * 12)
    del payloads[4]  # the accelerations 120 to 179
    k = numbers(decode(payloads), base=59)
    assert k == [*range(120), *range(180, 330)]
    payloads = apart(0, [60] * 12)
    del payloads[5]  # the turning 90 to 149
    assert numbers(decode(payloads), base=59) == [*range(90), *range(150, 330)]


def test_a_repeated_frame_changes_nothing() -> None:
    payloads = apart(0, [60] * 8)
    doubled = [payload for payload in payloads for _ in range(2)]
    assert np.array_equal(decode(doubled).acc, decode(payloads).acc)
    assert numbers(decode(doubled)) == numbers(decode(payloads))


@pytest.mark.parametrize("ahead_s", [-86_400, -10, 30, 8 * 10**8 - 6 * 10**8])
def test_a_clock_that_is_set_on_the_way_costs_two_frames_at_most(ahead_s: int) -> None:
    before, after = apart(0, [60] * 8), apart(1000, [60] * 8, T0_NS + ahead_s * 10**9)
    samples = decode(before + after)
    acc = np.concatenate((motion(0, 240)[0], motion(1000, 240)[0]))
    in_mg = [{tuple(row) for row in np.rint(each / STANDARD_GRAVITY * 1000).tolist()} for each in (samples.acc, acc)]
    assert in_mg[0] <= in_mg[1], "no sample is made up"
    assert len(samples) >= 2 * 210 - 120


def test_a_new_link_joins_nothing_with_what_came_before() -> None:
    decoder = PolarDecoder(CONFIG, has_gyro=True)
    decoder.push(block([frame(ACC, 0, 60)]))
    decoder.reset()
    assert len(decoder.push(block([frame(GYRO, 0, 60)])).samples) == 0
    assert len(decoder.push(block([frame(ACC, 60, 60), frame(GYRO, 60, 60)])).samples) == 60


def test_full_scale_is_that_of_the_chosen_range() -> None:
    acc, gyr = np.zeros((4, 3)), np.zeros((4, 3))
    acc[1, 0], acc[2, 1], gyr[3, 2] = 7.97 * STANDARD_GRAVITY, -7.9 * STANDARD_GRAVITY, math.radians(1999)
    payloads = [encode_frame(ACC, 0x81, T0_NS, acc), encode_frame(GYRO, 0x80, T0_NS, gyr, 0.0625)]
    assert decode(payloads).clipped.tolist() == [False, True, False, True]
    unknown = encode_config({ACC: STREAM, GYRO: STREAM | {Setting.FACTOR: (0.0625,)}})
    assert not decode(payloads, unknown).clipped.any()


def test_acceleration_alone_has_no_angular_rate() -> None:
    decoder = ACCELEROMETER_FAMILY.decoder(encode_config({ACC: STREAM}))
    decoded = decoder.push(block([frame(ACC, 0, 30), frame(GYRO, 0, 30), frame(ACC, 30, 30)]))
    assert np.isnan(decoded.samples.gyr).all()
    assert decoded.samples.acc.shape == (60, 3)
    assert numbers(decoded.samples, base=29) == list(range(60))
    (error,) = decoded.errors
    assert (error.expected, error.got) == ("measurement 2 (acc)", "5")


def test_a_stream_whose_turning_stops_holds_no_more_and_more() -> None:
    decoder = PolarDecoder(CONFIG, has_gyro=True)
    for i in range(100):
        assert len(decoder.push(block([frame(ACC, 60 * i, 60)])).samples) == 0
    late = [frame(GYRO, 60 * i, 60) for i in range(100)]
    assert len(decoder.push(block(late)).samples) <= 1024 + 60


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (b"", "version 1"),
        (b"\x02", "version 1"),
        (b"\x01", "acc"),
        (b"\x01\x02", "a whole measurement"),
        (b"\x01\x02\x09\x00", "a whole measurement"),
        (b"\x01\x07\x00", "another measurement, 2 or 5"),
        (b"\x01\x02\x00\x02\x00", "another measurement, 2 or 5"),
        (b"\x01\x02\x00", "acc and gyro"),
        (encode_config({ACC: {}, GYRO: {}}), "a rate of 5 to 2000 Hz"),
        (encode_config({ACC: {Setting.RATE: (1, 2)}, GYRO: {}}), "one rate"),
        (encode_config({ACC: STREAM | {Setting.FACTOR: (math.nan,)}, GYRO: STREAM}), "a factor above 0"),
    ],
)
def test_a_damaged_config_is_refused(config: bytes, expected: str) -> None:
    with pytest.raises(DecodeError, match="expected") as error:
        FAMILY.decoder(config)
    assert expected in error.value.expected


@given(st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_config_is_read_or_refused(data: bytes) -> None:
    for config in (data, b"\x01" + data):
        with contextlib.suppress(DecodeError):
            assert len(ACCELEROMETER_FAMILY.decoder(config).push(block([b""])).samples) == 0


def test_each_family_refuses_the_others_config() -> None:
    with pytest.raises(DecodeError, match="expected acc, got acc, gyro"):
        ACCELEROMETER_FAMILY.decoder(CONFIG)
    with pytest.raises(DecodeError, match="expected acc and gyro, got acc"):
        FAMILY.decoder(encode_config({ACC: STREAM}))


# ------------------------------------------------------------------ any split

PIECES = st.one_of(
    st.tuples(st.sampled_from([ACC, GYRO]), st.integers(0, 80), st.integers(1, 20), st.sampled_from([0, 0, 0, 10**10]))
    .map(lambda f: frame(*f[:3], T0_NS + f[3])),
    st.binary(max_size=40),
    st.tuples(st.integers(0, 255), st.binary(min_size=30, max_size=40)).map(lambda f: frame(ACC, 3, 4)[:10] + f[1]),
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=14))
@settings(max_examples=60, deadline=None)
def test_any_grouping_of_any_notifications_is_equal_bit_for_bit(payloads: list[bytes]) -> None:
    one, three, whole = (
        in_blocks(PolarDecoder(CONFIG, has_gyro=True), payloads, size) for size in (1, 3, len(payloads))
    )
    assert one == three == whole
    alone = encode_config({ACC: STREAM})
    one, whole = (in_blocks(PolarDecoder(alone, has_gyro=False), payloads, size) for size in (1, len(payloads)))
    assert one == whole


def test_a_long_recording_at_once_equals_its_pieces() -> None:
    payloads = apart(0, [58] * 700)
    whole = PolarDecoder(CONFIG, has_gyro=True).push(block(payloads))
    assert len(whole.samples) == 58 * 350 - 29
    assert everything([whole]) == in_blocks(PolarDecoder(CONFIG, has_gyro=True), payloads, 97)


def test_stamps_at_both_ends_of_the_clock_are_taken() -> None:
    payloads = [frame(kind, 0, 5, t0_ns) for t0_ns in (0, 2**63 - 10**9, 10**15) for kind in (ACC, GYRO)]
    decoded = PolarDecoder(CONFIG, has_gyro=True).push(block(payloads))
    assert decoded.errors == ()
    assert len(decoded.samples) >= 5


def test_the_two_families_differ_in_what_they_measure() -> None:
    assert FAMILY.has_gyro
    assert not ACCELEROMETER_FAMILY.has_gyro
    assert ACCELEROMETER_FAMILY.gyr_full_scale == 0
    assert FAMILY.service == ACCELEROMETER_FAMILY.service
