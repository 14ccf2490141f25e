"""Polar's frames: every form, any damage, the maker's own test frames and two captured ones."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block

from monitor.errors import DecodeError
from monitor.sensors.polar_control import (
    GET_SETTINGS,
    START,
    Setting,
    command,
    parse_answer,
    parse_settings,
)
from monitor.sensors.polar_encoding import encode_frame
from monitor.sensors.polar_frames import FORMS, HEAD, MOST_BYTES, MOST_SAMPLES, Frames, Measurement, read_frames
from monitor.sensors.polar_times import SampleTimes
from monitor.values import STANDARD_GRAVITY

ACC, GYRO = Measurement.ACC, Measurement.GYRO
MG, DPS = STANDARD_GRAVITY / 1000, math.radians(1)
ONES = {ACC: 1.0, GYRO: 1.0}


def head(kind: int, form: int, stamp_ns: int = 10**9) -> bytes:
    return bytes((kind,)) + stamp_ns.to_bytes(8, "little") + bytes((form,))


def read(*payloads: bytes, factor: float = 1.0) -> tuple[dict[Measurement, Frames], tuple[DecodeError, ...]]:
    return read_frames(block(payloads), {ACC: factor, GYRO: factor})


def mg_of(payload: bytes, factor: float = 1.0) -> list[list[float]]:
    frames, errors = read(payload, factor=factor)
    assert errors == ()
    rows: list[list[float]] = np.round(frames[ACC].vector / MG, 6).tolist()
    return rows


def refusal_of(payload: bytes) -> DecodeError:
    """The one error of a payload, which costs no other frame anything."""
    good = head(ACC, 0) + bytes((1, 2, 3))
    frames, errors = read(good, payload, good)
    assert frames[ACC].packet.tolist() == [0, 2]
    assert len(frames[GYRO].packet) == 0
    assert np.allclose(frames[ACC].vector / MG, [[1, 2, 3], [1, 2, 3]])
    (error,) = errors
    return error


# ------------------------------------------------------------------ forms


@pytest.mark.parametrize(("form", "size"), [(0, 1), (1, 2), (2, 3)])
def test_plain_vectors_of_one_two_or_three_bytes(form: int, size: int) -> None:
    end = 1 << (8 * size - 1)
    wanted = [[0, 1, -1], [min(end - 1, 9000), -min(end, 9000), 5]]
    content = b"".join(v.to_bytes(size, "little", signed=True) for row in wanted for v in row)
    assert mg_of(head(ACC, form) + content, factor=3.0) == wanted, "the factor is not for plain frames"


def test_packed_differences_are_signed_and_the_lowest_bit_comes_first() -> None:
    # Two blocks: one vector of 3-bit differences (+1, -1, +3), then two of 5-bit ones.
    first = 0b011_111_001
    second = sum((v & 31) << (5 * i) for i, v in enumerate([-16, 15, 0, 1, 2, 3]))
    content = struct.pack("<3h", 10, -20, 300) + b"\x03\x01" + first.to_bytes(2, "little")
    content += b"\x05\x02" + second.to_bytes(4, "little")
    wanted = [[10, -20, 300], [11, -21, 303], [-5, -6, 303], [-4, -4, 306]]
    assert mg_of(head(ACC, 0x81) + content) == wanted


def test_a_frame_may_hold_its_reference_alone_and_blocks_of_no_differences_and_of_no_bits() -> None:
    reference = struct.pack("<3h", 1, 2, 3)
    assert mg_of(head(ACC, 0x81) + reference) == [[1, 2, 3]]
    assert mg_of(head(ACC, 0x81) + reference + b"\x07\x00" + b"\x00\x02") == [[1, 2, 3]] * 3


def test_one_bit_is_nothing_or_minus_one() -> None:
    assert mg_of(head(ACC, 0x81) + struct.pack("<3h", 0, 0, 0) + b"\x01\x01\x05") == [[0, 0, 0], [-1, 0, -1]]


def test_factors_turn_counts_into_g_and_dps() -> None:
    counts = struct.pack("<3h", 4096, -4096, 0)
    frames, _ = read(head(ACC, 0x80) + counts, head(ACC, 0x81) + counts, head(GYRO, 0x80) + counts, factor=0.25)
    assert frames[ACC].packet.tolist() == [1], "the first says 1024 g, which is no measurement"
    assert np.allclose(frames[ACC].vector / MG, [[1024, -1024, 0]])
    assert np.allclose(frames[GYRO].vector / DPS, [[1024, -1024, 0]])


def test_floats_are_packed_as_differences_of_their_bits() -> None:
    rows = np.array([[1.5, -2.25, 1e-3], [-1.5, 1999.0, 0.0], [0.5, 0.25, -1e-30]])
    frames, errors = read(encode_frame(GYRO, 0x81, 5, rows * DPS))
    assert errors == ()
    assert np.allclose(frames[GYRO].vector, rows * DPS, rtol=1e-6, atol=1e-30)


@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.tuples(*[st.floats(-60, 60)] * 3), min_size=1, max_size=60),
    st.sampled_from([1.0, 0.5, 2.44e-4, 0.07]),
)
@settings(max_examples=200, deadline=None)
def test_what_is_encoded_is_decoded_within_half_a_count(
    form: tuple[Measurement, int], rows: list[tuple[float, ...]], factor: float
) -> None:
    shape, si = FORMS[form], np.array(rows)
    step = shape.per_count * (factor if shape.scaled else 1.0)
    si = np.clip(si, -((1 << 8 * shape.size - 1) - 1) * step, ((1 << 8 * shape.size - 1) - 1) * step)
    payload = encode_frame(*form, 77, si, factor)
    frames, errors = read(payload, factor=factor)
    if len(payload) > MOST_BYTES:
        assert errors[0].got == f"{len(payload)} bytes"
        return
    assert errors == ()
    found = frames[form[0]]
    assert (found.packet.tolist(), found.stamp_ns.tolist(), found.samples.tolist()) == ([0], [77], [len(rows)])
    assert np.allclose(found.vector, si, rtol=1e-6, atol=0.5001 * step)


def test_encoding_saturates_like_a_sensor() -> None:
    assert mg_of(encode_frame(ACC, 0x81, 1, np.array([[1e6, -1e6, 0.0]]))) == [[32767, -32768, 0]]
    with pytest.raises(ValueError, match="one sample"):
        encode_frame(ACC, 0x81, 1, np.empty((0, 3)))


def test_frames_of_mixed_forms_stay_in_order() -> None:
    payloads = [
        head(ACC, 0x81) + struct.pack("<3h", 1, 0, 0),
        head(ACC, 0x01) + struct.pack("<3h", 2, 0, 0),
        head(GYRO, 0x80) + struct.pack("<3h", 9, 0, 0),
        head(ACC, 0x00) + bytes((3, 0, 0)),
        head(ACC, 0x81) + struct.pack("<3h", 4, 0, 0),
    ] * 200
    frames, errors = read(*payloads)
    assert errors == ()
    assert np.rint(frames[ACC].vector[:, 0] / MG).astype(int).tolist() == [1, 2, 3, 4] * 200
    assert frames[ACC].packet.tolist() == [5 * i + j for i in range(200) for j in (0, 1, 3, 4)]
    assert frames[GYRO].packet.tolist() == [5 * i + 2 for i in range(200)]


# ------------------------------------------------------------------ damage

REFERENCE = struct.pack("<3h", 1, 2, 3)


@pytest.mark.parametrize(
    ("payload", "offset", "expected", "got"),
    [
        (b"", 0, "a frame of 13 to 512 bytes", "0 bytes"),
        (head(ACC, 0x81), 0, "a frame of 13 to 512 bytes", "10 bytes"),
        (head(ACC, 1) + bytes(600), 0, "a frame of 13 to 512 bytes", "610 bytes"),
        (head(1, 0) + bytes(9), 0, "measurement 2 (acc) or 5 (gyro)", "1"),
        (head(ACC, 3) + bytes(9), 9, "a known form of frame", "3"),
        (head(ACC, 0x82) + bytes(9), 9, "a known form of frame", "130"),
        (head(GYRO, 1) + bytes(9), 9, "a known form of frame", "1"),
        (head(ACC, 1, 1 << 63) + bytes(6), 1, "a time stamp before 2292", str(1 << 63)),
        (head(ACC, 1) + bytes(7), 10, "whole vectors", "7 bytes"),
        (head(GYRO, 0x81) + bytes(11), 10, "whole vectors", "11 bytes"),
        (head(ACC, 0x81) + REFERENCE + b"\x03", 16, "the head of a block", "1 byte"),
        (head(ACC, 0x81) + REFERENCE + b"\x08\x01ab", 16, "a whole block of differences", "2 bytes"),
        (head(ACC, 0x81) + REFERENCE + b"\x21\x00", 16, "differences of at most 32 bits", "33"),
        (head(ACC, 0x81) + REFERENCE + b"\x00\x7f" * 2, 18, "at most 8 samples a byte, 1024 in all", "255"),
        (
            head(ACC, 0x81) + REFERENCE + (b"\x01\xff" + bytes(96)) * 4 + b"\x00\x04",
            408,
            "at most 8 samples a byte, 1024 in all",
            "1025",
        ),
        (head(ACC, 2) + b"\xff\xff\x7f" + bytes(6), 10, "numbers an IMU can measure", "others"),
        (head(GYRO, 0x81) + struct.pack("<3f", 1, math.nan, 2), 10, "numbers an IMU can measure", "others"),
        (head(GYRO, 0x81) + struct.pack("<3f", 1, 9000, 2), 10, "numbers an IMU can measure", "others"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(payload: bytes, offset: int, expected: str, got: str) -> None:
    error = refusal_of(payload)
    assert (error.offset, error.expected, error.got) == (offset, expected, got)


def test_every_truncation_is_refused_or_loses_whole_vectors_only() -> None:
    rng = np.random.default_rng(3)
    si = rng.normal(scale=15, size=(40, 3))
    whole = encode_frame(ACC, 0x81, 9, si)
    for size in range(len(whole)):
        frames, errors = read(whole[:size])
        assert bool(len(frames[ACC].packet)) != bool(errors)
        n = len(frames[ACC].vector)
        assert np.allclose(frames[ACC].vector, si[:n], atol=0.51 * MG)


def test_equal_refusals_share_one_object() -> None:
    _, errors = read(*[b"\x00" * 20] * 1000)
    assert len(errors) == 1000
    assert len({id(error) for error in errors}) == 1


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.tuples(st.sampled_from(sorted(FORMS)), st.binary(max_size=120)).map(lambda f: head(*f[0]) + f[1]),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_frames_or_one_error_each(payloads: list[bytes]) -> None:
    frames, errors = read(*payloads)
    assert sum(len(each.packet) for each in frames.values()) + len(errors) == len(payloads)
    for kind, each in frames.items():
        assert each.vector.shape == (each.samples.sum(), 3)
        assert np.isfinite(each.vector).all()
        assert (each.samples >= 1).all()
        assert (each.samples <= MOST_SAMPLES).all()
        assert np.all(np.diff(each.packet) > 0), kind
    for error in errors:
        assert 0 <= error.offset < max(1, *map(len, payloads))


# ------------------------------------------------------------------ times


def spaced(times: SampleTimes, *frames: tuple[int, int]) -> list[int]:
    stamps, samples = np.array([f[0] for f in frames]), np.array([f[1] for f in frames])
    return [int(each) for each in times.push(stamps, samples)]


def test_the_first_frame_lies_a_nominal_period_apart_and_later_ones_between_the_stamps() -> None:
    times = SampleTimes(50.0)
    assert spaced(times, (100_000_000, 3)) == [60_000_000, 80_000_000, 100_000_000]
    assert spaced(times, (182_000_000, 4)) == [120_500_000, 141_000_000, 161_500_000, 182_000_000]


def test_behind_a_lost_frame_samples_keep_their_distance_and_end_at_the_stamp() -> None:
    times = SampleTimes(50.0)
    spaced(times, (1_000_000_000, 10), (1_210_000_000, 10))
    assert spaced(times, (1_630_000_000, 10)) == [1_630_000_000 - 21_000_000 * k for k in range(9, -1, -1)]
    assert spaced(times, (1_840_000_000, 10))[0] == 1_651_000_000, "the next follows the rule again"


@pytest.mark.parametrize("jump_s", [-(10**9), -3, 5, 10**8])
def test_a_clock_that_is_set_leaves_the_distance_as_it_was(jump_s: int) -> None:
    times = SampleTimes(50.0)
    at = 5 * 10**17
    spaced(times, (at, 10), (at + 204_000_000, 10))
    stamp = max(10**12, at + jump_s * 10**9)
    assert np.diff(spaced(times, (stamp, 5), (stamp + 102_000_000, 5))).tolist() == [20_400_000] * 9


def test_a_new_link_has_no_frame_before() -> None:
    times = SampleTimes(50.0)
    spaced(times, (10**9, 10))
    times.reset()
    assert spaced(times, (10**9 + 230_000_000, 10))[0] == 10**9 + 50_000_000


def test_no_sample_is_older_than_the_clock() -> None:
    assert spaced(SampleTimes(50.0), (25_000_000, 4)) == [0, 0, 5_000_000, 25_000_000]


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), st.integers(1, 50)), min_size=1, max_size=10), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_any_split_of_frames_gives_the_same_times(frames: list[tuple[int, int]], size: int) -> None:
    parts = SampleTimes(52.0)
    split = [t for i in range(0, len(frames), size) for t in spaced(parts, *frames[i : i + size])]
    assert split == spaced(SampleTimes(52.0), *frames)


# ------------------------------------------------------------------ third-party vectors


def vectors(shared_data: Path) -> dict[str, dict[str, Any]]:
    lines = (shared_data / "vectors" / "vectors.jsonl").read_text("utf-8").splitlines()
    return {v["id"]: v for v in map(json.loads, lines) if v["id"].startswith("polar-")}


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for name, vector in vectors(shared_data).items():
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector.get("direction") == "write":
            check_command(data, expected)
        elif "response_code" in expected:
            check_answer(data, expected)
        elif "response parameters" in vector["characteristic"]:
            assert named(data) == expected
        elif "(content only)" in vector["characteristic"]:
            check_content(data, expected)
        else:
            check_frame(name, data, expected, vector)
        seen += 1
    assert seen == 17


NAMES = {
    "sample_rate": Setting.RATE,
    "resolution": Setting.RESOLUTION,
    "range": Setting.RANGE,
    "channels": Setting.CHANNELS,
    "factor": Setting.FACTOR,
}


def named(data: bytes) -> dict[str, list[float]]:
    found = parse_settings(data)
    return {name: list(found[kind]) for name, kind in NAMES.items() if kind in found}


def check_command(data: bytes, expected: dict[str, Any]) -> None:
    wanted = {NAMES[name]: (value,) for name, value in expected["settings"].items()}
    kind = {"ACC": 2, "ECG": 0}[expected["measurement"]]
    assert command({"start": START, "get": GET_SETTINGS}[expected["op"]], kind, wanted) == data


def check_answer(data: bytes, expected: dict[str, Any]) -> None:
    answer = parse_answer(data)
    assert (answer.op, answer.measurement) == (expected["op_code"], expected["measurement_type"])
    assert (answer.status, answer.more) == (expected["status"], expected["more"])
    assert named(answer.parameters) == expected["parameters"]
    assert answer.refusal == ""


def check_content(data: bytes, expected: dict[str, Any]) -> None:
    """Content without a head: of whole numbers or of the bit patterns of floats."""
    if "error" in expected:
        error = refusal_of(head(ACC, 0x81) + data)
        assert (error.expected, error.got) == ("a whole block of differences", "22 bytes")
        return
    if expected["resolution_bits"] == 16:
        assert mg_of(head(ACC, 0x81) + data) == expected["all_samples_raw"]
        return
    # Its numbers are no angular rates: read as such they are refused, so its bits are read as whole numbers.
    assert refusal_of(head(GYRO, 0x81) + data).expected == "numbers an IMU can measure"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORMS, (GYRO, 0x81), type(FORMS[GYRO, 0x81])(4, 1.0))
        patch.setattr("monitor.sensors.polar_frames.LIMITS", {ACC: math.inf, GYRO: math.inf})
        frames, errors = read(head(GYRO, 0x81) + data)
    assert errors == ()
    assert len(frames[GYRO].vector) == expected["n_samples"]
    assert frames[GYRO].vector[:2].tolist() == expected["first_two_samples_raw_int32"]


def check_frame(name: str, data: bytes, expected: dict[str, Any], vector: dict[str, Any]) -> None:
    context = vector["context"]
    if vector.get("complete") is False:
        assert refusal_of(data).expected == "a whole block of differences", "a fragment is no frame"
        data += bytes(expected["frame_bytes_total"] - len(data))
    kind = Measurement[expected["measurement"]]
    frames, errors = read(data, factor=context.get("factor", 1.0))
    assert errors == (), name
    found = frames[kind]
    assert found.stamp_ns.tolist() == [expected["timestamp_ns_of_last_sample"]]
    told = [v if isinstance(v, int) else len(v) for k, v in expected.items() if k.startswith(("n_samples", "all_"))]
    assert found.samples.tolist() == [told[0]], name
    values = found.vector / (MG if kind is ACC else DPS)
    if "all_samples_raw" in expected:
        raw = np.array(expected["all_samples_raw"])
        assert np.allclose(values, raw * context["factor"] * 1000, rtol=1e-12)
        assert np.trunc(values[0]).tolist() == expected["first_sample_mg"]
    for key in ("all_samples_mg", "first_two_samples_mg", "decoded_prefix_mg", "first_11_samples_mg"):
        if key in expected:
            assert np.round(values, 6)[: len(expected[key])].tolist() == expected[key], name
    if "all_samples_dps" in expected:
        assert np.allclose(values, expected["all_samples_dps"], atol=vector["tolerance"]), name
    check_times(found, expected, context)


def check_times(found: Frames, expected: dict[str, Any], context: dict[str, Any]) -> None:
    """The maker's rule for sample times, at the rate that the frame and the one before it show."""
    if "sample_timestamps_ns" not in expected and "first_sample_timestamp_ns" not in expected:
        return
    before = context["previous_timestamp_ns"]
    rate_hz = 1e9 * int(found.samples[0]) / (int(found.stamp_ns[0]) - before)
    times = SampleTimes(rate_hz)
    times.push(np.array([before]), np.array([1]))
    ticks = times.push(found.stamp_ns, found.samples).tolist()
    assert ticks == expected.get("sample_timestamps_ns", ticks)
    assert ticks[0] == expected.get("first_sample_timestamp_ns", ticks[0])
    assert ticks[-1] == expected["timestamp_ns_of_last_sample"]


def test_a_captured_frame_at_rest_reads_about_one_g(shared_data: Path) -> None:
    vector = vectors(shared_data)["polar-verity-acc-real-331-prefix"]
    data = bytes.fromhex(vector["hex"])
    frames, _ = read(data + bytes(vector["expected"]["frame_bytes_total"] - len(data)))
    size = np.linalg.norm(frames[ACC].vector, axis=1)[: len(vector["expected"]["decoded_prefix_mg"])] / MG
    assert 1003 < size.min() <= size.max() < 1020
    assert len(data) > HEAD
