"""The SIMULATED treadmill and heart strap beside the SIMULATED wearer of `--simulate`, on a radio of their own."""

from __future__ import annotations

from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import Belt, steps, treadmill
from monitor.simulator.world import SimulatedRadio

ROUND_S = 600.0
"""Then the wearer's run begins anew, and so does the treadmill's."""
_ROUND = steps(
    (0.0, Belt(0.0, 0.01)),
    (4.0, Belt(2.0, 0.01)),
    (8.0, Belt(3.0, 0.01)),
    (120.0, Belt(3.0, 0.03)),
    (240.0, Belt(3.25, 0.02)),
    (420.0, Belt(3.0, 0.01)),
)


def endless_belt(t_s: float) -> Belt | bytes | None:
    """Starts with the wearer, climbs a little, goes round every ten minutes."""
    return _ROUND(t_s % ROUND_S)


def companion_radio() -> SimulatedRadio:
    """A virtual radio with a treadmill and a heart strap, for `CompanionSource`."""
    return SimulatedRadio([treadmill(script=endless_belt), heart_strap()])
