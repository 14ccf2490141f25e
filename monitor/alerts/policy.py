"""Which of the detected events becomes a cue, and why the others stay silent.

Pure bookkeeping on the run clock: quiet times that the runner asks for, a grace period, fading from run to run, a
cool-down per kind that grows while cues go unheeded, a smallest distance between any two cues, and an hourly budget
per mode. Silence always has a reason, which the log shows. Correcting the posture after a cue earns a short "good",
now and then.

What is no coaching but about the sensor, the hint that it moved, is neither faded nor kept back by the grace, and it
has no part in the budget: a runner whose cues have been used up by a slipped sensor must still hear of it.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from monitor.alerts.fading import schedule
from monitor.settings import MOST_PER_HOUR, Settings
from monitor.values import NS_PER_S, EventKind, Mode, QuietReason

HOUR_NS = 3600 * NS_PER_S
FOREVER_NS = 2**63 - 1
"""The end of a quiet time that lasts for the rest of the run."""
LONGEST_BACK_OFF = 16
"""Unheeded cues stretch the cool-down up to this many times."""

ABOUT_SENSOR = frozenset({EventKind.SENSOR_MOVED})
"""Hints that are no coaching."""
OF_HEAD = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE})


class Silence(StrEnum):
    """Why no cue was given, as the log says it."""

    OFF = "switched off in your settings"
    DRILL = "during a drill"
    SNOOZE = "snoozed"
    LOOSENING = "you were loosening your neck"
    GRACE = "only watching, as in the first seconds of every sensor"
    FADED = "cues are fading: this part of the run is yours"
    COOL_DOWN = "told a moment ago"
    TOO_CLOSE = "something else was just said"
    BUDGET = "enough cues for this hour"
    SHOWN = "on this ground it may be right: shown, not said"


_QUIET = {QuietReason.DRILL: Silence.DRILL, QuietReason.SNOOZE: Silence.SNOOZE}


class CuePolicy:
    """Decides, event by event in order of arrival. Times are run-clock nanoseconds, 0 = the run's first sample."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._fading = schedule(settings) if settings.fading else None
        self._budget = _budget(settings, settings.mode)
        self._start_grace_until_ns = round(settings.grace_s * NS_PER_S)
        self._grace_until_ns: dict[str, int] = {}
        self._quiet_until_ns: dict[QuietReason, int] = {}
        self._last: dict[tuple[EventKind, str], int] = {}
        self._last_said_ns: int | None = None
        self._head_rests_until_ns = 0
        self._counted: deque[int] = deque(maxlen=MOST_PER_HOUR)
        self._unheeded: dict[EventKind, int] = {}
        self._told: set[tuple[EventKind, str]] = set()
        self._last_praise_ns: int | None = None

    # ------------------------------------------------------------------ what happens besides posture

    def set_mode(self, mode: Mode) -> None:
        """Another mode's budget from now on, for the cues of the last hour too; bouts start anew."""
        self._budget = _budget(self._settings, mode)
        self._told.clear()

    def quiet(self, why: QuietReason, t_ns: int, seconds: float) -> None:
        """No cues from `t_ns` on for so long (NaN, as infinite: the rest of the run), instead of what was asked for
        the same reason before; 0 ends that, and leaves what was asked for the other reason."""
        if seconds <= 0:
            if why in self._quiet_until_ns:
                self._quiet_until_ns[why] = min(t_ns, self._quiet_until_ns[why])
        else:
            lasts_ns = round(seconds * NS_PER_S) if seconds * NS_PER_S < FOREVER_NS else FOREVER_NS
            self._quiet_until_ns[why] = min(FOREVER_NS, t_ns + lasts_ns)

    def quiet_until_ns(self, t_ns: int) -> int | None:
        """When the quiet time that is on at `t_ns` ends (`FOREVER_NS`: with the run); None where none is on."""
        until = max(self._quiet_until_ns.values(), default=0)
        return until if t_ns < until else None

    def link_lost(self, sensor: str, t_ns: int) -> None:
        """The runner was told that a sensor is lost; what it saw is over."""
        self._last_said_ns = t_ns
        self._told = {bout for bout in self._told if bout[1] != sensor}

    def link_back(self, sensor: str, t_ns: int) -> None:
        """The runner was told that a sensor came back: watch it for a while before cueing on it."""
        self._last_said_ns = t_ns
        self._grace_until_ns[sensor] = t_ns + round(self._settings.grace_s * NS_PER_S)

    def said(self, t_ns: int) -> None:
        """The runner was told something that is no cue, as a form check: nothing is said over it."""
        self._last_said_ns = t_ns if self._last_said_ns is None else max(self._last_said_ns, t_ns)

    def rest_head(self, t_ns: int, seconds: float) -> None:
        """No cues about the head from `t_ns` on for so long: a head that circles does not stare."""
        self._head_rests_until_ns = max(self._head_rests_until_ns, t_ns + round(seconds * NS_PER_S))

    def why_quiet(self, t_ns: int) -> Silence | None:
        """Why the runner wants to hear nothing at this time; None where cues are welcome."""
        return next((said for why, said in _QUIET.items() if t_ns < self._quiet_until_ns.get(why, 0)), None)

    # ------------------------------------------------------------------ posture

    def decide(
        self, kind: EventKind, sensor: str, t_ns: int, cooldown_s: float, *, goes_on: bool = False
    ) -> Silence | None:
        """None: give the cue (and it is counted); otherwise why not.

        `goes_on`: the bout was there before, so the last cue about it went unheeded.
        """
        if not goes_on:
            self._begin(kind, sensor)
        about_sensor = kind in ABOUT_SENSOR
        if about_sensor and (kind, sensor) in self._told:  # one hint for one slip
            return Silence.COOL_DOWN
        silence = (
            (None if self._settings.cues.wants(kind) else Silence.OFF)
            or self.why_quiet(t_ns)
            or (None if about_sensor else self._withheld(kind, sensor, t_ns))
            or self._too_soon(kind, sensor, t_ns, cooldown_s)
            or (None if about_sensor else self._spent(t_ns))
        )
        if silence:
            return silence
        if goes_on and (kind, sensor) in self._told:
            self._unheeded[kind] = self._unheeded.get(kind, 0) + 1
        self._told.add((kind, sensor))
        self._last[_topic(kind, sensor)] = t_ns
        self._last_said_ns = t_ns
        if not about_sensor:
            self._counted.append(t_ns)
        return None

    def corrected(self, kind: EventKind, sensor: str, t_ns: int) -> bool:
        """A bout is over. Whether that earns a "good": a cue had been given, and the last praise is long ago."""
        if (kind, sensor) not in self._told:
            return False
        self._told.discard((kind, sensor))
        if not self._settings.cues.good or self.why_quiet(t_ns) or self._faded(t_ns):
            return False
        every_ns = self._settings.praise_every_s * NS_PER_S
        if not every_ns or (self._last_praise_ns is not None and t_ns - self._last_praise_ns < every_ns):
            return False
        self._last_praise_ns = t_ns
        return True

    # ------------------------------------------------------------------ reasons for silence

    def _faded(self, t_ns: int) -> bool:
        return self._fading is not None and not self._fading.gives_cues(t_ns)

    def _withheld(self, kind: EventKind, sensor: str, t_ns: int) -> Silence | None:
        if kind in OF_HEAD and t_ns < self._head_rests_until_ns:
            return Silence.LOOSENING
        if t_ns < max(self._start_grace_until_ns, self._grace_until_ns.get(sensor, 0)):
            return Silence.GRACE
        return Silence.FADED if self._faded(t_ns) else None

    def _too_soon(self, kind: EventKind, sensor: str, t_ns: int, cooldown_s: float) -> Silence | None:
        cooldown_s *= min(LONGEST_BACK_OFF, 2 ** max(0, self._unheeded.get(kind, 0) - int(self._settings.patience) + 1))
        last_ns = self._last.get(_topic(kind, sensor))
        if last_ns is not None and t_ns - last_ns < cooldown_s * NS_PER_S:
            return Silence.COOL_DOWN
        gap_ns = self._settings.prompt_gap_s * NS_PER_S
        said = [*self._quiet_until_ns.values()]  # when a quiet time ends, the runner is told so
        if self._last_said_ns is not None:
            said.append(self._last_said_ns)
        return Silence.TOO_CLOSE if said and t_ns - max(said) < gap_ns else None

    def _spent(self, t_ns: int) -> Silence | None:
        # Cues are in order of time, so the oldest that matters tells of all.
        full = len(self._counted) >= self._budget and self._counted[-self._budget] > t_ns - HOUR_NS
        return Silence.BUDGET if full else None

    # ------------------------------------------------------------------ bookkeeping

    def _begin(self, kind: EventKind, sensor: str) -> None:
        """A new bout: it was not told yet, and patience is fresh, unless another sensor's bout of the kind goes on."""
        self._told.discard((kind, sensor))
        if not any(told is kind for told, _ in self._told):
            self._unheeded[kind] = 0


def _topic(kind: EventKind, sensor: str) -> tuple[EventKind, str]:
    """What a cool-down is about: a posture, whichever sensor saw it, or one sensor's fit."""
    return kind, sensor if kind in ABOUT_SENSOR else ""


def _budget(settings: Settings, mode: Mode) -> int:
    return int(settings.head_rule(mode).prompts_per_hour)
