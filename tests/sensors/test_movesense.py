"""Movesense: blocks whole and in parts, both quantities together and apart, configurations, public vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from movesense_streams import (
    ACC52,
    APART,
    DPS,
    FAST,
    GYR52,
    IMU52,
    IMU104,
    TOGETHER,
    WHOLE,
    assert_is_motion,
    decode,
    motion,
    run,
    sent,
    ticks,
)
from sensor_streams import block

from monitor.errors import DecodeError
from monitor.sensors import gsp, movesense
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
from monitor.values import packet

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
