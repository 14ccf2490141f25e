"""MetaMotion: pairs by order, both chips, damage, the recipe, and the maker's own test packets."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block, everything, in_blocks

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Recipe, Request, Step, StreamSetup, Write
from monitor.sensors.battery_level import read_battery
from monitor.sensors.metamotion import BMI160, BMI270, COMMAND, FAMILY, acc_config, gyr_config, start
from monitor.sensors.metamotion_frames import MetaMotionDecoder, fusion, vectors
from monitor.values import STANDARD_GRAVITY

G = STANDARD_GRAVITY
DPS = math.radians(1)
PACKED = bytes((5, 5, 3, 16)) + (2000).to_bytes(2, "little")
PLAIN = bytes((4, 5, 1, 16)) + (2000).to_bytes(2, "little")


def half(module: int, register: int, *counts: int) -> bytes:
    return bytes((module, register)) + np.array(counts, "<i2").tobytes()


def acc(n: int) -> bytes:
    """The nth packed acceleration: 3n, 3n + 1, 3n + 2 counts along x."""
    return half(3, 5, *(value for i in range(3) for value in (3 * n + i, 0, 2048)))


def gyr(n: int) -> bytes:
    """The nth packed turning, along z."""
    return half(0x13, 5, *(value for i in range(3) for value in (0, 0, 3 * n + i)))


def decode(payloads: Sequence[bytes], config: bytes = PACKED) -> Decoded:
    return MetaMotionDecoder(config).push(block(payloads))


def pairs(payloads: Sequence[bytes]) -> list[tuple[int, int]]:
    """The counts along x of acceleration and along z of turning of each sample."""
    samples = decode(payloads).samples
    return [
        (round(a * 2048 / G), round(g * 16.4 / DPS)) for a, g in zip(samples.acc[:, 0], samples.gyr[:, 2], strict=True)
    ]


def test_halves_become_samples() -> None:
    samples = decode([acc(0), gyr(0)]).samples
    assert samples.tick is None
    np.testing.assert_allclose(samples.acc[:, 2], [G, G, G])
    assert samples.arrival_ns.tolist() == [2000] * 3, "they are there with the later half"
    assert pairs([acc(0), gyr(0), acc(1), gyr(1)]) == [(k, k) for k in range(6)]


def test_it_does_not_matter_which_half_comes_first() -> None:
    assert pairs([gyr(0), acc(0), gyr(1), acc(1)]) == [(k, k) for k in range(6)]


@pytest.mark.parametrize(
    ("payloads", "left"),
    [
        ([acc(0), acc(1), gyr(1), acc(2), gyr(2)], (1, 2)),
        ([acc(0), gyr(0), acc(1), acc(2), gyr(2)], (0, 2)),
        ([acc(0), acc(1), acc(2), acc(3), gyr(3)], (3,)),
    ],
)
def test_a_half_without_a_partner_is_left_out(payloads: list[bytes], left: tuple[int, ...]) -> None:
    assert pairs(payloads) == [(3 * n + i, 3 * n + i) for n in left for i in range(3)]


def test_a_new_link_forgets_the_half_that_waits() -> None:
    decoder = MetaMotionDecoder(PACKED)
    decoder.push(block([acc(0)]))
    decoder.reset()
    assert len(decoder.push(block([gyr(0)])).samples) == 0


def test_the_end_of_a_range_is_clipped() -> None:
    full = half(3, 4, 32767, 0, 0), half(0x13, 5, 0, 0, 0), half(3, 4, 0, 0, 0), half(0x13, 5, 0, -32768, 0)
    assert decode(full, PLAIN).samples.clipped.tolist() == [True, True]
    assert decode([half(3, 4, 2047, 0, 0), half(0x13, 5, 0, 0, 0)], PLAIN).samples.clipped.tolist() == [False]


@pytest.mark.parametrize("payload", [b"", b"\x03", acc(0)[:19], acc(0) + b"\0", half(0x13, 7, *[0] * 9), bytes(20)])
def test_what_is_neither_half_is_told(payload: bytes) -> None:
    decoded = decode([acc(0), payload, gyr(0)])
    assert len(decoded.samples) == 3
    assert "expected 20 bytes of 03 05 or 13 05" in str(decoded.errors[0])
    assert len(decoded.errors) == 1


@pytest.mark.parametrize(
    "config", [b"", PACKED[:5], PACKED + b"\0", b"\5\5\2\x10\xd0\7", b"\5\5\3\x11\xd0\7", bytes(6)]
)
def test_a_recording_with_senseless_settings_is_refused(config: bytes) -> None:
    with pytest.raises(DecodeError):
        MetaMotionDecoder(config)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 9).map(acc), st.integers(0, 9).map(gyr), st.binary(max_size=22))),
    st.integers(1, 6),
)
def test_any_grouping_gives_the_same(payloads: list[bytes], size: int) -> None:
    if not payloads:
        return
    whole = MetaMotionDecoder(PACKED).push(block(payloads))
    assert in_blocks(MetaMotionDecoder(PACKED), payloads, size) == everything([whole])


# ------------------------------------------------------------------ set-up


def set_up(recipe: Recipe, acc_info: bytes, gyr_info: bytes) -> tuple[list[Step], StreamSetup]:
    """Runs the recipe against a board with these modules."""
    steps: list[Step] = []
    answer: bytes | None = None
    while True:
        try:
            step = next(recipe) if answer is None else recipe.send(answer)
        except StopIteration as done:
            return steps, done.value
        steps.append(step)
        answer = b""
        if isinstance(step, Request):
            answer = acc_info if step.data[0] == 3 else gyr_info
            assert step.is_answer is not None
            assert step.is_answer(answer) == (len(answer) >= 2)
            assert not step.is_answer(acc(0)), "data of an earlier run is no answer"


def commands(steps: list[Step]) -> list[str]:
    return [step.data.hex() for step in steps if isinstance(step, Write) and step.characteristic == COMMAND]


def test_an_mms_is_set_up_with_packed_data() -> None:
    steps, setup = set_up(start(100.0), bytes.fromhex("03800401"), bytes.fromhex("13800101"))
    assert commands(steps) == [
        "030100", "03020001", "130100", "13020001",
        "0303a803", "13032800", "030501", "03020100", "130501", "13020100", "030101", "130101",
    ]  # fmt: skip
    assert (setup.config, setup.rate_hz) == (PACKED, 100.0)


def test_an_old_mmrl_is_set_up_with_single_samples() -> None:
    steps, setup = set_up(start(50.0), bytes.fromhex("03800100"), bytes.fromhex("13800000"))
    assert {"0303270c", "13032700", "030401", "130501"} <= set(commands(steps))
    assert (setup.config, setup.rate_hz) == (PLAIN, 50.0)


def test_a_newer_mmrl_has_its_packed_data_elsewhere() -> None:
    _, setup = set_up(start(100.0), bytes.fromhex("03800101"), bytes.fromhex("13800001"))
    assert setup.config[:3] == bytes((0x1C, 7, 3))


@pytest.mark.parametrize(
    ("acc_info", "gyr_info", "words"),
    [
        ("03800401", "1380", "it has no gyroscope"),
        ("0380", "13800101", "it has no accelerometer"),
        ("03800300", "13800000", r"its kind \(3, 0\) is not known here"),
    ],
)
def test_boards_that_cannot_serve_are_told(acc_info: str, gyr_info: str, words: str) -> None:
    with pytest.raises(SensorSetupError, match=words):
        set_up(start(100.0), bytes.fromhex(acc_info), bytes.fromhex(gyr_info))


def test_stop_ends_both_halves() -> None:
    assert commands(list(FAMILY.stop())) == ["030100", "03020001", "130100", "13020001"]


@pytest.mark.parametrize(("answer", "percent"), [(b"\x57", 87), (b"\x65", None), (b"", None)])
def test_battery(answer: bytes, percent: int | None) -> None:
    recipe = read_battery()
    next(recipe)
    with pytest.raises(StopIteration) as done:
        recipe.send(answer)
    assert done.value.value == percent


# ------------------------------------------------------------------ public packets

WRITES = {
    "metawear-cmd-acc-50hz-8g-bmi270": acc_config(BMI270, 50.0, 8),
    "metawear-cmd-acc-100hz-16g-bmi270": acc_config(BMI270, 100.0, 16),
    "metawear-cmd-acc-enable-sampling": b"\x03\x02\x01\x00",
    "metawear-cmd-acc-subscribe": b"\x03\x04\x01",
    "metawear-cmd-acc-packed-subscribe-bmi270": bytes((3, BMI270.acc_packed, 1)),
    "metawear-cmd-gyro-200hz-bmi160": gyr_config(200.0),
    "metawear-cmd-gyro-start-bmi160": b"\x13\x01\x01",
    "metawear-cmd-gyro-subscribe-bmi160": bytes((0x13, BMI160.gyr_plain, 1)),
}


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for name in ("vectors.jsonl", "vectors_constructed.jsonl"):
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines():
            vector = json.loads(line)
            if not vector["sensor"].startswith("MbientLab"):
                continue
            seen += 1
            data, expected, known = bytes.fromhex(vector["hex"]), vector["expected"], vector.get("context", {})
            if vector.get("direction") == "write":
                assert data == WRITES[vector["id"]]
            elif "lsb_per_unit" in known:
                ((_, values),) = expected.items()
                wanted = np.reshape(values, (-1, 3))
                np.testing.assert_allclose(vectors(data, known["lsb_per_unit"]), wanted, atol=vector["tolerance"])
            else:
                key = next(iter(expected))
                np.testing.assert_allclose(fusion(data), expected[key], atol=vector["tolerance"])
    assert seen == 20


@pytest.mark.parametrize(
    "data", [b"", b"\x19", b"\x19\x06" + bytes(12), b"\x19\x07" + bytes(15), b"\x18\x07" + bytes(16)]
)
def test_what_is_no_fused_output_is_told(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fusion(data)


@pytest.mark.parametrize("length", [0, 1, 7, 9, 19, 21])
def test_a_vector_of_another_length_is_told(length: int) -> None:
    with pytest.raises(DecodeError):
        vectors(bytes(length), 1.0)
