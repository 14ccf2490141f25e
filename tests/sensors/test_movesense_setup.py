"""Setting a Movesense sensor up: what fits the link, what the firmware knows, its refusals, stop and battery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SensorSetupError
from monitor.sensors import gsp, movesense
from monitor.sensors.base import NotificationSize, Recipe, Request, Step, StreamSetup, Write
from monitor.sensors.gsp import Op
from monitor.sensors.movesense import BATTERY, FAMILY, battery_percent, plans, read_battery, start

GREETING = b"\x01\x01\x01174630000192\x00HR2\x000C-8C-DC-1B-23-BF\x00Default\x002.3.1\x00"


def converse(recipe: Recipe, size: int, answer: Callable[[bytes], bytes]) -> tuple[list[bytes], StreamSetup]:
    """Runs a recipe against a sensor that gives `answer(command)`; the commands it was sent, and the result."""
    commands: list[bytes] = []
    sent = b""
    try:
        step: Step = next(recipe)
        while True:
            match step:
                case NotificationSize():
                    sent = size.to_bytes(2, "little")
                case Request(characteristic=gsp.COMMAND, data=data, answer=gsp.DATA, is_answer=is_answer):
                    commands.append(data)
                    sent = answer(data)
                    assert is_answer is not None
                    assert is_answer(sent)
                    assert not is_answer(b"\x02\x05 data of another stream")
                case Write(characteristic=gsp.COMMAND, data=data):
                    commands.append(data)
                    sent = b""
                case _:
                    pytest.fail(f"an unexpected step: {step}")
            step = recipe.send(sent)
    except StopIteration as done:
        return commands, done.value


def sensor(knows: Callable[[str], bool] = lambda _: True, status: int = 404) -> Callable[[bytes], bytes]:
    """A sensor that accepts the paths it knows."""

    def answer(command: bytes) -> bytes:
        if command[0] == Op.HELLO:
            return b"\x01" + command[1:2] + GREETING[2:]
        code = 200 if knows(command[2:].decode()) else status
        return bytes((1, command[1])) + code.to_bytes(2, "little")

    return answer


@pytest.mark.parametrize(
    ("size", "paths", "rate"),
    [
        (512, ["/Meas/IMU6/104"], 104),
        (198, ["/Meas/IMU6/104"], 104),
        (197, ["/Meas/IMU6/52"], 52),
        (158, ["/Meas/IMU6/52"], 52),
        (102, ["/Meas/IMU6/52"], 52),
        (101, ["/Meas/Acc/52", "/Meas/Gyro/52"], 52),
        (20, ["/Meas/Acc/52", "/Meas/Gyro/52"], 52),
    ],
)
def test_the_stream_fits_the_link(size: int, paths: list[str], rate: float) -> None:
    commands, setup = converse(start(104.0), size, sensor())
    assert commands[0] == gsp.command(Op.HELLO, 1)
    assert [command[2:].decode() for command in commands[1:]] == paths
    assert all(command[0] == Op.SUBSCRIBE for command in commands[1:])
    assert setup.rate_hz == rate
    movesense.decoder(setup.config)


def test_a_slower_rate_may_be_asked_for() -> None:
    commands, setup = converse(start(52.0), 512, sensor())
    assert [command[2:].decode() for command in commands[1:]] == ["/Meas/IMU6/52"]
    assert setup.rate_hz == 52.0


def test_what_the_firmware_does_not_know_is_replaced_by_the_next_best() -> None:
    commands, setup = converse(start(104.0), 512, sensor(lambda path: path.endswith("52")))
    assert [command[2:].decode() for command in commands[1:]] == ["/Meas/IMU6/104", "/Meas/IMU6/52"]
    assert setup.rate_hz == 52.0
    commands, setup = converse(start(104.0), 158, sensor(lambda path: "IMU" not in path))
    assert [c[2:].decode() for c in commands[1:]] == ["/Meas/IMU6/52", "/Meas/Acc/52", "/Meas/Gyro/52"]


def test_a_refusal_of_everything_says_what_to_do() -> None:
    with pytest.raises(SensorSetupError) as refused:
        converse(start(104.0), 158, sensor(lambda _: False))
    assert str(refused.value) == (
        "Movesense: starting its stream failed: its firmware (Default 2.3.1) does not know /Meas/IMU6/52; "
        "update it with the Movesense app"
    )


def test_half_of_a_plan_is_taken_back() -> None:
    commands: list[bytes] = []
    answer = sensor(lambda path: path == "/Meas/Acc/52", status=507)

    def listening(command: bytes) -> bytes:
        commands.append(command)
        return answer(command)

    recipe = start(52.0)
    with pytest.raises(SensorSetupError, match="it has no room for another stream"):
        converse(recipe, 20, listening)
    assert [command[0] for command in commands] == [Op.HELLO, Op.SUBSCRIBE, Op.SUBSCRIBE]


def test_data_of_the_stream_is_as_good_as_an_answer() -> None:
    def answer(command: bytes) -> bytes:
        return sensor()(command) if command[0] == Op.HELLO else bytes((2, command[1])) + bytes(100)

    _, setup = converse(start(52.0), 158, answer)
    assert setup.rate_hz == 52.0


@given(st.binary(max_size=30), st.binary(max_size=30), st.integers(0, 65535))
def test_whatever_it_answers_ends_in_a_setup_or_a_sentence(greeting: bytes, status: bytes, size: int) -> None:
    def answer(command: bytes) -> bytes:
        return bytes((1, command[1])) + (greeting if command[0] == Op.HELLO else status)

    try:
        _, setup = converse(start(104.0), size, answer)
    except SensorSetupError as error:
        text = str(error)
        assert text.startswith("Movesense: starting its stream failed: ")
        assert text.isprintable()
    else:
        movesense.decoder(setup.config)


@given(st.floats(1, 2000), st.integers(20, 512))
def test_there_is_always_a_plan(rate_hz: float, size: int) -> None:
    found = plans(rate_hz, size)
    assert found
    assert all(plan for plan in found)


def test_stop_ends_all_streams() -> None:
    written = [step.data for step in FAMILY.stop() if isinstance(step, Write)]
    assert sorted(written) == [b"\x02\x61", b"\x02\x62", b"\x02\x63"]


def test_battery_is_asked_for_and_comes_among_the_data() -> None:
    (step,) = read_battery()
    assert step == Write(gsp.COMMAND, b"\x04\x02/System/Energy/Level")
    assert FAMILY.battery_in_data
    assert battery_percent(bytes((1, BATTERY, 200, 0, 87))) == 87


@pytest.mark.parametrize(
    "notification",
    [b"", b"\x01\x02", b"\x01\x02\xc8\x00", b"\x01\x02\xc8\x00\x65", b"\x01\x02\x94\x01\x57", b"\x02\x02\xc8\x00\x57",
     b"\x01\x63\xc8\x00\x57"],
)  # fmt: skip
def test_no_battery_in_other_notifications(notification: bytes) -> None:
    assert battery_percent(notification) is None
