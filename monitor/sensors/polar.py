"""Polar sensors with the measurement service PMD: what the two families are and how they are set up.

`polar` is the Verity Sense, acceleration and turning; `polar_acc` those with an accelerometer alone. The control
point's bytes are in `polar_control`, the data's in `polar_frames`. Sources: polarofficial/polar-ble-sdk and its
online_measurement.pdf. See firmware_notes/polar.md.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import (
    Await,
    Decoder,
    DeviceClock,
    Read,
    Recipe,
    Request,
    SensorFamily,
    Step,
    StreamSetup,
    Write,
)
from monitor.sensors.battery_level import read_battery
from monitor.sensors.polar_control import (
    GET_SETTINGS,
    START,
    STOP,
    Answer,
    Setting,
    Settings,
    Status,
    chosen,
    command,
    is_answer,
    measures,
    parse_answer,
    parse_settings,
)
from monitor.sensors.polar_decoder import PolarDecoder, encode_config, samples_in
from monitor.sensors.polar_frames import Measurement
from monitor.values import STANDARD_GRAVITY

__all__ = ["ACCELEROMETER_FAMILY", "CONTROL", "DATA", "FAMILY", "SERVICE", "PolarDecoder"]

SERVICE: Final = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL: Final = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA: Final = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

FULL_SCALE: Final = {Measurement.ACC: 8.0, Measurement.GYRO: 2000.0}
"""g and dps to ask for: a running head stays within them, and outside its SDK mode a Verity Sense offers no more."""
MOST_PARTS: Final = 16
"""Of one answer: a sensor that goes on for ever is not waited for."""
_WORDS: Final = {Measurement.ACC: "accelerometer", Measurement.GYRO: "gyroscope"}


class _Setup:
    """The recipe of one family; `who` names the sensor in errors."""

    def __init__(self, who: str, measurements: Sequence[Measurement]) -> None:
        self._who = who
        self._measurements = tuple(measurements)

    def start(self, rate_hz: float) -> Recipe:
        """Asks what each measurement offers, then starts each at the rate nearest to `rate_hz`.

        Raises SensorSetupError, and leaves nothing running then, where the sensor refuses one of them.
        """
        features = yield Read(CONTROL)
        for each in self._measurements:
            if not measures(features, each):
                raise self._failed("set-up", f"it has no {_WORDS[each]}")
        settings: dict[Measurement, Settings] = {}
        for each in self._measurements:
            settings[each] = yield from self._choose(each, rate_hz)
        running: list[Measurement] = []
        try:
            for each in self._measurements:
                settings[each] |= yield from self._begin(each, settings[each])
                running.append(each)
            config = self._config(settings)
        except SensorSetupError:
            for each in running:
                yield Write(CONTROL, command(STOP, each))
            raise
        return StreamSetup(config, float(settings[Measurement.ACC][Setting.RATE][0]))

    def stop(self) -> Recipe:
        """Ends each measurement; a chest strap would go on until its battery is empty."""
        for each in self._measurements:
            yield Write(CONTROL, command(STOP, each))
        return StreamSetup(b"", 0.0)

    def _choose(self, measurement: Measurement, rate_hz: float) -> Generator[Step, bytes, Settings]:
        doing = f"asking what its {_WORDS[measurement]} offers"
        answer = yield from self._ask(GET_SETTINGS, doing, command(GET_SETTINGS, measurement))
        if answer.refusal:
            raise self._failed(doing, answer.refusal)
        try:
            return chosen(parse_settings(answer.parameters), rate_hz, FULL_SCALE[measurement])
        except DecodeError as error:
            raise self._failed(doing, f"its answer cannot be used ({error})") from error

    def _begin(self, measurement: Measurement, settings: Settings) -> Generator[Step, bytes, Settings]:
        """Starts one measurement; gives what its answer adds to the settings: the factor."""
        doing = f"starting its {_WORDS[measurement]}"
        start = command(START, measurement, settings)
        answer = yield from self._ask(START, doing, start)
        if answer.status == Status.ALREADY:
            # Left running by an earlier link, with settings that nobody knows any more.
            yield from self._ask(STOP, doing, command(STOP, measurement))
            answer = yield from self._ask(START, doing, start)
        if answer.refusal:
            raise self._failed(doing, answer.refusal)
        try:
            told = parse_settings(answer.parameters)
        except DecodeError as error:
            raise self._failed(doing, f"its answer cannot be used ({error})") from error
        return {Setting.FACTOR: told[Setting.FACTOR]} if Setting.FACTOR in told else {}

    def _config(self, settings: Mapping[Measurement, Settings]) -> bytes:
        config = encode_config(settings)
        try:
            PolarDecoder(config, has_gyro=Measurement.GYRO in settings)
        except DecodeError as error:
            raise self._failed("set-up", f"its settings make no sense ({error})") from error
        return config

    def _ask(self, op: int, doing: str, data: bytes) -> Generator[Step, bytes, Answer]:
        """Sends a command; its answer with the parameters of all parts."""
        expected = partial(is_answer, op)
        try:
            answer = parse_answer((yield Request(CONTROL, data, CONTROL, expected)))
            parts = [answer.parameters]
            while answer.more:
                if len(parts) == MOST_PARTS:
                    raise self._failed(doing, "its answer has no end")
                answer = parse_answer((yield Await(CONTROL, expected)))
                parts.append(answer.parameters)
        except DecodeError as error:
            # Where no answer comes in time, what is read instead is no answer either.
            raise self._failed(doing, "it did not answer; is another app connected to it?") from error
        return replace(answer, parameters=b"".join(parts))

    def _failed(self, doing: str, reason: str) -> SensorSetupError:
        return SensorSetupError(self._who, doing, reason)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder of acceleration and turning. Raises DecodeError for a config that holds anything else."""
    return PolarDecoder(config, has_gyro=True)


def accelerometer_decoder(config: bytes) -> Decoder:
    """A fresh decoder of acceleration alone. Raises DecodeError for a config that holds anything else."""
    return PolarDecoder(config, has_gyro=False)


_verity: Final = _Setup("Polar Verity Sense", (Measurement.ACC, Measurement.GYRO))
_accelerometer: Final = _Setup("Polar sensor", (Measurement.ACC,))

FAMILY: Final = SensorFamily(
    key="polar",
    label="Polar Verity Sense",
    name_prefixes=("Polar Sense",),
    service=SERVICE,
    data=DATA,
    clock=DeviceClock(tick_ns=1, wrap_bits=0),
    has_gyro=True,
    rates_hz=(52.0,),
    default_rate_hz=52.0,
    acc_full_scale=FULL_SCALE[Measurement.ACC] * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(FULL_SCALE[Measurement.GYRO]),
    notification_interval_s=2.0,
    min_mtu=230,
    sites=("temple, in the maker's goggle-strap clip", "cap or headband", "shoulder strap"),
    checked_against=(
        "captured packets: the beginnings of two acceleration frames (188 of 227 bytes, 129 of 151), a start command "
        "and its answer; gyroscope, settings and whole frames against vendor tests"
    ),
    cannot=(
        "it sends one to two seconds at once, more when held still: what you see and hear comes that much late",
        "no more than 52 Hz and 8 g: its SDK mode, which offers more, is not used",
        "its clock may be years off and is set now and then: only differences are used",
        "it serves one app: close Polar Flow and others first",
    ),
    start=_verity.start,
    stop=_verity.stop,
    decoder=decoder,
    read_battery=read_battery,
    samples_in=samples_in,
    unfit="update it with the Polar Flow app, and set it up there once",
)

ACCELEROMETER_FAMILY: Final = replace(
    FAMILY,
    key="polar_acc",
    label="Polar H10, OH1, 360, Loop",
    name_prefixes=("Polar H10", "Polar OH1", "Polar 360", "Polar Loop"),
    only_asked_for=("Polar H10",),
    has_gyro=False,
    rates_hz=(50.0,),
    default_rate_hz=50.0,
    gyr_full_scale=0.0,
    notification_interval_s=1.5,
    sites=("chest, on its strap (H10): sees the trunk, never the head", "cap or headband (OH1, 360, Loop)"),
    checked_against=(
        "vendor tests: frames of the H10's and OH1's form; a captured H10 command and answers of other measurements; "
        "no packet of a 360 or Loop"
    ),
    cannot=(
        "no gyroscope: posture follows from the acceleration alone, slower and less sure",
        "it sends about a second at once: what you see and hear comes that much late",
        "an H10 drops the link 45 s after it leaves its strap",
        "a 360 or Loop serves only the phone it was paired with first",
    ),
    start=_accelerometer.start,
    stop=_accelerometer.stop,
    decoder=accelerometer_decoder,
)
