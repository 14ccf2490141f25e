"""Every exception of a Bluetooth stack becomes a plain reason."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from monitor.errors import SensorSetupError
from monitor.sources.ble_errors import LinkLostError, plain_reason, unavailable


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError("connecting"), "no answer from the sensor while connecting"),
        (TimeoutError(), "no answer from the sensor while waiting for it"),
        (BleakError("device disconnected"), "the link broke"),
        (BleakError("Not connected"), "the link broke"),
        (BleakError(), "Bluetooth trouble: BleakError"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-peer"]), "le-connection-abort-by-peer"),
        (BleakDBusError("org.bluez.Error.NotReady", ["x"]), "switched off"),
        (LinkLostError(), "the link broke"),
        (BleakGATTProtocolError(0x13), "refused a command (value not allowed)"),
        (BleakGATTProtocolError(0x05), "wants to be paired"),
        (BleakGATTProtocolError(0x0F), "wants to be paired"),
        (BleakGATTProtocolError(0x9E), "refused a command"),
        (BleakCharacteristicNotFoundError("2a19"), "lacks a channel"),
        (BleakDeviceNotFoundError("AA", "AA was not found."), "out of reach"),
        (EOFError(), "service went away"),
        (BrokenPipeError(), "service went away"),
        (FileNotFoundError(2, "No such file"), "Bluetooth trouble"),
        (SensorSetupError("cap", "set-up", "too old."), "cap: set-up failed: too old"),
        (ValueError("x\ny"), "something unexpected: x"),
        (ValueError(), "something unexpected: ValueError"),
    ],
)
def test_plain_reason(error: BaseException, words: str) -> None:
    reason = plain_reason(error)
    assert words in reason
    assert "\n" not in reason
    assert not reason.endswith(".")


def test_reasons_stay_short_whatever_the_stack_says() -> None:
    assert len(plain_reason(BleakError("x" * 100_000))) < 300


def test_unavailable_keeps_an_answer_that_is_one_already() -> None:
    first = unavailable(FileNotFoundError())
    assert unavailable(first) is first
