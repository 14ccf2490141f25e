"""Which refusals mean 'pair me', and what to do on each platform."""

from __future__ import annotations

import pytest
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode

from monitor.sensors import registry
from monitor.sources.ble_pairing import NEEDED, how_to_pair, pairing_hints, pairing_reason, wants_pairing

CODES = BleakGATTProtocolErrorCode
PLATFORMS = ("linux", "darwin", "win32", "freebsd14")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "code", [CODES.INSUFFICIENT_AUTHENTICATION, CODES.INSUFFICIENT_ENCRYPTION, CODES.INSUFFICIENT_AUTHORIZATION]
)
def test_a_refusal_for_want_of_pairing_says_the_way_on(code, platform):
    error = BleakGATTProtocolError(code)
    said = pairing_reason(error, platform)
    assert wants_pairing(error)
    assert said.startswith("the sensor")
    assert not said.endswith(".")
    if code is CODES.INSUFFICIENT_AUTHORIZATION:
        assert "maker's app" in said
    else:
        assert how_to_pair(platform) in said


def test_bluez_says_it_in_its_own_words():
    assert wants_pairing(BleakDBusError("org.bluez.Error.NotAuthorized", []))
    assert not wants_pairing(BleakDBusError("org.bluez.Error.NotPermitted", []))


@pytest.mark.parametrize(
    "error", [BleakGATTProtocolError(CODES.UNLIKELY_ERROR), BleakError("no"), TimeoutError(), ValueError("5")]
)
def test_other_errors_are_no_matter_of_pairing(error):
    assert not wants_pairing(error)
    assert pairing_reason(error, "linux") == ""


def test_hints_are_for_families_that_there_are():
    assert set(NEEDED) <= {family.key for family in registry.families()}
    assert set(pairing_hints("polar")) == {"win32", "darwin"}
    assert "Add device" in pairing_hints("dot")["win32"]
    assert pairing_hints("witmotion") == {}
