"""A link whose packets are too small for what the sensor sends: said, instead of streaming rubbish."""

from __future__ import annotations

from dataclasses import replace

from ble_harness import AIR, Run, numbers, sensor

from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.values import LinkState, PacketBlock


def test_notifications_that_arrive_cut_off_are_told_and_are_no_data() -> None:
    radio = SimulatedRadio([replace(sensor("openearable2"), att_mtu=23)], air=AIR)
    with Run(radio) as run:
        told = run.wait_for_state(LinkState.SEARCHING, "20 bytes at a time")
    assert "update the sensor's firmware" in told.why
    assert LinkState.STREAMING not in run.states()
    assert LinkState.LOST not in run.states()
    assert run.of(PacketBlock) == []


def test_the_smallest_link_is_enough_for_a_sensor_with_small_notifications() -> None:
    radio = SimulatedRadio([replace(sensor("witmotion"), att_mtu=23)], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(20)
    (samples,) = run.decoded()
    assert (numbers(samples)[1:] > numbers(samples)[:-1]).all()
    assert len(run.of(SensorReady)) == 1
