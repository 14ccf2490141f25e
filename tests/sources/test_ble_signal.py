"""How strong a sensor's announcement was is told with its connection, and only then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ble_harness import AIR, Run, sensor

from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble_finder import Candidate
from monitor.values import LinkChange, LinkState


def test_the_signal_comes_with_connecting() -> None:
    with Run(SimulatedRadio([sensor(rssi_dbm=-71)], air=AIR)) as run:
        run.wait_for_packets(2)
    told = [(change.state, change.rssi_dbm) for change in run.of(LinkChange)]
    assert (LinkState.CONNECTING, -71) in told
    assert all(dbm is None for state, dbm in told if state is not LinkState.CONNECTING)


@pytest.mark.parametrize(("rssi", "heard"), [(-127, None), (127, None), (-126, -126), (20, 20), (21, None), (-60, -60)])
def test_what_is_no_signal_strength_is_none(rssi: int, heard: int | None) -> None:
    device = SimpleNamespace(address="AA:BB", name="x")
    assert Candidate(device, "x", (), rssi).heard_dbm == heard  # type: ignore[arg-type]
