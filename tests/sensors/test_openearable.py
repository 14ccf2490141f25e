"""OpenEarable v2 and the DIY profile: notifications of every form, damage, set-up."""

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
from test_scheme import OPEN_EARABLE_2

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Read, Request, Write
from monitor.sensors.battery_level import BATTERY_LEVEL
from monitor.sensors.openearable import (
    CONFIG,
    FAMILY,
    SCHEME_REQUEST,
    SCHEME_RESPONSE,
    SchemeDecoder,
    config_write,
    encode_notification,
)
from monitor.sensors.scheme import DIY, DIY_I16, F32, TYPES, Component, Scheme, diy_scheme, encode
from monitor.values import STANDARD_GRAVITY

G = STANDARD_GRAVITY
DPS = math.radians(1)
RNG = np.random.default_rng(11)


def decode(payloads: Sequence[bytes], scheme: Scheme = DIY) -> Decoded:
    return SchemeDecoder(encode(scheme)).push(block(payloads))


def motion(n: int) -> tuple[np.ndarray, np.ndarray]:
    return RNG.normal(scale=10, size=(n, 3)), RNG.normal(scale=3, size=(n, 3))


def refusal(payload: bytes, scheme: Scheme = DIY) -> tuple[int, str, str]:
    decoded = decode([payload], scheme)
    assert len(decoded.samples) == 0
    (error,) = decoded.errors
    return error.offset, error.expected, error.got


# ------------------------------------------------------------------ layout


def test_one_sample_by_hand() -> None:
    payload = bytes((0, 24)) + struct.pack("<Q6f", 123_456_789_000, 1, 2, 3, 10, 20, 30)
    samples = decode([payload]).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [123_456_789_000]
    assert samples.acc.tolist() == [[1, 2, 3]]
    np.testing.assert_allclose(samples.gyr, [[10 * DPS, 20 * DPS, 30 * DPS]], rtol=1e-15)
    assert encode_notification(123_456_789_000, samples.acc, samples.gyr) == payload


def test_four_samples_and_their_step() -> None:
    acc, gyr = motion(4)
    payload = encode_notification(5_000_000, acc, gyr, 10_000)
    assert len(payload) == 2 + 8 + 96 + 2
    samples = decode([payload]).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [5_000_000, 5_010_000, 5_020_000, 5_030_000]
    assert samples.arrival_ns.tolist() == [1000] * 4
    np.testing.assert_allclose(samples.acc, acc, rtol=1e-6)
    np.testing.assert_allclose(samples.gyr, gyr, rtol=1e-6)


def test_whole_numbers_are_scaled_by_their_unit() -> None:
    acc, gyr = motion(8)
    samples = decode([encode_notification(1, acc, gyr, 10_000, DIY_I16)], DIY_I16).samples
    np.testing.assert_allclose(samples.acc, acc, atol=0.501 * G / 2048)
    np.testing.assert_allclose(samples.gyr, gyr, atol=0.501 * DPS / 16.384)


def test_single_sample_may_carry_a_step_and_size_may_leave_it_out() -> None:
    acc, gyr = motion(2)
    one = encode_notification(7, acc[:1], gyr[:1])
    two = encode_notification(7, acc, gyr, 500)
    plain = decode([one]).samples
    for payload in (bytes((0, 26)) + one[2:] + b"\x05\x00", one + b"\x05\x00"):
        assert decode([payload]).samples.acc.tobytes() == plain.acc.tobytes()
    assert len(decode([bytes((0, 48)) + two[2:]]).samples) == 2


def test_other_components_are_skipped() -> None:
    acc, gyr = motion(1)
    payload = encode_notification(9, acc, gyr, scheme=OPEN_EARABLE_2)
    assert len(payload) == 46
    samples = decode([payload[:-12] + struct.pack("<3f", 20, math.nan, 40)], OPEN_EARABLE_2).samples
    np.testing.assert_allclose(samples.acc, acc, rtol=1e-6)
    np.testing.assert_allclose(samples.gyr, gyr, rtol=1e-6)


@pytest.mark.parametrize("kind", range(len(TYPES)))
def test_every_number_type(kind: int) -> None:
    scheme = diy_scheme(kind, "m/s^2/10", "rad/s/10")
    acc, gyr = np.array([[0, 1, 2.5]]), np.array([[3, 4, 5.0]])
    samples = decode([encode_notification(1, acc, gyr, scheme=scheme)], scheme).samples
    np.testing.assert_allclose(samples.acc, acc, rtol=1e-6)
    np.testing.assert_allclose(samples.gyr, gyr, rtol=1e-6)


def test_no_gyroscope_reads_nan() -> None:
    scheme = Scheme(0, "acc", DIY.components[:3])
    samples = decode([bytes((0, 12)) + struct.pack("<Q3f", 1, 0, 0, G)], scheme).samples
    assert samples.acc.shape == (1, 3)
    assert np.isnan(samples.gyr).all()
    assert not samples.clipped.any()


@pytest.mark.parametrize(
    ("scheme", "acc", "clipped"),
    [
        (DIY_I16, 16 * G, True),
        (DIY_I16, -17 * G, True),
        (DIY_I16, 15.9 * G, False),
        (DIY, 16 * G, True),
        (DIY, 15.9 * G, False),
        (DIY, 2 * G, False),
        (diy_scheme(F32, "g max 8"), 8 * G, True),
        (diy_scheme(F32, "g max 8"), -7.9 * G, False),
        (OPEN_EARABLE_2, 2 * G * 32767 / 32768, True),
        (OPEN_EARABLE_2, -2 * 9.8, True),
        (OPEN_EARABLE_2, 1.9 * G, False),
        (OPEN_EARABLE_2, 2.5 * G, False),
    ],
)
def test_clipping(scheme: Scheme, acc: float, clipped: bool) -> None:
    payload = encode_notification(1, np.array([[0, acc, 0]]), np.zeros((1, 3)), scheme=scheme)
    assert decode([payload], scheme).samples.clipped.tolist() == [clipped]


def test_gyroscope_clips_too() -> None:
    payload = encode_notification(1, np.zeros((1, 3)), np.array([[0, 0, -2000 * DPS]]))
    assert decode([payload]).samples.clipped.tolist() == [True]


# ------------------------------------------------------------------ damage


def test_refusals_say_where_and_why() -> None:
    good = encode_notification(1, *motion(1))
    two = encode_notification(1, *motion(2), 10_000)
    assert refusal(b"") == (0, "10 bytes and samples of 24 bytes", "0 bytes")
    assert refusal(good[:-1]) == (10, "10 bytes and samples of 24 bytes", "33 bytes")
    assert refusal(good[:5]) == (5, "10 bytes and samples of 24 bytes", "5 bytes")
    assert refusal(good + bytes(1000)) == (10, "10 bytes and samples of 24 bytes", "1034 bytes")
    assert refusal(b"\x07" + good[1:]) == (0, "sensor 0", "7")
    assert refusal(b"\x07" + good[1:-4]) == (0, "sensor 0", "7")
    assert refusal(good[:1] + b"\x23" + good[2:]) == (1, "size 24", "35")
    assert refusal(good[:2] + b"\xff" * 8 + good[10:]) == (2, "a time stamp below 2^53 us", f"{2**64 - 1}")
    assert refusal(two[:-2] + b"\0\0") == (58, "a step above 0 us", "0")
    assert refusal(good[:-4] + struct.pack("<f", math.nan)) == (10, "numbers an IMU can measure", "others")
    assert refusal(good[:10] + struct.pack("<f", 1e30) + good[14:]) == (10, "numbers an IMU can measure", "others")


def test_refused_notifications_leave_the_others_in_order() -> None:
    acc, gyr = motion(9)
    good = [encode_notification(i, acc[i : i + 1 + i % 2], gyr[i : i + 1 + i % 2], 3) for i in range(8)]
    decoded = decode([good[0], b"", good[1], b"\x05" + good[2][1:], good[3], good[4][:-1], *good[5:]])
    assert decoded.samples.tick is not None
    assert decoded.samples.tick.tolist() == [0, 1, 4, 3, 6, 5, 8, 6, 7, 10]
    assert decoded.samples.arrival_ns.tolist() == [1000, 3000, 3000, 5000, 5000, 7000, 7000, 8000, 9000, 9000]
    assert [error.got for error in decoded.errors] == ["0 bytes", "5", "33 bytes"]


def test_the_clock_of_285_years_does_not_wrap() -> None:
    late = 2**53 - 1
    samples = decode([encode_notification(late, *motion(2), 65_535)]).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [late, late + 65_535]


@pytest.mark.parametrize("config", [b"", b"\x00", encode(diy_scheme(2, "g", "dps")), bytes(9999)])
def test_a_decoder_needs_a_usable_scheme(config: bytes) -> None:
    with pytest.raises(DecodeError):
        SchemeDecoder(config)


def test_a_sample_larger_than_a_notification_is_refused() -> None:
    many = Scheme(0, "wide", (*DIY.components, *(Component(7, "X", str(i), "?") for i in range(50))))
    with pytest.raises(DecodeError, match="at most 255 bytes"):
        SchemeDecoder(encode(many))


PAYLOADS = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(1, 10), st.integers(0, 2**54), st.integers(1, 65535)).map(
            lambda c: encode_notification(c[1], np.full((c[0], 3), 1.5), np.full((c[0], 3), 0.5), c[2])
        ),
        st.tuples(st.binary(min_size=10, max_size=10), st.binary(min_size=24, max_size=24)).map(b"".join),
        st.binary(min_size=24, max_size=24).map(lambda body: bytes((0, 24)) + bytes(8) + body),
    ),
    min_size=1,
    max_size=12,
)


@given(PAYLOADS)
@settings(max_examples=400, deadline=None)
def test_any_bytes_and_any_grouping(payloads: list[bytes]) -> None:
    config = encode(DIY)
    one, seven, whole = (in_blocks(SchemeDecoder(config), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole
    decoded = decode(payloads)
    assert np.isfinite(decoded.samples.acc).all()
    assert np.isfinite(decoded.samples.gyr).all()
    for error in decoded.errors:
        assert 0 <= error.offset <= 300
        assert error.expected
        assert error.got
    heard = len({int(t) for t in decoded.samples.arrival_ns})
    assert heard + len(decoded.errors) == len(payloads)


def test_a_large_block_equals_its_pieces() -> None:
    acc, gyr = motion(40_000)
    payloads = [
        encode_notification(40_000 * i, acc[2 * i : 2 * i + 2], gyr[2 * i : 2 * i + 2], 20_000) for i in range(20_000)
    ]
    payloads[777], payloads[19_000] = b"?", payloads[19_000][:36]
    config = encode(DIY)
    whole = SchemeDecoder(config).push(block(payloads))
    assert len(whole.samples) == 2 * 19_998
    assert everything([whole]) == in_blocks(SchemeDecoder(config), payloads, 997)


@pytest.mark.parametrize(("n", "step"), [(0, 5), (2, 0), (2, 65_536), (11, 5)])
def test_encoding_refuses_what_the_frame_cannot_say(n: int, step: int) -> None:
    with pytest.raises(ValueError):
        encode_notification(0, *motion(n), step)


# ------------------------------------------------------------------ set-up


@pytest.mark.parametrize(("asked", "index", "rate"), [(25, 0, 25), (52, 1, 50), (100, 2, 100), (800, 2, 100)])
def test_start_asks_for_the_scheme_then_streams(asked: float, index: int, rate: float) -> None:
    config = encode(OPEN_EARABLE_2)
    steps, setup = answered(FAMILY.start(asked), config)
    assert steps == [Request(SCHEME_REQUEST, b"\x00", SCHEME_RESPONSE), Write(CONFIG, bytes((0, index, 1)))]
    assert (setup.config, setup.rate_hz) == (config, rate)
    FAMILY.decoder(setup.config)


def test_start_without_listed_rates_takes_the_firmware_s() -> None:
    steps, setup = answered(FAMILY.start(100), encode(Scheme(0, "IMU", DIY.components)))
    assert steps[-1] == Write(CONFIG, config_write(0, 2, 1))
    assert setup.rate_hz == 100


@pytest.mark.parametrize(
    "answer", [b"", b"\x00\x03IMU", encode(Scheme(1, "PPG", DIY.components)), encode(diy_scheme(2, "g", "g"))]
)
def test_start_refuses_a_description_it_cannot_use(answer: bytes) -> None:
    with pytest.raises(SensorSetupError, match="reading its description failed"):
        answered(FAMILY.start(100), answer, answer)


@pytest.mark.parametrize("mtu", [23, 185])
def test_a_description_cut_to_a_notification_is_read_instead(mtu: int) -> None:
    whole = encode(OPEN_EARABLE_2)
    assert len(whole) > 182, "what some systems' links carry in one notification"
    steps, setup = answered(FAMILY.start(100), whole[: mtu - 3], whole)
    assert steps[1] == Read(SCHEME_RESPONSE)
    assert setup.config == whole


def test_a_sensor_without_a_gyroscope_is_refused_at_set_up_and_from_a_recording() -> None:
    for scheme in (Scheme(0, "acc", DIY.components[:3]), diy_scheme(2, "g/2048", "dps")):
        with pytest.raises(SensorSetupError, match="angular rate"):
            answered(FAMILY.start(100), encode(scheme), encode(scheme))
        with pytest.raises(DecodeError, match="angular rate"):
            FAMILY.decoder(encode(scheme))


def test_stop() -> None:
    steps, _ = answered(FAMILY.stop())
    assert steps == [Write(CONFIG, b"\x00\x00\x00")]


@pytest.mark.parametrize(
    ("answer", "percent"), [(b"\x00", 0), (b"\x2a", 42), (b"\x64", 100), (b"\x65", None), (b"", None)]
)
def test_battery(answer: bytes, percent: int | None) -> None:
    assert FAMILY.read_battery is not None
    recipe = FAMILY.read_battery()
    assert next(recipe) == Read(BATTERY_LEVEL)
    with pytest.raises(StopIteration) as finished:
        recipe.send(answer)
    assert finished.value.value == percent


# ------------------------------------------------------------------ third-party vectors


def test_every_third_party_vector(shared_data: Path) -> None:
    lines = (shared_data / "vectors" / "vectors_constructed.jsonl").read_text("utf-8").splitlines()
    vectors = {v["id"]: v for v in map(json.loads, lines) if v["sensor"].startswith("OpenEarable v2")}
    assert set(vectors) == {"oe2-imu-single", "oe2-bone-3samples", "oe2-cfg-100hz-stream"}

    single = vectors["oe2-imu-single"]
    samples = decode([bytes.fromhex(single["hex"])], OPEN_EARABLE_2).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [single["expected"]["timestamp_us"]]
    np.testing.assert_array_equal(samples.acc, [single["expected"]["acc_ms2"]])
    np.testing.assert_allclose(samples.gyr / DPS, [single["expected"]["gyr_dps"]], rtol=1e-15)

    bone = vectors["oe2-bone-3samples"]
    counts = Scheme(7, "Bone", tuple(Component(2, "ACC", axis, "m/s^2/100") for axis in "XYZ"))
    samples = decode([bytes.fromhex(bone["hex"])], counts).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == bone["expected"]["timestamps_us"]
    np.testing.assert_allclose(samples.acc * 100, bone["expected"]["acc_raw"], rtol=1e-15)

    write = vectors["oe2-cfg-100hz-stream"]
    assert config_write(0, write["expected"]["rate_index"], 1).hex() == write["hex"]


def test_third_party_battery_levels(shared_data: Path) -> None:
    lines = (shared_data / "vectors" / "vectors.jsonl").read_text("utf-8").splitlines()
    found = [v for v in map(json.loads, lines) if v["sensor"] == "SIG Battery"]
    assert len(found) == 3
    for vector in found:
        assert FAMILY.read_battery is not None
        recipe = FAMILY.read_battery()
        next(recipe)
        with pytest.raises(StopIteration) as finished:
            recipe.send(bytes.fromhex(vector["hex"]))
        assert finished.value.value == vector["expected"]["battery_pct"]
