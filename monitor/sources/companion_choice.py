"""Which treadmill, foot pod or heart strap a link takes: the rule of `identity_rule`, and the kinds it announces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.sources.ble_finder import Candidate
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.identity_rule import IdentityRule

OPTIONS = {
    CompanionKind.TREADMILL: "--treadmill=",
    CompanionKind.FOOT_POD: "--foot-pod=",
    CompanionKind.HEART_STRAP: "--heart=",
}


@dataclass(frozen=True, slots=True)
class CompanionRequest:
    """A companion that is wanted; without an address or a name, the nearest of its kind."""

    kind: CompanionKind
    address: str | None = None
    name: str | None = None

    @property
    def place(self) -> CompanionKind:
        """What it is to the wearer."""
        return self.kind

    @property
    def is_pinned(self) -> bool:
        """This request names one particular device."""
        return self.address is not None or self.name is not None


class CompanionChoice(IdentityRule):
    """The choice of one link; lives in its event loop. `desk` is where the wearer is asked."""

    def __init__(self, request: CompanionRequest, timing: LinkTiming, desk: IdentityDesk | None = None) -> None:
        super().__init__(request, (), timing, desk, OPTIONS[request.kind])
        self._request = request

    def wants(self, candidate: Candidate, kinds: tuple[CompanionKind, ...]) -> bool:
        """This device, which announces itself as of these kinds, will do; `choose` says which of several."""
        if self.is_left_alone(candidate):
            return False
        kind = self._request.kind
        # A device that was asked for need not announce its services; one of another kind is no twin of it.
        wanted = self._wants(candidate, lambda _: not kinds or kind in kinds)
        return wanted and (kind in kinds or self._request.is_pinned or self.served is not None)

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The nearest, where any will do: in a gym many share a name. Else as the rule says."""
        if not self._request.is_pinned and self.served is None:
            return next(iter(candidates), None)
        return super().choose(candidates)

    def not_seen(self) -> str:
        """Why the search has not found it yet, for the runner."""
        return self._not_seen(f"no {self._request.kind.label} in sight yet")
