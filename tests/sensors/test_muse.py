"""Muse headbands: two channels set side by side, packets of blocks, damage, commands, the public packets."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, everything, in_blocks

from monitor.errors import DecodeError
from monitor.sensors.base import Decoder, Write
from monitor.sensors.muse import ATHENA_FAMILY, CONTROL, FAMILY
from monitor.sensors.muse_frames import (
    ACC_PER_COUNT,
    GYR_PER_COUNT,
    AthenaDecoder,
    MuseDecoder,
    battery_percent,
    blocks,
    command,
    motion,
)
from monitor.values import STANDARD_GRAVITY, SampleBlock

G = STANDARD_GRAVITY
DPS = math.radians(1)
ACC, GYR = 0, 1


def classic(channel: int, index: int, number: int | None = None) -> bytes:
    """Three samples; the first number of sample k of packet n is 3n + k, whatever its counter says."""
    n = index % 1000 if number is None else number
    counts = [value for k in range(3) for value in (3 * n + k, 100, -100)]
    return bytes((channel,)) + index.to_bytes(2, "big") + np.array(counts, ">i2").tobytes()


def both(n: int, acc_from: int = 0, gyr_from: int = 0) -> list[bytes]:
    return [classic(GYR, (n + gyr_from) % 65536, n), classic(ACC, (n + acc_from) % 65536, n)]


def numbers(samples: SampleBlock) -> list[tuple[int, int]]:
    return [
        (round(a / ACC_PER_COUNT), round(g / GYR_PER_COUNT))
        for a, g in zip(samples.acc[:, 0], samples.gyr[:, 0], strict=True)
    ]


def read(payloads: list[bytes], decoder: Decoder | None = None) -> SampleBlock:
    decoded = (decoder or MuseDecoder()).push(block(payloads))
    assert decoded.errors == ()
    return decoded.samples


@pytest.mark.parametrize(("acc_from", "gyr_from"), [(0, 0), (500, 7), (65534, 65533), (3, 65535)])
def test_the_two_channels_are_set_side_by_side_whatever_they_count(acc_from: int, gyr_from: int) -> None:
    samples = read([p for n in range(6) for p in both(n, acc_from, gyr_from)])
    assert numbers(samples) == [(k, k) for k in range(18)]
    assert samples.tick is not None
    assert np.diff(samples.tick).tolist() == [1] * 17


def test_a_lost_notification_costs_its_own_samples_only() -> None:
    payloads = [p for n in range(8) for p in both(n)]
    del payloads[2 * 3]  # the turning of packet 3
    del payloads[2 * 5]  # the acceleration of packet 5 (one place has gone)
    samples = read(payloads)
    assert numbers(samples) == [(k, k) for n in (0, 1, 2, 4, 6, 7) for k in range(3 * n, 3 * n + 3)]
    assert samples.tick is not None
    assert samples.tick.tolist() == [3 * n + k for n in (0, 1, 2, 4, 6, 7) for k in range(3)]


def test_what_comes_before_both_channels_were_heard_is_left_out() -> None:
    alone = [classic(ACC, n) for n in range(5)]
    samples = read([*alone, *(p for n in range(5, 8) for p in (classic(GYR, n), classic(ACC, n)))])
    # The last lone acceleration stood next to the first turning, so the counters are one apart from there on.
    assert len(samples) == 9
    assert all(g - a == 3 for a, g in numbers(samples))


def test_a_new_link_sets_them_side_by_side_anew() -> None:
    decoder = MuseDecoder()
    read([p for n in range(3) for p in both(n, 10, 20)], decoder)
    decoder.reset()
    assert numbers(read([p for n in range(3) for p in both(n, 0, 900)], decoder)) == [(k, k) for k in range(9)]


@pytest.mark.parametrize("payload", [b"", b"\0", classic(ACC, 1)[:-1], classic(ACC, 1) + b"\0", classic(2, 1)])
def test_what_is_of_neither_channel_is_told(payload: bytes) -> None:
    decoded = MuseDecoder().push(block([*both(0), payload, *both(1)]))
    assert len(decoded.samples) == 6
    assert len(decoded.errors) == 1


classics = st.one_of(
    st.builds(classic, st.integers(0, 1), st.sampled_from([0, 1, 2, 3, 4, 65534, 65535, 30000])), st.binary(max_size=22)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(classics, min_size=1, max_size=30), st.integers(1, 6))
def test_any_grouping_gives_the_same(payloads: list[bytes], size: int) -> None:
    whole = MuseDecoder().push(block(payloads))
    assert in_blocks(MuseDecoder(), payloads, size) == everything([whole])


# ------------------------------------------------------------------ Athena


def packet(*parts: tuple[int, bytes]) -> bytes:
    """A packet of these blocks; the first without a head of its own."""
    inside = parts[0][1] + b"".join(bytes((tag, 0, 1, 2, 3)) + content for tag, content in parts[1:])
    size = 14 + len(inside)
    return bytes((size, 9)) + (1000).to_bytes(4, "little") + bytes(3) + bytes((parts[0][0],)) + bytes(4) + inside


MOTION = np.arange(18, dtype="<i2").tobytes()
BRAIN = bytes(28)


def test_motion_is_found_wherever_it_stands() -> None:
    notification = packet((0x12, BRAIN), (0x47, MOTION)) + packet((0x47, MOTION), (0x12, BRAIN), (0x47, MOTION))
    samples = read([notification], AthenaDecoder())
    assert len(samples) == 9
    assert samples.tick is None
    np.testing.assert_allclose(samples.acc[4], np.array([6, 7, 8]) * ACC_PER_COUNT)
    np.testing.assert_allclose(samples.gyr[4], np.array([9, 10, 11]) * -GYR_PER_COUNT)


@pytest.mark.parametrize(
    ("notification", "words", "left"),
    [
        (packet((0x47, MOTION))[:-1], "a packet of 14 to 49 bytes, got 50", 0),
        (b"\x05" + bytes(20), "a packet of 14 to 21 bytes, got 5", 0),
        (b"\0" * 14, "a packet of 14 to 14 bytes, got 0", 0),
        (packet((0x99, MOTION)), "the tag of a known block, got 99", 0),
        (packet((0x47, MOTION), (0x77, MOTION)), "the tag of a known block, got 77", 3),
        (packet((0x47, MOTION), (0x47, MOTION[:9])), "a block of 36 bytes, got 9", 3),
    ],
)
def test_damage_is_told_and_what_stands_before_it_is_kept(notification: bytes, words: str, left: int) -> None:
    decoded = AthenaDecoder().push(block([notification, packet((0x47, MOTION))]))
    assert [words in str(error) for error in decoded.errors] == [True]
    assert len(decoded.samples) == left + 3


def test_the_battery_is_read_where_a_notification_begins_with_it() -> None:
    assert battery_percent(packet((0x98, b"\x00\x57" + bytes(18)))) == 87
    assert battery_percent(packet((0x98, b"\x00\x65" + bytes(18)))) is None
    assert battery_percent(packet((0x47, MOTION), (0x98, b"\x00\x57" + bytes(18)))) is None
    assert battery_percent(b"") is None
    assert battery_percent(b"\x01") is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            st.lists(st.sampled_from([(0x47, MOTION), (0x12, BRAIN), (0x98, bytes(20))]), min_size=1, max_size=4).map(
                lambda parts: packet(*parts)
            ),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 5),
)
def test_any_grouping_of_athena_packets_gives_the_same(payloads: list[bytes], size: int) -> None:
    whole = AthenaDecoder().push(block(payloads))
    assert in_blocks(AthenaDecoder(), payloads, size) == everything([whole])


# ------------------------------------------------------------------ commands


def test_commands_are_length_letters_line_feed() -> None:
    assert (command("d"), command("h")) == (bytes.fromhex("02640a"), bytes.fromhex("02680a"))
    assert command("dc001") == b"\x06dc001\n"


def test_set_up_and_stop() -> None:
    steps, setup = answered(FAMILY.start(100.0))
    assert steps == [Write(CONTROL, command("d"), response=False)]
    assert setup.rate_hz == 52.0
    steps, _ = answered(ATHENA_FAMILY.start(52.0))
    assert [step.data for step in steps if isinstance(step, Write)] == [
        command("h"), command("p21"), command("dc001"), command("dc001"),
    ]  # fmt: skip
    assert list(ATHENA_FAMILY.stop()) == list(FAMILY.stop()) == [Write(CONTROL, command("h"), response=False)]


# ------------------------------------------------------------------ public packets


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for name in ("vectors.jsonl", "vectors_constructed.jsonl"):
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines():
            vector = json.loads(line)
            if not vector["sensor"].startswith("Muse"):
                continue
            seen += 1
            data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
            if "accgyro" in expected:
                found = [each for each in blocks(data) if each.tag == 0x47]
                assert len(found) == len(expected["accgyro"])
                for each, wanted in zip(found, expected["accgyro"], strict=True):
                    assert each.packet_index == wanted["pkt_index"]
                    assert each.packet_ticks == wanted["pkt_time_ticks_256khz"]
                    units = motion(each.content) / ([G] * 3 + [DPS] * 3)
                    np.testing.assert_allclose(units, wanted["samples_acc_g_gyr_dps"], atol=vector["tolerance"])
                samples = read([data], AthenaDecoder())
                assert len(samples) == 3 * len(found)
                np.testing.assert_allclose(np.linalg.norm(samples.acc, axis=1), G, rtol=0.02)
                continue
            # The channel under test beside one made up for the other, with the same counter.
            is_acc = "acc_g" in expected
            other = bytes((is_acc,)) + data[:2] + bytes(18)
            samples = read([bytes((not is_acc,)) + data, other])
            assert samples.tick is not None
            assert samples.tick[0] == 3 * expected["packet_index"]
            units = samples.acc / G if is_acc else samples.gyr / DPS
            np.testing.assert_allclose(units, expected["acc_g" if is_acc else "gyr_dps"], atol=vector["tolerance"])
    assert seen == 5


def test_a_block_of_another_length_is_told() -> None:
    with pytest.raises(DecodeError):
        motion(bytes(35))
