"""What is said around one drill, and when: halfway, the last seconds, each circle, the pace, hints, and patience.

Times are those of the looks. A hint is spoken once it has held for two seconds, and not oftener than every six.
Somebody who does nothing is reminded after 15 s, and the routine moves on after 45.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.drills.catalogue import Drill, DrillKind
from monitor.drills.hold import PAUSE_S
from monitor.drills.paced import CYCLE_S
from monitor.drills.progress import DrillProgress, Phase
from monitor.drills.words import CHIN_BACK, HALFWAY, HINTS, LET_GO, Hint, finished, moved_on, nudge
from monitor.values import NS_PER_S

LEAD_S = 4.0
"""Time to hear what comes, before anything counts."""
NUDGE_S, GIVE_UP_S = 15.0, 45.0
HINT_EVERY_S = 6.0
COUNTS_S = (10, 3, 2, 1)
HALVED_S = 20.0
"""A shorter hold needs no word at half of it."""
LONGEST_S, LONGEST_PART = 180.0, 4.0
"""No drill goes on for longer than this, or than so many times what is wanted."""


class Saying(StrEnum):
    """What a prompt is."""

    STAND = "stand"
    START = "start"
    HINT = "hint"
    NUDGE = "nudge"
    HALFWAY = "halfway"
    COUNT = "count"
    REP = "rep"
    OTHER_WAY = "other_way"
    PACE = "pace"
    DONE = "done"
    MOVED_ON = "moved_on"
    SKIPPED = "skipped"
    NOTE = "note"
    FAILED = "failed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to tell the person, at run-clock time `t_ns`; `kind` is the drill it belongs to, None for none."""

    t_ns: int
    saying: Saying
    text: str
    kind: DrillKind | None = None


def longest_s(drill: Drill) -> float:
    """The longest a drill can go on."""
    return max(LONGEST_S, LONGEST_PART * drill.wanted_s)


class Prompter:
    """Turns one drill's progress into prompts. `begin_ns`: when its looks begin to be judged."""

    def __init__(self, drill: Drill, begin_ns: int) -> None:
        self._drill = drill
        self._begin_ns = begin_ns
        self._advance_ns = begin_ns
        self._before: tuple[float, int] = (0.0, 0)
        self._circled = (0, 0)
        self._nudged = False
        self._halfway = False
        self._counted = float("inf")
        self._beat = -1
        self._other_way = False
        self._hint: Hint | None = None
        self._hint_ns = begin_ns
        self._hinted_ns = begin_ns
        self.given_up = False
        """Nothing counted for too long."""

    def step(self, t_ns: int, progress: DrillProgress) -> list[Prompt]:
        """What to say at this look."""
        said: list[tuple[Saying, str]] = []
        now = (progress.held_s, progress.reps)
        if now != self._before:
            self._before, self._advance_ns, self._nudged = now, t_ns, False
        if progress.wanted_reps:
            said += self._circles(progress)
        else:
            said += self._clock(progress)
        if progress.done:
            said.append((Saying.DONE, finished(self._drill.name)))
        else:
            said += self._hints(t_ns, progress) + self._patience(t_ns, progress)
        return [Prompt(t_ns, saying, text, self._drill.kind) for saying, text in said]

    def _circles(self, progress: DrillProgress) -> list[tuple[Saying, str]]:
        """Each way is counted for itself."""
        right, left = progress.reps_right, progress.reps_left
        before, self._circled = self._circled, (right, left)
        said = [(Saying.REP, str(now)) for now, then in zip((right, left), before, strict=True) if now != then]
        if said and not progress.done and not self._other_way and max(right, left) >= progress.wanted_reps // 2:
            self._other_way = True
            said.append((Saying.OTHER_WAY, HINTS[Hint.OTHER_WAY]))
        return said

    def _clock(self, progress: DrillProgress) -> list[tuple[Saying, str]]:
        said: list[tuple[Saying, str]] = []
        wanted, held = progress.wanted_s, progress.held_s
        if progress.done:
            return said
        if not self._halfway and wanted >= HALVED_S and held >= wanted / 2:
            self._halfway = True
            said.append((Saying.HALFWAY, HALFWAY))
        due = [c for c in COUNTS_S if wanted - held <= c < min(self._counted, wanted / 2)]
        if due:
            self._counted = min(due)
            said.append((Saying.COUNT, f"{self._counted:.0f}"))
        beat = int(held / (CYCLE_S / 2))
        if self._drill.kind is DrillKind.RAMPING and held > 0 and beat != self._beat:
            self._beat = beat
            said.append((Saying.PACE, LET_GO if beat % 2 else CHIN_BACK))
        return said

    def _hints(self, t_ns: int, progress: DrillProgress) -> list[tuple[Saying, str]]:
        if progress.hint is not self._hint:
            self._hint, self._hint_ns = progress.hint, t_ns
        if self._hint is None or self._hint is Hint.OTHER_WAY:
            return []
        held_ns, silent_ns = t_ns - self._hint_ns, t_ns - self._hinted_ns
        if held_ns < PAUSE_S * NS_PER_S or silent_ns < HINT_EVERY_S * NS_PER_S:
            return []
        self._hinted_ns = t_ns
        return [(Saying.HINT, HINTS[self._hint])]

    def _patience(self, t_ns: int, progress: DrillProgress) -> list[tuple[Saying, str]]:
        idle_s = (t_ns - self._advance_ns) / NS_PER_S
        if idle_s >= GIVE_UP_S or (t_ns - self._begin_ns) / NS_PER_S >= longest_s(self._drill):
            self.given_up = True
            return [(Saying.MOVED_ON, moved_on(self._drill.name, unseen=progress.phase is Phase.UNSEEN))]
        if idle_s >= NUDGE_S and not self._nudged and progress.phase is not Phase.UNSEEN:
            self._nudged = True
            return [(Saying.NUDGE, nudge(self._drill.name))]
        return []
