"""WitMotion frames: own frames, any split, damage and recovery, commands, battery."""

import json
import math
import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, everything, grouped, in_blocks

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded, Pause, Write
from monitor.sensors.witmotion import (
    COMMAND,
    FAMILY,
    SAVE,
    UNLOCK,
    WitMotionDecoder,
    battery_percent,
    command,
    encode_frames,
    encode_registers,
    read_battery,
    registers,
    start,
)
from monitor.values import STANDARD_GRAVITY, packet

G = STANDARD_GRAVITY
DPS = math.radians(1)


def frame(*counts: int) -> bytes:
    """A 20-byte frame from its acc and gyr counts."""
    return b"\x55\x61" + struct.pack("<9h", *counts, 1, 2, 3)


def frame28(*counts: int) -> bytes:
    return frame(*counts) + bytes((26, 11, 22, 9, 59, 1, 0xE7, 3))


def decode(payloads: Sequence[bytes]) -> Decoded:
    return WitMotionDecoder().push(block(payloads))


def counts_of(decoded: Decoded) -> list[list[int]]:
    acc = np.rint(decoded.samples.acc * 32768 / (16 * G)).astype(int)
    gyr = np.rint(decoded.samples.gyr * 32768 / (2000 * DPS)).astype(int)
    return np.concatenate((acc, gyr), axis=1).tolist()


# ------------------------------------------------------------------ layout


def test_scale_and_clipping() -> None:
    ends = [frame(32767, 0, 0, 0, 0, 0), frame(0, 0, 0, 0, 0, -32768)]
    decoded = decode([frame(2048, -4096, 0, 1638, 0, -16384), *ends])
    np.testing.assert_allclose(decoded.samples.acc[0], [G, -2 * G, 0], rtol=1e-12)
    np.testing.assert_allclose(decoded.samples.gyr[0], [1638 / 32768 * 2000 * DPS, 0, -1000 * DPS], rtol=1e-12)
    assert decoded.samples.clipped.tolist() == [False, True, True]
    assert decoded.samples.tick is None
    assert decoded.samples.arrival_ns.tolist() == [1000, 2000, 3000]
    assert decoded.errors == ()


def test_arrival_is_that_of_the_notification_with_the_twentieth_byte() -> None:
    stream = frame(1, 2, 3, 4, 5, 6) + frame(7, 8, 9, 10, 11, 12) + frame(1, 1, 1, 1, 1, 1)
    decoded = decode([stream[:19], stream[19:20], b"", stream[20:45], stream[45:]])
    assert decoded.samples.arrival_ns.tolist() == [2000, 4000, 5000]


def test_header_bytes_inside_the_payload_are_payload() -> None:
    decoy = 0x6155
    decoded = decode([frame(decoy, decoy, decoy, decoy, decoy, decoy)] * 4)
    assert counts_of(decoded) == [[decoy] * 6] * 4
    assert decoded.errors == ()


def test_register_answers_are_no_samples() -> None:
    answer = encode_registers(0x64, [385])
    others = [answer + frame(7, 8, 9, 10, 11, 12), frame28(1, 1, 1, 1, 1, 1) + answer]
    decoded = decode([frame(1, 2, 3, 4, 5, 6), answer, *others])
    assert counts_of(decoded) == [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], [1] * 6]
    assert decoded.errors == ()


def test_28_byte_frames() -> None:
    wanted = [[i, -i, i + 1, 2 * i, 3 * i, -4 * i] for i in range(500)]
    decoded = decode([frame28(*row) for row in wanted])
    assert counts_of(decoded) == wanted
    assert decoded.samples.arrival_ns.tolist() == [1000 * (i + 1) for i in range(500)]
    assert decoded.errors == ()


def test_a_28_byte_frame_whose_time_looks_like_a_header_is_still_framed_by_what_follows() -> None:
    odd = frame(1, 2, 3, 4, 5, 6) + bytes((26, 11, 22, 0x55, 0x61, 1, 0, 0))
    assert counts_of(decode([odd] * 5)) == [[1, 2, 3, 4, 5, 6]] * 5


def test_firmware_may_change_the_frame_length_on_the_way() -> None:
    decoded = decode([frame(*[1] * 6), frame28(*[2] * 6), frame28(*[3] * 6), frame(*[4] * 6)])
    assert [row[0] for row in counts_of(decoded)] == [1, 2, 3, 4]
    assert decoded.errors == ()


def test_empty_input() -> None:
    decoder = WitMotionDecoder()
    assert len(decoder.push(block([b""])).samples) == 0
    assert len(decoder.push(block([b"", b"", frame(1, 2, 3, 4, 5, 6)[:7]])).samples) == 0
    for _ in range(50):
        decoder.push(block([b""] * 20))
    decoded = decoder.push(block([b"", frame(1, 2, 3, 4, 5, 6)[7:], b""]))
    assert counts_of(decoded) == [[1, 2, 3, 4, 5, 6]]
    assert decoded.samples.acc.shape == (1, 3)


def test_reset_forgets_a_half_frame() -> None:
    decoder = WitMotionDecoder()
    decoder.push(block([frame(1, 2, 3, 4, 5, 6)[:11]]))
    decoder.reset()
    assert counts_of(decoder.push(block([frame(7, 8, 9, 10, 11, 12)]))) == [[7, 8, 9, 10, 11, 12]]


# ------------------------------------------------------------------ damage


def test_a_wrong_header_is_reported_and_decoding_goes_on_at_the_next_frame() -> None:
    good = frame(1, 2, 3, 4, 5, 6)
    decoded = decode([good, good + b"\xde\xad\xbe\xef", good, good])
    assert counts_of(decoded) == [[1, 2, 3, 4, 5, 6]] * 4
    (error,) = decoded.errors
    assert (error.offset, error.expected, error.got) == (20, "55 61 or 55 71", "de ad")


def test_a_lost_piece_costs_the_frames_it_touches() -> None:
    stream = [frame(i, i, i, i, i, i) for i in range(1, 8)]
    # The second half of frame 3 is lost: its first half makes a false frame with the first half of frame 4.
    decoded = decode([*stream[:2], stream[2][:9], *stream[3:]])
    assert [row[0] for row in counts_of(decoded)] == [1, 2, 3, 5, 6, 7]
    assert len(decoded.errors) == 1


@pytest.mark.parametrize("make", [frame, frame28])
def test_a_frame_found_by_searching_arrives_with_what_confirms_it(make: Callable[..., bytes]) -> None:
    good = [make(i, i, i, i, i, i) for i in range(1, 5)]
    payloads = [good[0] + b"\xde\xad" + good[1], b"", good[2], good[3]]
    assert decode(payloads).samples.arrival_ns.tolist() == [1000, 3000, 3000, 4000]
    # So those of one notification come together, by which the timing counts them from the first notification on.
    decoder = WitMotionDecoder()
    assert [decoder.push(part).samples.arrival_ns.tolist() for part in grouped(payloads, 1)] == [
        [1000], [], [3000, 3000], [4000],
    ]  # fmt: skip


def test_a_frame_behind_a_false_header_arrives_with_what_refutes_that() -> None:
    good = [frame(i, i, i, i, i, i) for i in range(1, 5)]
    stream = good[0] + b"\xde\xad" + b"\x55\x61" + good[1] + good[2] + good[3]
    for cut in range(44, len(stream) + 1):
        payloads = [stream[:cut], stream[cut:]]
        decoder = WitMotionDecoder()
        pushed = [decoder.push(part).samples.arrival_ns.tolist() for part in grouped(payloads, 1)]
        assert pushed == [[1000] * len(pushed[0]), [2000] * len(pushed[1])]
        assert decode(payloads).samples.arrival_ns.tolist() == [*pushed[0], *pushed[1]]


def test_search_is_not_caught_by_header_bytes_in_a_payload() -> None:
    trap, *others = frame(0x6155, 0x6155, 0x6155, 0, 0, 0), frame(2, 2, 2, 2, 2, 2), frame(3, 3, 3, 3, 3, 3)
    decoded = decode([b"\x00" * 3 + trap[4:], *others, trap])
    assert [row[0] for row in counts_of(decoded)] == [2, 3, 0x6155]
    assert [error.offset for error in decoded.errors] == [0]


def test_pure_noise_is_one_error_per_notification() -> None:
    decoded = decode([b"\x00" * 20] * 1000)
    assert len(decoded.samples) == 0
    assert len(decoded.errors) == 1000
    assert len({id(error) for error in decoded.errors}) == 1


def test_endless_false_headers_are_linear_work() -> None:
    hostile = (b"\x55\x61" + b"\x00" * 20) * 40_000
    decoded = decode([hostile])
    assert len(decoded.samples) == 1


PIECES = st.one_of(
    st.lists(st.integers(-32768, 32767), min_size=6, max_size=6).map(lambda c: frame(*c)),
    st.lists(st.sampled_from([0x6155, 0x7155, 0x5561, 0x5555, 0]), min_size=6, max_size=6).map(lambda c: frame(*c)),
    st.lists(st.integers(-9, 9), min_size=6, max_size=6).map(lambda c: frame28(*c)),
    st.just(encode_registers(0x64, [385])),
    st.binary(max_size=40),
    st.sampled_from([b"\x55", b"\x55\x61", b"\x61", b"\x55\x61\x00" * 9, b"\x55" * 30]),
)


@st.composite
def split_streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A stream of frames and noise, and the same stream cut into notifications."""
    stream = b"".join(draw(st.lists(PIECES, max_size=12)))
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    edges = [0, *cuts, len(stream)]
    return stream, [stream[a:b] for a, b in pairwise(edges)]


@given(split_streams())
@settings(max_examples=300, deadline=None)
def test_any_split_over_notifications_gives_the_same_samples(case: tuple[bytes, list[bytes]]) -> None:
    stream, payloads = case
    whole, split = decode([stream]), decode(payloads)
    assert split.samples.acc.tobytes() == whole.samples.acc.tobytes()
    assert split.samples.gyr.tobytes() == whole.samples.gyr.tobytes()
    assert bool(split.errors) == bool(whole.errors)


@given(split_streams())
@settings(max_examples=300, deadline=None)
def test_any_grouping_of_notifications_into_blocks_is_equal_bit_for_bit(case: tuple[bytes, list[bytes]]) -> None:
    _, payloads = case
    one, seven, whole = (in_blocks(WitMotionDecoder(), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_block_and_errors(payloads: list[bytes]) -> None:
    decoded = decode(payloads)
    n = len(decoded.samples)
    assert decoded.samples.acc.shape == decoded.samples.gyr.shape == (n, 3)
    assert np.isfinite(decoded.samples.acc).all()
    longest = max(map(len, payloads))
    for error in decoded.errors:
        assert isinstance(error, DecodeError)
        assert 0 <= error.offset < longest
        assert error.expected
        assert error.got


def test_a_large_block_equals_its_pieces() -> None:
    rng = np.random.default_rng(5)
    acc, gyr = rng.normal(scale=20, size=(50_000, 3)), rng.normal(scale=5, size=(50_000, 3))
    data = encode_frames(acc, gyr)
    payloads = [data[i : i + 20] for i in range(0, len(data), 20)]
    whole = decode(payloads)
    assert everything([whole]) == in_blocks(WitMotionDecoder(), payloads, 997)
    np.testing.assert_allclose(whole.samples.acc, acc, atol=16 * G / 65536 * 1.001)
    np.testing.assert_allclose(whole.samples.gyr, gyr, atol=2000 * DPS / 65536 * 1.001)


def test_encoding_saturates_and_refuses_what_is_no_number() -> None:
    decoded = decode([encode_frames(np.array([[1e6, -1e6, 0.0]]), np.zeros((1, 3)))])
    assert counts_of(decoded) == [[32767, -32768, 0, 0, 0, 0]]
    assert decoded.samples.clipped.tolist() == [True]
    with pytest.raises(ValueError, match="finite"):
        encode_frames(np.array([[np.nan, 0, 0]]), np.zeros((1, 3)))


# ------------------------------------------------------------------ set-up and battery


@pytest.mark.parametrize(
    ("asked", "code", "chosen"), [(50, 8, 50), (52, 8, 50), (100, 9, 100), (1000, 9, 100), (1, 8, 50)]
)
def test_start_sets_the_nearest_rate_and_saves_nothing(asked: float, code: int, chosen: float) -> None:
    steps, setup = answered(start(asked))
    writes = [step.data for step in steps if isinstance(step, Write)]
    assert writes == [UNLOCK, bytes((0xFF, 0xAA, 3, code, 0))]
    assert [type(step) for step in steps] == [Write, Pause, Write, Pause]
    assert all(step.characteristic == COMMAND for step in steps if isinstance(step, Write))
    assert (setup.config, setup.rate_hz) == (b"", chosen)


def test_saving_must_be_asked_for() -> None:
    writes = [step.data for step in start(50, save=True) if isinstance(step, Write)]
    assert writes[-1] == SAVE


def test_stop_writes_nothing() -> None:
    assert list(FAMILY.stop()) == []


def test_battery_is_read_over_the_data_characteristic() -> None:
    (step,) = read_battery()
    assert step == Write(COMMAND, bytes.fromhex("ffaa276400"))
    assert FAMILY.battery_in_data


@pytest.mark.parametrize(
    ("centivolts", "percent"),
    [(420, 100), (397, 100), (396, 90), (393, 90), (392, 75), (387, 75), (385, 60), (382, 60), (381, 50), (378, 40),
     (376, 30), (372, 20), (369, 15), (367, 10), (350, 10), (349, 5), (340, 5), (339, 0), (0, None), (760, None)],
)  # fmt: skip
def test_battery_percent(centivolts: int, percent: int | None) -> None:
    answer = encode_registers(0x64, [centivolts])
    assert len(answer) == 20
    assert battery_percent(answer) == percent
    assert battery_percent(frame(1, 2, 3, 4, 5, 6) + answer) == percent


@given(st.binary(max_size=60))
def test_battery_percent_of_any_bytes(data: bytes) -> None:
    found = battery_percent(data)
    assert found is None or 0 <= found <= 100


def test_no_battery_in_other_answers_or_in_cut_ones() -> None:
    assert battery_percent(encode_registers(0x3A, [385])) is None
    assert battery_percent(encode_registers(0x64, [385])[:5]) is None


# ------------------------------------------------------------------ third-party vectors


def vectors(shared_data: Path) -> list[dict[str, object]]:
    lines = [
        line
        for name in ("vectors.jsonl", "vectors_constructed.jsonl")
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines()
    ]
    return [v for v in map(json.loads, lines) if v["sensor"].startswith("WitMotion")]


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for vector in vectors(shared_data):
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector.get("direction") == "write":
            assert data == command(data[2], int.from_bytes(data[3:], "little")), vector["id"]
            assert data == COMMANDS[expected["meaning"]], vector["id"]
        elif "start_register" in expected:
            assert len(decode([data]).samples) == 0, vector["id"]
            assert battery_percent(data) == expected.get("battery_pct"), vector["id"]
            values = registers(data, expected["start_register"])
            assert values[:3] == tuple(expected.get("values_first3", values[:3])), vector["id"]
            if "quat_wxyz" in expected:
                assert [value / 32768 for value in values[:4]] == expected["quat_wxyz"], vector["id"]
        elif "then_hex" in expected:
            decoder = WitMotionDecoder()
            assert len(decoder.push(packet("head", 1, data)).samples) == expected["frames"]
            after = decoder.push(packet("head", 2, bytes.fromhex(expected["then_hex"])))
            assert len(after.samples) == expected["frames_after"]
        else:
            if vector.get("complete") is False:
                assert len(decode([data]).samples) == 0, "a fragment is no frame"
                data += bytes(20 - len(data))
            decoded = decode([data])
            assert decoded.errors == (), vector["id"]
            acc = np.reshape(expected["acc_g"], (-1, 3))
            np.testing.assert_allclose(decoded.samples.acc / G, acc, atol=vector["tolerance"], err_msg=vector["id"])
            if "gyr_dps" in expected:
                gyr = np.reshape(expected["gyr_dps"], (-1, 3))
                np.testing.assert_allclose(decoded.samples.gyr / DPS, gyr, atol=vector["tolerance"])
        seen += 1
    assert seen == 22


COMMANDS = {
    "unlock": UNLOCK,
    "save": SAVE,
    "acc-cal": command(0x01, 1),
    "rate-50hz": command(0x03, 0x08),
    "rate-100hz": command(0x03, 0x09),
    "rate-200hz-ble": command(0x03, 0x0A),
    "read-quat": command(0x27, 0x51),
    "read-battery": command(0x27, 0x64),
}
