"""A sensor that fails in the middle of its set-up, at any step: told why, tried again, never called lost."""

from __future__ import annotations

import pytest
from ble_harness import AIR, Run, sensor

from monitor.simulator.world import SimulatedRadio
from monitor.values import LinkState


@pytest.mark.parametrize("request_number", [1, 5, 12, 20])
def test_a_sensor_that_hangs_up_at_a_step_of_its_set_up(request_number: int) -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.peripherals["s"].troubles.ends_at = request_number
        radio.hang_up("s")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "link broke")
        radio.peripherals["s"].troubles.ends_at = None
        run.wait_for_state(LinkState.STREAMING, count=2)
    assert run.states().count(LinkState.LOST) == 1, "told once, however many attempts fail"


def test_a_sensor_that_accepts_the_connection_and_refuses_the_subscription() -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.peripherals["s"].troubles.refused_subscriptions = 10**6
        radio.hang_up("s")
        run.wait_for_state(LinkState.SEARCHING, "refused a command")
        radio.peripherals["s"].troubles.refused_subscriptions = 0
        run.wait_for_state(LinkState.STREAMING, count=2)
    assert run.states().count(LinkState.LOST) == 1
