"""The Polar families: set-up by question and answer, samples joined from two streams, what is kept to decode later."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block, everything, in_blocks

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors import registry
from monitor.sensors.base import Await, Read, Recipe, Request, Step, StreamSetup, Write
from monitor.sensors.polar import ACCELEROMETER_FAMILY, BATTERY_LEVEL, CONTROL, FAMILY
from monitor.sensors.polar_control import Setting, Settings, encode_settings, measures, parse_settings, stopped
from monitor.sensors.polar_decoder import PolarDecoder, encode_config, parse_config
from monitor.sensors.polar_encoding import encode_frame
from monitor.sensors.polar_frames import Measurement
from monitor.values import STANDARD_GRAVITY, SampleBlock

ACC, GYRO = Measurement.ACC, Measurement.GYRO
FEATURES = bytes.fromhex("0f2e") + bytes(15)
ACC_OFFER = bytes.fromhex("00013400 01011000 02010800 040103")
GYRO_OFFER = bytes.fromhex("00013400 01011000 0204f500f401e803d007 040103")
ACC_START = bytes.fromhex("0202 00013400 01011000 02010800 040103")
GYRO_START = bytes.fromhex("0205 00013400 01011000 0201d007 040103")
FACTOR = bytes.fromhex("0501") + np.float32(0.0625).tobytes()


def answer(op: int, kind: int, parameters: bytes = b"", status: int = 0, more: int = 0) -> bytes:
    return bytes((0xF0, op, kind, status, more)) + parameters


USUAL = {
    b"\x01\x02": [answer(1, 2, ACC_OFFER)],
    b"\x01\x05": [answer(1, 5, GYRO_OFFER)],
    ACC_START: [answer(2, 2)],
    GYRO_START: [answer(2, 5, FACTOR)],
    b"\x03\x02": [answer(3, 2)],
    b"\x03\x05": [answer(3, 5)],
}


class Sensor:
    """Answers a recipe; `answers` to each command, one list of parts after the other."""

    def __init__(self, answers: dict[bytes, list[bytes]], features: bytes = FEATURES) -> None:
        self._answers = {data: list(parts) for data, parts in answers.items()}
        self._features = features
        self._coming: list[bytes] = []
        self.asked: list[bytes] = []

    def carry_out(self, recipe: Recipe) -> StreamSetup:
        reply = None
        while True:
            try:
                step = next(recipe) if reply is None else recipe.send(reply)
            except StopIteration as finished:
                setup: StreamSetup = finished.value
                return setup
            reply = self._reply(step)

    def _reply(self, step: Step) -> bytes:
        if isinstance(step, Read):
            assert step.characteristic == CONTROL
            return self._features
        assert isinstance(step, Request | Await | Write)
        if isinstance(step, Await):
            assert step.is_answer is not None
            part = self._coming.pop(0)
            assert step.is_answer(part)
            return part
        assert step.characteristic == CONTROL
        self.asked.append(step.data)
        if isinstance(step, Write):
            return b""
        assert step.is_answer is not None
        assert not step.is_answer(b"\x01\x02\x05"), "what it says unasked is no answer"
        parts = self._answers.get(step.data, [])
        if not parts:
            return self._features  # nothing came: what can be read there
        # Answers with more to come are taken together.
        self._coming = [parts.pop(0)]
        while parts and self._coming[-1][4]:
            self._coming.append(parts.pop(0))
        assert step.is_answer(self._coming[0])
        return self._coming.pop(0)


def start(answers: dict[bytes, list[bytes]], features: bytes = FEATURES) -> tuple[StreamSetup, list[bytes]]:
    sensor = Sensor(answers, features)
    return sensor.carry_out(FAMILY.start(52.0)), sensor.asked


# ------------------------------------------------------------------ set-up


def test_a_verity_sense_is_asked_then_started_with_what_it_offers() -> None:
    setup, asked = start(USUAL)
    assert asked == [b"\x01\x02", b"\x01\x05", ACC_START, GYRO_START]
    assert setup.rate_hz == 52.0
    streams = parse_config(setup.config)
    assert streams[ACC] == {
        Setting.RATE: (52,),
        Setting.RESOLUTION: (16,),
        Setting.RANGE: (8,),
        Setting.CHANNELS: (3,),
    }
    assert streams[GYRO][Setting.RANGE] == (2000,)
    assert streams[GYRO][Setting.FACTOR] == (0.0625,)


def test_an_h10_offers_no_channels_and_is_started_at_50_hz_and_8_g() -> None:
    offer = bytes.fromhex("0004190032006400c800 01011000 0203020004000800")
    begin = bytes.fromhex("0202 00013200 01011000 02010800")
    sensor = Sensor({b"\x01\x02": [answer(1, 2, offer)], begin: [answer(2, 2)]}, bytes.fromhex("0f05"))
    setup = sensor.carry_out(ACCELEROMETER_FAMILY.start(50.0))
    assert sensor.asked == [b"\x01\x02", begin]
    assert setup.rate_hz == 50.0
    assert len(ACCELEROMETER_FAMILY.decoder(setup.config).push(block([b""])).samples) == 0


def test_ranges_in_thousandths_count_as_well() -> None:
    offer = encode_settings({Setting.RATE: (52,), Setting.RANGE_MILLI: (4000, 8000, 16000)})
    begin = bytes.fromhex("0202 00013400 0301401f0000")
    answers = USUAL | {b"\x01\x02": [answer(1, 2, offer)], begin: [answer(2, 2)]}
    setup, _ = start(answers)
    decoder = PolarDecoder(setup.config, has_gyro=True)
    assert decoder._clips[ACC] == pytest.approx(0.995 * 8 * STANDARD_GRAVITY)


@pytest.mark.parametrize("size", [1, 4, 9])
def test_an_answer_in_parts_is_put_together(size: int) -> None:
    parts = [GYRO_OFFER[i : i + size] for i in range(0, len(GYRO_OFFER), size)]
    if len(parts) > 16:
        parts = [GYRO_OFFER[:2], GYRO_OFFER[2:3], GYRO_OFFER[3:]]
    several = [answer(1, 5, part, more=int(part is not parts[-1])) for part in parts]
    setup, asked = start(USUAL | {b"\x01\x05": several})
    assert asked[-1] == GYRO_START
    assert setup == start(USUAL)[0]


def test_an_answer_without_end_is_given_up() -> None:
    endless = [answer(1, 5, b"", more=1)] * 40
    with pytest.raises(SensorSetupError, match="its answer has no end"):
        start(USUAL | {b"\x01\x05": endless})


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (10, "starting its gyroscope failed: this Bluetooth link carries too few bytes at once"),
        (13, "it sits in its charger: take it out"),
        (12, "choose the heart rate mode"),
        (8, "does not take the sample rate"),
        (99, "unknown status 99"),
    ],
)
def test_a_refusal_is_a_plain_sentence_and_leaves_nothing_running(status: int, words: str) -> None:
    sensor = Sensor(USUAL | {GYRO_START: [answer(2, 5, status=status)]})
    with pytest.raises(SensorSetupError, match=f"^Polar Verity Sense: .*{words}"):
        sensor.carry_out(FAMILY.start(52.0))
    assert sensor.asked[-2:] == [GYRO_START, b"\x03\x02"], "the accelerometer, started before, is stopped"


def test_what_an_earlier_link_left_running_is_stopped_and_started_anew() -> None:
    again = [answer(2, 2, status=6), answer(2, 2)]
    setup, asked = start(USUAL | {ACC_START: again})
    assert asked[2:] == [ACC_START, b"\x03\x02", ACC_START, GYRO_START]
    assert setup == start(USUAL)[0]
    stubborn = [answer(2, 2, status=6)] * 2
    with pytest.raises(SensorSetupError, match="it streams to another app"):
        start(USUAL | {ACC_START: stubborn})


@pytest.mark.parametrize(
    ("command", "parts", "words"),
    [
        (b"\x01\x02", [], "it did not answer"),
        (b"\x01\x02", [answer(1, 2)], "expected a sample rate, got none"),
        (b"\x01\x02", [answer(1, 2, ACC_OFFER[:5])], "its answer cannot be used"),
        (b"\x01\x02", [answer(1, 2, b"\x09\x01\x00")], "expected a known kind of setting, got 9"),
        (b"\x01\x02", [answer(1, 2, ACC_OFFER[:-1] + b"\x01")], "expected three channels, got 1"),
        (b"\x01\x05", [answer(1, 5, status=3)], "what its gyroscope offers failed: it does not support this"),
        (GYRO_START, [answer(2, 5, b"\x05\x01\x00")], "its answer cannot be used"),
        (GYRO_START, [answer(2, 5, b"\x05\x01" + np.float32(-1).tobytes())], "expected a factor above 0"),
        (GYRO_START, [answer(2, 5, b"\x05\x01" + np.float32(np.inf).tobytes())], "expected a factor above 0"),
        (GYRO_START, [answer(2, 5, b"\x05\x00")], "expected a factor above 0"),
    ],
)
def test_answers_that_cannot_be_used_are_said_so(command: bytes, parts: list[bytes], words: str) -> None:
    with pytest.raises(SensorSetupError, match=words):
        start(USUAL | {command: parts})


def test_a_sensor_without_a_gyroscope_is_told_at_once() -> None:
    sensor = Sensor(USUAL, bytes.fromhex("0f0e"))
    with pytest.raises(SensorSetupError, match="it has no gyroscope"):
        sensor.carry_out(FAMILY.start(52.0))
    assert sensor.asked == []


@pytest.mark.parametrize("features", [b"", b"\x0f", b"\x00\x00"])
def test_features_that_tell_nothing_are_no_obstacle(features: bytes) -> None:
    assert start(USUAL, features) == start(USUAL)
    assert measures(features, GYRO)


def test_the_recipe_to_stop_ends_each_measurement() -> None:
    assert [step.data for step in FAMILY.stop() if isinstance(step, Write)] == [b"\x03\x02", b"\x03\x05"]
    assert [step.data for step in ACCELEROMETER_FAMILY.stop() if isinstance(step, Write)] == [b"\x03\x02"]


@pytest.mark.parametrize(("value", "percent"), [(b"\x57", 87), (b"\x65", None), (b"", None), (b"\x01\x02", None)])
def test_battery(value: bytes, percent: int | None) -> None:
    assert FAMILY.read_battery is not None
    recipe = FAMILY.read_battery()
    assert next(recipe) == Read(BATTERY_LEVEL)
    with pytest.raises(StopIteration) as finished:
        recipe.send(value)
    assert finished.value.value == percent


def test_what_the_sensor_says_unasked() -> None:
    assert stopped(b"\x01\x02\x05") == {ACC, GYRO}
    assert stopped(answer(1, 2)) == stopped(b"") == frozenset()


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_settings_are_read_or_refused(data: bytes) -> None:
    try:
        found = parse_settings(data)
    except DecodeError:
        return
    assert encode_settings(parse_settings(encode_settings(found))) == encode_settings(found)
    assert len(encode_settings(found)) <= len(data)


def test_settings_for_recordings_in_the_sensor_are_passed_over() -> None:
    assert parse_settings(b"\x06\x01" + bytes(16) + ACC_OFFER) == parse_settings(ACC_OFFER)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Polar Sense A1B2C3D4", "polar"),
        ("Polar H10 12345678", "polar_acc"),
        ("Polar OH1 12345678", "polar_acc"),
        ("Polar 360 12345678", "polar_acc"),
        ("Polar H9 12345678", None),
        ("Polar Vantage V3 12345678", None),
    ],
)
def test_names(name: str, key: str | None) -> None:
    found = registry.match(name, ["0000180d-0000-1000-8000-00805f9b34fb"])
    assert (found.key if found else None) == key


# ------------------------------------------------------------------ samples

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
