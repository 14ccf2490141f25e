"""Which state machine follows which drill."""

from __future__ import annotations

from monitor.drills.catalogue import Drill, DrillKind
from monitor.drills.circles import CircleDrill
from monitor.drills.hold import HoldDrill
from monitor.drills.paced import RampingDrill, TimerDrill
from monitor.drills.progress import DrillMachine


def machine_for(drill: Drill) -> DrillMachine:
    """A fresh state machine for a drill."""
    match drill.kind:
        case DrillKind.HEAD_CIRCLES:
            return CircleDrill(drill)
        case DrillKind.RAMPING:
            return RampingDrill(drill)
        case DrillKind.WRISTS:
            return TimerDrill(drill)
        case _:
            return HoldDrill(drill)
