"""A treadmill, a foot pod or a heart strap that is found, lost, or back: in words."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.review.report_words import clean, span_words
from monitor.sources.companions import CompanionKind
from monitor.values import NS_PER_S, LinkChange, LinkState

_KINDS = frozenset(CompanionKind)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened to a companion: what, and more about it ('' for nothing)."""

    title: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.title}: {self.why}" if self.why else self.title


class CompanionTurns:
    """Follows the links of all companions of one run."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._lost_ns: dict[str, int] = {}
        self._silent: set[str] = set()

    def turn(self, change: LinkChange) -> Turn | None:
        """What a change of a link means to the runner; None where nothing, or where it is that of a posture sensor.

        Silence of a link that holds is no turn: a treadmill may well be silent while its belt stands.
        """
        if change.sensor not in _KINDS:
            return None
        which = CompanionKind(change.sensor).label.capitalize()
        if change.state is LinkState.CONNECTING:
            self._names[change.sensor] = clean(change.why, 40)
        elif change.state is LinkState.STALE:
            self._silent.add(change.sensor)
        elif change.state is LinkState.STREAMING:
            silent = change.sensor in self._silent
            self._silent.discard(change.sensor)
            if change.sensor in self._lost_ns:
                away_s = (change.t_ns - self._lost_ns.pop(change.sensor)) / NS_PER_S
                return Turn(f"{which} back", f"after {span_words(away_s)}")
            if not silent:
                return Turn(f"{which} connected", self._names.get(change.sensor, ""))
        elif change.state is LinkState.LOST:
            self._silent.discard(change.sensor)
            self._lost_ns[change.sensor] = change.t_ns
            return Turn(f"{which} lost, looking for it", clean(change.why, 120))
        return None
