"""eSense: own frames, the counter over its wraps, damage, the recipe, and the public packets."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, everything, in_blocks

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Read, Write
from monitor.sensors.esense import (
    FAMILY,
    RANGES,
    SAMPLING,
    SET_RANGES,
    ESenseDecoder,
    command,
    encode,
    sampling,
    scale,
    start,
)
from monitor.values import STANDARD_GRAVITY

G = STANDARD_GRAVITY
DPS = math.radians(1)
CONFIG = bytes((2, 2, 50))
TICK = 20_000_000
STILL = np.array([0.0, -G, 0.5])
NO_TURN = np.zeros(3)


def frame(index: int) -> bytes:
    return encode(index, STILL, NO_TURN)


def decode(payloads: list[bytes], config: bytes = CONFIG) -> Decoded:
    return ESenseDecoder(config).push(block(payloads))


def ticks(payloads: list[bytes]) -> list[int]:
    tick = decode(payloads).samples.tick
    assert tick is not None
    return [int(each) // TICK for each in tick]


def test_a_frame_reads_back_within_a_count() -> None:
    acc, gyr = np.array([3.0, -70.0, 9.81]), np.array([1.0, -2.5, 16.0])
    samples = decode([encode(7, acc, gyr)]).samples
    np.testing.assert_allclose(samples.acc, [acc], atol=G / 4096)
    np.testing.assert_allclose(samples.gyr, [gyr], atol=DPS / 32.8)
    assert not samples.clipped.any()


def test_the_end_of_the_range_is_clipped() -> None:
    assert decode([encode(0, np.array([0.0, 100.0, 0.0]), NO_TURN)]).samples.clipped.tolist() == [True]


def test_the_counter_goes_on_over_its_wraps_and_its_holes() -> None:
    assert ticks([frame(i) for i in range(250, 770)]) == list(range(250, 770))
    assert ticks([frame(10), frame(200), frame(340)]) == [10, 200, 340]
    assert ticks([frame(5), frame(6), frame(5), frame(7)]) == [5, 6, 5, 7], "a late one keeps its own time"


def test_a_new_link_begins_where_it_begins() -> None:
    decoder = ESenseDecoder(CONFIG)
    decoder.push(block([frame(i) for i in range(300)]))
    decoder.reset()
    tick = decoder.push(block([frame(0)])).samples.tick
    assert tick is not None
    assert tick.tolist() == [0]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"", "byte 0: expected 16 bytes, got 0"),
        (frame(1)[:15], "byte 15: expected 16 bytes, got 15"),
        (frame(1) + b"\0", "byte 16: expected 16 bytes, got 17"),
        (b"\x54" + frame(1)[1:], "byte 0: expected 55, got 54"),
        (frame(1)[:3] + b"\x0b" + frame(1)[4:], "byte 3: expected 0c, got 0b"),
        (frame(1)[:-1] + b"\xff", "byte 2: expected its checksum"),
    ],
)
def test_damage_is_told_and_costs_one_sample(payload: bytes, message: str) -> None:
    decoded = decode([frame(0), payload, frame(2)])
    assert len(decoded.samples) == 2
    (error,) = decoded.errors
    assert message in str(error)


@pytest.mark.parametrize("config", [b"", b"\x02\x02", b"\x04\x00\x32", b"\x00\x04\x32", b"\x00\x00\x00", b"\0\0\x65"])
def test_a_recording_with_senseless_settings_is_refused(config: bytes) -> None:
    with pytest.raises(DecodeError):
        ESenseDecoder(config)


pieces = st.one_of(
    st.integers(0, 255).map(frame),
    st.binary(max_size=20),
    st.builds(lambda i, at, bit: bytes(b ^ bit * (k == at) for k, b in enumerate(frame(i))), *[st.integers(0, 15)] * 3),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(pieces, min_size=1, max_size=30), st.integers(1, 7))
def test_any_grouping_gives_the_same(payloads: list[bytes], size: int) -> None:
    whole = ESenseDecoder(CONFIG).push(block(payloads))
    assert in_blocks(ESenseDecoder(CONFIG), payloads, size) == everything([whole])
    assert len(whole.samples) + len(whole.errors) == len(payloads)
    assert np.isfinite(whole.samples.acc).all()


# ------------------------------------------------------------------ set-up


AS_SWITCHED_ON = command(SET_RANGES, bytes((6, 8, 8, 6)))


def test_it_widens_its_ranges_and_keeps_its_filters() -> None:
    widened = command(SET_RANGES, bytes((6, 0x10, 0x10, 6)))
    steps, setup = answered(start(50.0), AS_SWITCHED_ON, widened)
    assert steps == [Read(RANGES), Write(RANGES, widened), Read(RANGES), Write(SAMPLING, sampling(50))]
    assert (setup.config, setup.rate_hz) == (bytes((2, 2, 50)), 50.0)


def test_what_it_takes_is_what_is_decoded() -> None:
    _, setup = answered(start(100.0), AS_SWITCHED_ON, AS_SWITCHED_ON)
    assert setup.config == bytes((1, 1, 100)), "it kept 4 g and 500 deg/s"
    np.testing.assert_allclose(scale(1, 1)[3], G / 8192)


@pytest.mark.parametrize("answer", [b"", AS_SWITCHED_ON[:-1], b"\x59\x00\x04\x06\x08\x08\x06"])
def test_ranges_that_make_no_sense_are_told(answer: bytes) -> None:
    with pytest.raises(SensorSetupError, match="reading its ranges"):
        answered(start(50.0), answer)


def test_stop() -> None:
    assert list(FAMILY.stop()) == [Write(SAMPLING, bytes.fromhex("5302020000"))]


# ------------------------------------------------------------------ public packets


def test_every_third_party_vector(shared_data: Path) -> None:
    seen = 0
    for line in (shared_data / "vectors" / "vectors_constructed.jsonl").read_text("utf-8").splitlines():
        vector = json.loads(line)
        if vector["sensor"] != "eSense":
            continue
        seen += 1
        data, expected = bytes.fromhex(vector["hex"]), vector["expected"]
        if vector.get("direction") == "write":
            assert data == sampling(expected.get("rate_hz", 0)), vector["id"]
            continue
        decoded = decode([data], bytes((1, 1, 50)))
        if "error" in expected:
            assert expected["error"] in str(decoded.errors[0])
            continue
        samples = decoded.samples
        assert samples.tick is not None
        assert samples.tick[0] == expected["packet_index"] * TICK
        # That decode divides the 500 deg/s range into 65.5 counts per deg/s, as the maker's classes do.
        np.testing.assert_allclose(samples.gyr / DPS, [expected["gyr_dps_at_500dps"]], rtol=1e-12)
        np.testing.assert_allclose(samples.acc / G, [expected["acc_g_at_4g"]], rtol=1e-12)
        np.testing.assert_array_equal(np.rint(samples.acc / scale(1, 1)[3:]), [expected["acc_raw"]])
    assert seen == 4
