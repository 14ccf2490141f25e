"""An address or a name: asked for sensors and for what accompanies them in the same way."""

from __future__ import annotations

import argparse

import pytest

from monitor.commands.companions import asked_for
from monitor.commands.wanted import wanted
from monitor.settings import Devices
from monitor.sources.idents import is_address

UUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"


@pytest.mark.parametrize("ident", ["AA:BB:CC:00:11:22", "aa:bb:cc:00:11:22", UUID, UUID.lower()])
def test_addresses(ident):
    assert is_address(ident)
    args = argparse.Namespace(treadmill=f" {ident} ", foot_pod=None, heart=None, simulate=False)
    assert [r.address for r in asked_for(args, Devices())] == [ident]
    assert [r.address for r in wanted([f"back= {ident} "], None)] == [ident]


@pytest.mark.parametrize(
    "ident",
    [
        "",
        "Belt 7",
        "a:b:c:d:e:f",
        "12:30:00:12:31:0x",
        "AA:BB:CC:00:11:22:33",
        "AA:BB:CC:00:11:22\n",
        "one-two-three-four-five-and-some-more",
        UUID[:-1] + "-",
    ],
)
def test_names(ident):
    assert not is_address(ident)
