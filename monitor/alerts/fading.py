"""Fewer cues from run to run: help at first, then the posture is to become the runner's own.

People correct themselves while they are cued and drift back afterwards; feedback that fades is the usual remedy in
gait retraining (Van den Berghe 2024 used six faded sessions; clinics thin the checks out from week to week). How well
it lasts is not known: there, no clear effect was left after six months, but one spoken reminder brought it back. So
the schedule never ends in silence:

    run of the programme   cues are given
    1, 2                   throughout
    3, 4                   in every other five minutes: 0-5, 10-15, 20-25 ...
    5, 6                   in the first and the last five minutes; the last ones only where the planned length is known
    7 and on               in one minute of every ten: 10-11, 20-21, 30-31 ...

Minutes are those of the run clock, from the run's first sample on. Within the times given all other rules of the cue
policy hold as ever: a minute's check brings no cue while the posture is good.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.settings import Settings
from monitor.values import NS_PER_S

MINUTE_NS = 60 * NS_PER_S
BLOCK_NS = 5 * MINUTE_NS
CHECK_EVERY_NS = 10 * MINUTE_NS
CHECK_NS = MINUTE_NS
LAST_FULL, LAST_BLOCKS, LAST_ENDS = 2, 4, 6
"""The last run of each part of the programme; checks follow."""


@dataclass(frozen=True, slots=True)
class Fading:
    """The schedule for one run: `run` counts from 1; `planned_ns` is the run's planned length, 0 where not known."""

    run: int
    planned_ns: int = 0

    def gives_cues(self, t_ns: int) -> bool:
        """Whether cues are given at a time of the run clock."""
        if self.run <= LAST_FULL:
            return True
        if self.run <= LAST_BLOCKS:
            return t_ns // BLOCK_NS % 2 == 0
        if self.run <= LAST_ENDS:
            return t_ns < BLOCK_NS or self.planned_ns - BLOCK_NS <= t_ns < self.planned_ns
        return t_ns >= CHECK_EVERY_NS and t_ns % CHECK_EVERY_NS < CHECK_NS

    def in_words(self) -> str:
        """When cues are given in this run, as the runner is told before it."""
        if self.run <= LAST_FULL:
            return "cues throughout"
        if self.run <= LAST_BLOCKS:
            return "cues in every other five minutes"
        if self.run <= LAST_ENDS:
            if self.planned_ns:
                return "cues in the first and the last five minutes"
            return "cues in the first five minutes, and with the setting planned_min in the last five"
        return "cues in one minute of every ten"


def schedule(settings: Settings) -> Fading:
    """The schedule of the run that the settings name; it holds where `settings.fading` is true."""
    return Fading(int(settings.fading_run), round(settings.planned_min * MINUTE_NS))
