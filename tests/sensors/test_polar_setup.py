"""The Polar families are set up by question and answer; every refusal is a plain sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import block

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors import registry
from monitor.sensors.base import Await, Read, Recipe, Request, Step, StreamSetup, Write
from monitor.sensors.battery_level import BATTERY_LEVEL
from monitor.sensors.polar import ACCELEROMETER_FAMILY, CONTROL, FAMILY
from monitor.sensors.polar_control import Setting, encode_settings, measures, parse_settings, stopped
from monitor.sensors.polar_decoder import PolarDecoder, parse_config
from monitor.sensors.polar_frames import Measurement
from monitor.values import STANDARD_GRAVITY

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
