"""The GATT SensorData Protocol: commands, answers, sentences, blocks and their parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DecodeError
from monitor.sensors import gsp
from monitor.sensors.gsp import Op, Quantity, Subscription

GREETING = b"\x01\x01\x01174630000192\x00HR2\x000C-8C-DC-1B-23-BF\x00Default\x002.3.1\x00"


def test_commands() -> None:
    assert gsp.command(Op.HELLO, 7) == b"\x00\x07"
    assert gsp.command(Op.SUBSCRIBE, 0x63, "/Meas/IMU6/52") == b"\x01\x63/Meas/IMU6/52"
    assert gsp.command(Op.UNSUBSCRIBE, 0x63) == b"\x02\x63"
    assert gsp.command(Op.GET, 2, gsp.ENERGY_LEVEL) == b"\x04\x02/System/Energy/Level"


@pytest.mark.parametrize(
    ("answer", "code"), [(b"\x01\x63\xc8\x00", 200), (b"\x01\x63\x94\x01xx", 404), (b"\x01\x63\xc8", 0)]
)
def test_status(answer: bytes, code: int) -> None:
    assert gsp.is_answer(answer, 0x63)
    assert not gsp.is_answer(answer, 0x62)
    assert gsp.status(answer) == code


def test_a_greeting_names_the_firmware_where_it_does() -> None:
    assert gsp.application(GREETING) == "Default 2.3.1"
    assert gsp.application(b"\x01\x01Hello") == ""
    assert gsp.application(b"\x01\x01") == ""
    assert gsp.application(b"\x01\x01\x01a\0b\0c\0\x1b[31m\0\xff\0") == ""
    assert len(gsp.application(b"\x01\x01\x01a\0b\0c\0" + b"d" * 400)) == 60


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (404, "its firmware (Default 2.1) does not know /Meas/IMU6/104; update it with the Movesense app"),
        (409, "it is busy recording; end that in the Movesense app"),
        (507, "it has no room for another stream; take its battery out and put it back"),
        (0, "its answer was cut off; update its firmware with the Movesense app"),
        (599, "it answered /Meas/IMU6/104 with status 599; take its battery out and put it back"),
    ],
)
def test_every_refusal_says_what_to_do(code: int, says: str) -> None:
    assert gsp.refusal(code, "/Meas/IMU6/104", "Default 2.1") == says


@given(st.integers(0, 65535))
def test_any_status_is_one_sentence(code: int) -> None:
    assert "; " in gsp.refusal(code, "/Meas/Acc/52", "")


def test_paths() -> None:
    about = gsp.subscription(99, "/Meas/IMU9/104")
    assert (about.name, about.rate_hz, about.path) == ("IMU9", 104, "/Meas/IMU9/104")
    assert about.quantities == (Quantity.ACC, Quantity.GYR, Quantity.MAG)
    assert about.usual_samples == 8
    assert about.body_size(4) == 148


@pytest.mark.parametrize(
    "path", ["", "/Meas/IMU6", "Meas/IMU6/52", "/Meas/ECG/125", "/Meas/IMU6/50", "/Meas/IMU6/52/", "/Meas/Acc/٥٢"]
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(DecodeError, match="a path such as /Meas/IMU6/52"):
        gsp.subscription(1, path)


@pytest.mark.parametrize(("name", "n", "size"), [("Acc", 4, 52), ("IMU6", 4, 100), ("IMU6", 8, 196), ("IMU9", 4, 148)])
def test_the_size_of_a_block_tells_its_samples(name: str, n: int, size: int) -> None:
    about = Subscription(99, name, 52)
    assert about.body_size(n) == size
    assert about.samples_in(size) == n
    assert [about.samples_in(other) for other in (0, 4, size - 1, size + 4, 100_000 * 72 + 4)] == [0] * 5


@given(st.integers(1, 20), st.integers(8, 300))
def test_a_block_in_parts_is_the_block(n: int, size: int) -> None:
    body = gsp.encode_block(7, [np.ones((n, 3)), np.zeros((n, 3))])
    sent = list(gsp.in_notifications(99, body, size))
    assert all(len(each) <= size for each in sent)
    assert [each[0] for each in sent] == [2, 3][: len(sent)]
    if len(body) <= 2 * (size - 2):
        assert b"".join(each[2:] for each in sent) == body


def test_the_stamp_of_a_block_wraps() -> None:
    assert gsp.encode_block((1 << 32) + 5, [])[:4] == b"\x05\0\0\0"
