"""A heart strap on somebody's chest is no head sensor, unless the wearer says so."""

from __future__ import annotations

from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.values import LinkState, Site
from tests.sources.ble_harness import AIR, Run, ramp


def strap() -> VirtualSensor:
    return VirtualSensor("strap", "polar_acc", ramp(20_000), name="Polar H10 12345678", rssi_dbm=-40)


def test_an_open_request_leaves_it_alone_and_takes_the_cap() -> None:
    cap = VirtualSensor("cap", "witmotion", ramp(20_000), rssi_dbm=-75)
    with Run(SimulatedRadio([strap(), cap], air=AIR)) as run:
        run.wait_for_state(LinkState.STREAMING)
    assert {ready.info.family for ready in run.of(SensorReady)} == {"witmotion"}


def test_it_is_taken_when_its_family_or_its_name_is_asked_for() -> None:
    for asked in (SensorRequest(Site.BACK, family="polar_acc"), SensorRequest(Site.BACK, name="Polar H10 12345678")):
        with Run(SimulatedRadio([strap()], air=AIR), asked) as run:
            run.wait_for_state(LinkState.CONNECTING)
        assert run.states("back")[:2] == [LinkState.SEARCHING, LinkState.CONNECTING]
