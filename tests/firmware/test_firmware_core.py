"""The C core of the reference firmware: what it packs, the decoder of this program reads back."""

import ctypes
import math
import struct
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from firmware_core import (
    Clock,
    Packer,
    Profile,
    Stream,
    battery_percent,
    clock_us,
    configured,
    described,
    name,
    profile,
    profile_of,
    requested,
    samples_for_mtu,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.sensors.base import Decoded
from monitor.sensors.scheme import DIY, DIY_I16, F32, I16, MAX_COMPONENTS, Scheme, diy_scheme, encode, parse
from monitor.sensors.scheme_decoder import SchemeDecoder
from monitor.values import STANDARD_GRAVITY, join_packets, packet

G, DPS = STANDARD_GRAVITY, math.radians(1)
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def decoded(notifications: list[bytes], scheme: Scheme) -> Decoded:
    blocks = [packet("head", 1 + i, data) for i, data in enumerate(notifications)]
    return SchemeDecoder(encode(scheme)).push(join_packets(blocks))


# ------------------------------------------------------------------ description


@pytest.mark.parametrize("symbol", ["HU_PROFILE_F32", "HU_PROFILE_I16"])
def test_ready_made_profiles_describe_themselves_as_ours(core: ctypes.CDLL, symbol: str) -> None:
    ready = Profile.in_dll(core, symbol)
    assert described(core, ready) == encode(DIY if symbol.endswith("F32") else DIY_I16)


@SHARED
@given(
    st.sampled_from([F32, I16]),
    st.sampled_from(["m/s^2", "g", "g/2049.18", "m/s^2 max 78.5"]),
    st.sampled_from(["dps", "rad/s", "dps/14.2857", "deg/s max 1000"]),
    st.lists(st.floats(1, 1000, width=32), min_size=1, max_size=8),
    st.integers(0, 7),
)
def test_any_profile_is_read_by_our_parser(
    core: ctypes.CDLL, kind: int, acc: str, gyr: str, rates: list[float], default: int
) -> None:
    data = described(core, profile(kind, acc, gyr, rates, default))
    if default >= len(rates):
        assert data == b""
        return
    scheme = diy_scheme(kind, acc, gyr)
    found = parse(data)
    assert (found.sensor_id, found.name, found.components) == (0, "IMU", scheme.components)
    assert (found.rates_hz, found.default, found.streamed) == (tuple(rates), default, len(rates) - 1)
    assert len(data) <= 480


@pytest.mark.parametrize(
    "bad",
    [
        profile(0, "g", "dps", [50], 0),
        profile(F32, "", "dps", [50], 0),
        profile(F32, "g", "d" * 33, [50], 0),
        profile(F32, "g", "dps", [], 0),
        profile(F32, "g", "dps", [50] * 9, 0),
        profile(F32, "g", "dps", [0.5], 0),
        profile(F32, "g", "dps", [math.nan], 0),
        profile(F32, "g", "dps", [50], 1),
    ],
)
def test_a_profile_out_of_bounds_describes_nothing(core: ctypes.CDLL, bad: Profile) -> None:
    assert described(core, bad) == b""


def test_a_description_needs_its_room(core: ctypes.CDLL) -> None:
    whole = described(core, profile_of(DIY))
    assert described(core, profile_of(DIY), len(whole)) == whole
    for capacity in range(len(whole)):
        assert described(core, profile_of(DIY), capacity) == b""
    longest = profile(F32, "g" * 32, "d" * 32, [100.0] * 8, 0)
    assert 0 < len(described(core, longest)) <= 480
    assert parse(described(core, longest)).components[0].unit == "g" * 32
    assert MAX_COMPONENTS >= 6


# ------------------------------------------------------------------ notifications

FLOATS = st.lists(st.floats(-100, 100, width=32), min_size=6, max_size=6)
COUNTS = st.lists(st.integers(-32768, 32767), min_size=6, max_size=6)


@SHARED
@given(st.data(), st.sampled_from([F32, I16]), st.integers(1, 40), st.sampled_from([25.0, 50.0, 52.0, 104.0, 200.0]))
def test_what_the_core_packs_our_decoder_reads(
    core: ctypes.CDLL, data: st.DataObject, kind: int, per_notification: int, rate_hz: float
) -> None:
    rows = data.draw(st.lists(FLOATS if kind == F32 else COUNTS, min_size=1, max_size=60))
    scheme = DIY if kind == F32 else DIY_I16
    start = data.draw(st.integers(0, 2**52))
    packer = Packer(core, kind, per_notification, rate_hz)
    stamps = [start + round(i * 1e6 / rate_hz) for i in range(len(rows))]
    sent = [part for t_us, row in zip(stamps, rows, strict=True) for part in packer.add(t_us, row)] + packer.flush()
    got = decoded(sent, scheme)
    assert got.errors == ()
    assert max(len(part) for part in sent) <= 265
    assert got.samples.tick is not None
    assert np.abs(got.samples.tick - np.array(stamps)).max() <= 21  # a step is told to half a microsecond
    acc_scale, gyr_scale = (1, DPS) if kind == F32 else (G / 2048, DPS / 16.384)
    np.testing.assert_allclose(got.samples.acc, np.array(rows)[:, :3] * acc_scale, rtol=1e-15)
    np.testing.assert_allclose(got.samples.gyr, np.array(rows)[:, 3:] * gyr_scale, rtol=1e-15)


@SHARED
@given(
    st.lists(st.sampled_from([1, 1, 1, 1, 2, 3, 50]), min_size=2, max_size=80),
    st.lists(st.integers(-2000, 2000), min_size=80, max_size=80),
    st.integers(2, 10),
)
def test_a_notification_never_bridges_a_missed_sample(
    core: ctypes.CDLL, steps: list[int], jitter_us: list[int], samples: int
) -> None:
    """Whatever is missed, and with a jitter of 2 ms, each sample is told within half a step of where it was."""
    packer = Packer(core, F32, samples, 100.0)
    stamps = [
        10_000 * int(slot) + 2000 + wobble
        for slot, wobble in zip(np.cumsum(steps), jitter_us[: len(steps)], strict=True)
    ]
    sent = [part for t_us in stamps for part in packer.add(t_us, [1.0] * 6)] + packer.flush()
    got = decoded(sent, DIY)
    assert got.errors == ()
    assert got.samples.tick is not None
    assert len(got.samples.tick) == len(stamps)
    assert np.abs(got.samples.tick - np.array(stamps)).max() < 5000
    assert packer.frame.refused == 0


@pytest.mark.parametrize(("stamps", "step"), [((0, 10_001, 20_001), 10_001), ((0, 10_000, 20_001, 30_001), 10_000)])
def test_the_step_is_measured_and_rounded(core: ctypes.CDLL, stamps: tuple[int, ...], step: int) -> None:
    packer = Packer(core, I16, len(stamps), 100.0)
    (sent,) = [part for t_us in stamps for part in packer.add(t_us, [0] * 6)]
    assert int.from_bytes(sent[-2:], "little") == step


def test_numbers_that_are_none_and_time_that_stands_still_are_left_out(core: ctypes.CDLL) -> None:
    packer = Packer(core, F32, 2, 100.0)
    assert packer.add(1000, [1.0] * 6) == []
    for bad in (math.nan, math.inf, -math.inf):
        assert packer.add(11_000, [1.0, 2.0, bad, 4.0, 5.0, 6.0]) == []
    assert packer.add(1000, [2.0] * 6) == []
    assert packer.add(500, [2.0] * 6) == []
    (sent,) = packer.add(11_000, [3.0] * 6)
    assert packer.frame.refused == 5
    samples = decoded([sent], DIY).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [1000, 11_000]
    assert samples.acc[:, 0].tolist() == [1, 3]
    assert packer.add(11_000, [4.0] * 6) == [], "also behind a notification that is gone"


@pytest.mark.parametrize(
    ("samples", "rate_hz", "begun"),
    [(0, 100, False), (4, 0, False), (4, -5, False), (4, math.nan, False), (4, 1001, False), (1, 1, True)],
)
def test_impossible_streams_send_nothing(core: ctypes.CDLL, samples: int, rate_hz: float, begun: bool) -> None:
    packer = Packer(core, F32, samples, rate_hz)
    assert packer.begun is begun
    sent = [part for i in range(20) for part in packer.add(1_000_000 * i, [0.0] * 6)]
    assert len(sent) == (20 if begun else 0)


def test_where_the_step_does_not_fit_its_field_samples_go_one_by_one(core: ctypes.CDLL) -> None:
    packer = Packer(core, I16, 8, 20.0)
    sent = [part for i in range(5) for part in packer.add(50_000 * i, [i] * 6)]
    assert [len(part) for part in sent] == [22] * 5
    assert decoded(sent, DIY_I16).errors == ()


@pytest.mark.parametrize(("kind", "size"), [(F32, 24), (I16, 12)])
def test_a_notification_fits_its_link(core: ctypes.CDLL, kind: int, size: int) -> None:
    for mtu in (0, 12, 13, 23, 25, 26, 36, 37, 49, 63, 64, 111, 185, 247, 512, 65535):
        most = samples_for_mtu(core, kind, mtu, 255)
        length = [10 + n * size + (2 if n > 1 else 0) for n in range(most + 2)]
        assert most == 0 or (length[most] <= mtu - 3 and length[most] <= 265)
        assert length[most + 1] > mtu - 3 or length[most + 1] > 265
        assert samples_for_mtu(core, kind, mtu, 3) == min(3, most)
    assert samples_for_mtu(core, F32, 111, 8) == 4
    assert samples_for_mtu(core, I16, 111, 8) == 8


# ------------------------------------------------------------------ commands, clock, battery, name


@SHARED
@given(st.lists(st.binary(max_size=12) | st.binary(min_size=3, max_size=3), max_size=10), st.booleans())
def test_any_write_is_obeyed_or_refused_whole(core: ctypes.CDLL, writes: list[bytes], on: bool) -> None:
    stream, what = Stream(on, 1), profile_of(DIY)
    for data in writes:
        before = (stream.on, stream.rate)
        answer = configured(core, stream, what, data)
        if len(data) != 3:
            assert answer == 0x0D
        elif data[0] != 0 or data[2] > 1 or (data[2] == 1 and data[1] > 1):
            assert answer == 0x13
        else:
            assert answer == 0
            before = (data[2] == 1, data[1] if data[2] else before[1])
        assert (stream.on, stream.rate) == before
        assert requested(core, data) == (0x0D if len(data) != 1 else 0 if data == b"\0" else 0x13)


@SHARED
@given(st.integers(0, 2**32 - 1), st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 10**6)), max_size=50))
def test_the_clock_goes_on_past_the_timer_s_end(core: ctypes.CDLL, begin: int, steps: list[tuple[int, int]]) -> None:
    """Whatever the timer began with; a reading from a moment before is that moment, no wrap."""
    clock, now = Clock(False, 0, 0), begin
    assert clock_us(core, clock, now) == now
    for step, earlier in steps:
        now += step
        assert clock_us(core, clock, now % 2**32) == now
        before = max(now - earlier, 0)
        assert clock_us(core, clock, before % 2**32) == before


def test_the_battery_falls_steadily(core: ctypes.CDLL) -> None:
    percents = [battery_percent(core, millivolts) for millivolts in range(0, 65536, 5)]
    assert percents[0] == 0
    assert percents[-1] == 100
    assert all(0 <= after - before <= 2 for before, after in pairwise(percents))
    assert (battery_percent(core, 3300), battery_percent(core, 3800), battery_percent(core, 4180)) == (0, 45, 100)


def test_the_name_ends_as_the_address_does(core: ctypes.CDLL) -> None:
    assert name(core, 0x1A, 0x2B) == "HeadsUp-1A2B"
    assert name(core, 0x00, 0xFF) == "HeadsUp-00FF"


# ------------------------------------------------------------------ under sanitizers


def sample(t_us: int, numbers: bytes) -> bytes:
    return struct.pack("<Q", t_us) + numbers


COMMANDS = st.one_of(
    st.tuples(st.just(0), st.binary(max_size=12) | st.binary(min_size=3, max_size=3)),
    st.tuples(st.just(1), st.binary(max_size=3)),
    st.tuples(st.just(2), st.binary(min_size=3, max_size=3)),
    st.tuples(
        st.just(3),
        st.builds(
            sample,
            st.integers(0, 2**64 - 1) | st.integers(0, 300_000),
            st.binary(min_size=24, max_size=24) | st.binary(min_size=12, max_size=12),
        ),
    ),
    st.tuples(st.just(4), st.binary(min_size=2, max_size=60)),
    st.tuples(st.just(5), st.binary(min_size=4, max_size=4)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(COMMANDS, min_size=20, max_size=200))
def test_no_input_makes_the_sanitizers_complain(checked_program: Path, commands: list[tuple[int, bytes]]) -> None:
    stream = b"".join(bytes((operation, len(data))) + data for operation, data in commands)
    done = subprocess.run([str(checked_program)], input=stream, capture_output=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert done.stderr == b""


def test_the_sanitized_program_answers_as_the_library_does(checked_program: Path) -> None:
    rows = [struct.pack("<6f", *(float(i + k) for k in range(6))) for i in range(4)]
    stream = b"".join(bytes((3, 32)) + sample(5_000_000 + 10_000 * i, row) for i, row in enumerate(rows))
    done = subprocess.run([str(checked_program)], input=stream, capture_output=True, timeout=20, check=True)
    *nothing, last = done.stdout.decode().splitlines()
    assert nothing == [""] * 3
    samples = decoded([bytes.fromhex(last)], DIY).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == [5_000_000, 5_010_000, 5_020_000, 5_030_000]
    assert samples.acc[:, 0].tolist() == [0, 1, 2, 3]
