"""The demo's SIMULATED run: what the runner does, when, and what should come of it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.wearer import RUN_SPM, radio_for
from monitor.simulator.world import Fault, FaultKind, SimulatedRadio
from monitor.values import Activity, EventKind

GRACE_S = 8.0
"""Shorter than a real run's: the demo has no time to watch."""
FULL_S = 84.0
SHORTEST_S = 26.0


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the simulated runner does (or that happens to the link), and the event it should bring, if any."""

    on_s: float
    off_s: float
    what: str
    brings: EventKind | None
    head: tuple[HeadEvent, ...] = ()
    shoulders: tuple[ShoulderEvent, ...] = ()
    fault: Fault | None = None


def _deeds() -> tuple[Deed, ...]:
    stare = tuple(HeadEvent(44.0 + 5.0 * i, 48.5 + 5.0 * i, 30.0, ramp_s=0.25) for i in range(4))
    lost = Fault(68.0, FaultKind.OUT_OF_RANGE, "head", seconds=4.0)
    return (
        Deed(9.5, 10.7, "a glance at the watch", None, head=(HeadEvent(9.5, 10.7, 30.0, ramp_s=0.25),)),
        Deed(12.0, 24.0, "head down, steadily", EventKind.HEAD_DOWN, head=(HeadEvent(12.0, 24.0, 30.0),)),
        Deed(26.0, 42.0, "shoulders pulled up", EventKind.SHOULDERS_UP, shoulders=(ShoulderEvent(26.0, 42.0, 1.0),)),
        Deed(44.0, 63.5, "a stare broken by half-second look-ups", EventKind.HEAD_DOWN, head=stare),
        Deed(68.0, 72.0, "the cap sensor goes out of range", EventKind.LINK_LOST, fault=lost),
        Deed(72.0, 80.0, "... and comes back", EventKind.LINK_BACK),
    )


def deeds(live_s: float) -> tuple[Deed, ...]:
    """The deeds that fit into a live part of this length."""
    return tuple(d for d in _deeds() if d.off_s <= live_s)


def demo_radio(live_s: float) -> SimulatedRadio:
    """The virtual radio with the wearer who does these deeds."""
    done = deeds(live_s)
    scenario = Scenario(
        duration_s=live_s + 20.0,
        activities=(
            ActivitySpan(0.0, 2.5, Activity.STILL),
            ActivitySpan(2.5, live_s + 20.0, Activity.RUN, cadence_spm=RUN_SPM),
        ),
        head=tuple(e for d in done for e in d.head),
        shoulders=tuple(e for d in done for e in d.shoulders),
        seed=13,
    )
    return radio_for(scenario, tuple(d.fault for d in done if d.fault))
