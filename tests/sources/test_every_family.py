"""Every family over the virtual radio, each in its own GATT layout: found, set up, read, told to stop, found again.

The motion is SIMULATED, the radio virtual; what is compared is what the product's decoder makes of the notifications.
"""

from __future__ import annotations

import numpy as np
import pytest

from monitor.sensors import registry
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import FAMILIES, SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.values import BatteryLevel, LinkState, Site
from tests.sources.ble_harness import AIR, HEAD, Run

COMPANIONS = {"treadmill", "foot_pod", "heart_strap"}
WITHOUT_BATTERY = {"edgeml"}
"""Of a family that tells it, but not this board."""
ASKED_FOR = {"edgeml": SensorRequest(Site.HEAD, family="edgeml", name="XIAO SIMULATED")}
ASKED_FOR["bluest"] = SensorRequest(Site.HEAD, family="bluest", name="BlueST SIMULATED")
ASKED_FOR["polar_acc"] = SensorRequest(Site.HEAD, family="polar_acc")
"""The names of bare boards differ and tell nothing, and an H10 is on many a chest: those are asked for."""
SLOPE = 0.2
"""m/s² and rad/s per second: a tenth of a second of timing error shows as 0.02."""


def slowly_rising(rate_hz: float = 100.0) -> ArrayFeed:
    """Within the narrowest range there is: 2 g and 250 deg/s."""
    t = np.arange(3000) / rate_hz
    rising = SLOPE * t
    acc = np.stack((rising - 3, 9.81 - rising, 0.5 * rising), axis=1)
    gyr = np.stack((rising - 2, 1 - rising, 0.5 - 0.5 * rising), axis=1)
    return ArrayFeed(acc, gyr, rate_hz)


@pytest.mark.parametrize("kind", sorted(FAMILIES.keys() - COMPANIONS))
def test_it_is_found_set_up_and_read(kind):
    radio = SimulatedRadio([VirtualSensor("s", kind, slowly_rising())], air=AIR)
    with Run(radio, ASKED_FOR.get(kind, HEAD)) as run:
        run.wait_for_state(LinkState.STREAMING)
        run.wait(lambda: sum(map(len, run.decoded())) >= 60, "60 samples")
        radio.hang_up("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
        run.wait(lambda: len(run.decoded()) > 1 and len(run.decoded()[-1]) >= 20, "20 samples more")
        family = registry.family(run.of(SensorReady)[0].info.family)
        if (family.read_battery or family.battery_in_data) and kind not in WITHOUT_BATTERY:
            run.wait(lambda: run.of(BatteryLevel), "a battery level")
            assert abs(run.of(BatteryLevel)[0].percent - 87) <= 12, "WitMotion tells it in steps of a table"
    assert run.of(SensorReady)[0].info.simulated
    for samples in run.decoded():
        acc, gyr = samples.acc, samples.gyr
        steps = np.diff(acc[:, 0])
        assert steps.min() > -0.02, "in order"
        # Each axis tells the same moment of the motion: what belongs together was put together.
        at = (acc[:, 0] + 3) / SLOPE
        np.testing.assert_allclose(acc[:, 1], 9.81 - SLOPE * at, atol=0.03)
        np.testing.assert_allclose(acc[:, 2], 0.5 * SLOPE * at, atol=0.03)
        if family.has_gyro:
            np.testing.assert_allclose(gyr[:, 0], SLOPE * at - 2, atol=0.03)
            np.testing.assert_allclose(gyr[:, 2], 0.5 - 0.5 * SLOPE * at, atol=0.03)
        else:
            assert np.isnan(gyr).all()
        assert not samples.clipped.any()
        if samples.tick is not None and family.clock is not None:
            seconds = (samples.tick - samples.tick[0]) * family.clock.tick_ns / 1e9
            np.testing.assert_allclose(seconds, at - at[0], atol=0.15)
