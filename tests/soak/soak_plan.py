"""What befalls a run, and what the runner does, decided by a seed beforehand."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor.values import Mode
from tests.soak.soak_runner import KEYS

SUPERVISION_S = 2.0
"""So long an unreachable sensor keeps its link; of `monitor.simulator.radio.AirSettings`."""
STALE_S, LOST_S = 2.0, 5.0
"""So long a silent link is trusted, and kept; of `monitor.sources.ble_timing.LinkTiming`."""
NEARLY_S = 0.35
"""This near to one of those limits it may go either way."""
FIRST_S = 90.0
"""Nothing happens before."""
CALM_S = 60.0
"""Nothing goes on so long before the end of a period, when all is counted."""


class Trouble(StrEnum):
    """What can go wrong."""

    AWAY = "out of range"
    STALL = "stall and burst"
    HANG_UP = "hang-up"
    SILENT = "connected, but silent"
    HUSH = "silent for a moment"
    REBOOT = "reboot, clock anew"
    LOSS = "samples lost before the radio"
    REFUSED = "hang-up, then refuses commands"
    ADAPTER_OFF = "adapter off and on"
    BATTERY_DEAD = "battery empty, then changed"


_WEIGHTS = {
    Trouble.AWAY: 6, Trouble.STALL: 3, Trouble.HANG_UP: 3, Trouble.SILENT: 3, Trouble.HUSH: 2, Trouble.REBOOT: 2,
    Trouble.LOSS: 3, Trouble.REFUSED: 2, Trouble.ADAPTER_OFF: 2, Trouble.BATTERY_DEAD: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble of one sensor, on the run clock. `amount`: fraction of notifications lost, or commands refused."""

    at_s: float
    kind: Trouble
    key: str
    seconds: float = 0.0
    amount: float = 0.0

    @property
    def end_s(self) -> float:
        """When the cause is gone; what it has caused may not be."""
        return self.at_s + self.seconds

    @property
    def ends_link(self) -> bool | None:
        """Whether a link that streams is lost by it; None where it may go either way."""
        if self.kind in (Trouble.STALL, Trouble.HUSH, Trouble.LOSS):
            return False
        limit_s = {Trouble.AWAY: SUPERVISION_S, Trouble.SILENT: LOST_S}.get(self.kind)
        return None if limit_s is not None and self.seconds < limit_s + NEARLY_S else True


@dataclass(frozen=True, slots=True)
class Press:
    """The runner's hand: 'mark' with a label, 'mode' with one, 'snooze' for some seconds, or 'rezero'."""

    at_s: float
    what: str
    label: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of `seconds`, counted at the end of every `period_s`."""

    seed: int
    seconds: float
    period_s: float
    faults: tuple[Fault, ...]
    presses: tuple[Press, ...]

    @property
    def undisturbed(self) -> Plan:
        """The same run and the same hand on the keys, without a fault."""
        return Plan(self.seed, self.seconds, self.period_s, (), self.presses)


def plan(
    seed: int,
    seconds: float,
    period_s: float = 3600.0,
    faults_per_hour: float = 12.0,
    longest_away_s: float = 600.0,
    level_at: Callable[[float], bool] = lambda _: True,
) -> Plan:
    """A plan for a seed. The runner re-zeroes only where `level_at` says that head and shoulders are at rest."""
    rng = random.Random(seed)
    faults: list[Fault] = []
    t_s = FIRST_S
    while True:
        t_s += rng.expovariate(faults_per_hour / 3600)
        if t_s >= seconds:
            break
        new = _some(rng, t_s, longest_away_s)
        period_end_s = (t_s // period_s + 1) * period_s
        if max(fault.end_s for fault in new) < min(period_end_s, seconds) - CALM_S and t_s % period_s > 5.0:
            faults += new
    return Plan(seed, seconds, period_s, tuple(sorted(faults, key=lambda f: f.at_s)), _presses(rng, seconds, level_at))


def _some(rng: random.Random, at_s: float, longest_s: float) -> list[Fault]:
    """A fault of one sensor or both at once, and perhaps another in the middle of its recovery."""
    kind = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    both = kind is Trouble.ADAPTER_OFF or rng.random() < 0.2
    keys = KEYS if both else (rng.choice(KEYS),)
    seconds, amount = _size(rng, kind, longest_s)
    faults = [Fault(at_s, kind, key, seconds, amount) for key in keys]
    if rng.random() < 0.3:
        again_s = at_s + seconds + rng.uniform(0.02, 3.0)
        second = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        seconds, amount = _size(rng, second, min(60.0, longest_s))
        keys = KEYS if second is Trouble.ADAPTER_OFF else (rng.choice(keys),)
        faults += [Fault(again_s, second, key, seconds, amount) for key in keys]
    return faults


def _size(rng: random.Random, kind: Trouble, longest_s: float) -> tuple[float, float]:
    """How long, and how much."""
    match kind:
        case Trouble.AWAY | Trouble.ADAPTER_OFF:
            return _log_uniform(rng, SUPERVISION_S, longest_s), 0.0
        case Trouble.SILENT:
            return _log_uniform(rng, LOST_S, min(120.0, longest_s)), 0.0
        case Trouble.STALL:
            return rng.uniform(0.2, SUPERVISION_S - NEARLY_S), 0.0
        case Trouble.HUSH:
            return rng.uniform(0.5, LOST_S - 2 * NEARLY_S), 0.0
        case Trouble.LOSS:
            return rng.uniform(10.0, 120.0), rng.uniform(0.02, 0.3)
        case Trouble.REFUSED:
            return 0.0, float(rng.randint(1, 4))
        case Trouble.BATTERY_DEAD:
            return _log_uniform(rng, 10.0, min(300.0, longest_s)), 0.0
        case Trouble.REBOOT:
            return SUPERVISION_S + 0.05, 0.0
        case Trouble.HANG_UP:
            return 0.0, 0.0


def _log_uniform(rng: random.Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _presses(rng: random.Random, seconds: float, level_at: Callable[[float], bool]) -> tuple[Press, ...]:
    presses: list[Press] = []
    t_s = 40.0
    while (t_s := t_s + rng.uniform(60.0, 420.0)) < seconds - 5:
        what = rng.choices(("mark", "mode", "snooze", "rezero"), (4, 3, 1, 2))[0]
        if what == "mark":
            presses.append(Press(t_s, what, rng.choice(("cramp", "sore neck", "note", "form check", "hill"))))
        elif what == "mode":
            presses.append(Press(t_s, what, rng.choice(list(Mode)).value))
        elif what == "snooze":
            presses.append(Press(t_s, what, seconds=rng.choice((60.0, 120.0, 0.0))))
        elif level_at(t_s):
            presses.append(Press(t_s, what))
    return tuple(presses)
