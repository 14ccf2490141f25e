"""Which sensor a link takes: the rule of `identity_rule`, and the family that a device is of.

A device is also left alone where its services say that it is of another family than the one that is known: a name's
beginning decides the family only where no known service is announced (`registry.match`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.errors import SensorSetupError
from monitor.sensors import registry
from monitor.sensors.base import SensorFamily
from monitor.sources.ble_finder import Candidate, Found
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.identity_rule import IdentityRule
from monitor.values import Site


@dataclass(frozen=True, slots=True)
class SensorRequest:
    """A sensor that is wanted at a site; None = any that is supported.

    `family` is a key of the registry, `address` the platform's identifier, `name` the advertised name. With both, the
    address decides, and the name tells when to ask (rule 3).
    """

    site: Site
    family: str | None = None
    address: str | None = None
    name: str | None = None

    @property
    def place(self) -> Site:
        """Where it is worn."""
        return self.site

    @property
    def is_pinned(self) -> bool:
        """This request names one particular device."""
        return self.address is not None or self.name is not None


class DeviceChoice(IdentityRule):
    """The choice of one link; lives in its event loop. `desk` is where the wearer is asked."""

    def __init__(
        self,
        request: SensorRequest,
        others: Iterable[SensorRequest],
        timing: LinkTiming,
        plug_ins: Iterable[SensorFamily] = (),
        desk: IdentityDesk | None = None,
    ) -> None:
        super().__init__(request, others, timing, desk, f"--sensor {request.site.value}=")
        self._request = request
        self._plug_ins = tuple(plug_ins)
        self._family: SensorFamily | None = None

    @property
    def family(self) -> SensorFamily | None:
        """The family of the device that served last."""
        return self._family

    def is_known(self, candidate: Candidate) -> bool:
        """This is the device that served last."""
        return self.served is not None and self.served.address == candidate.address

    def serves(self, found: Found) -> Candidate | None:
        """This device serves from now on; returns the one that served before."""
        before = self.served
        self._family = found.family
        self.takes(found.candidate)
        return before

    def accept(self, candidate: Candidate) -> SensorFamily | None:
        """The family that this device would serve as, or None where it is not wanted."""
        if self.is_left_alone(candidate):
            return None
        wanted = self._wants(candidate, lambda stranger: self._as_family(stranger) is not None)
        return self._as_family(candidate) if wanted else None

    # ------------------------------------------------------------------ the family

    def _as_family(self, candidate: Candidate) -> SensorFamily | None:
        """What a wanted device would serve as; None where it announces itself as something else."""
        request = self._request
        family = registry.match(candidate.name, candidate.services, self._plug_ins)
        if (ours := self._family) is not None:
            by_service = registry.match(None, candidate.services, self._plug_ins)
            return ours if by_service is None or _alike(by_service, ours) else None
        if request.family is None:
            if family is None and request.is_pinned:
                self._hint = f"{candidate.name or candidate.address} is there, but is no sensor this program knows"
            unasked = family is not None and not request.is_pinned and candidate.name.startswith(family.only_asked_for)
            return None if unasked else family
        wanted = registry.family(request.family)
        if request.is_pinned or (family is not None and _alike(family, wanted)):
            return wanted
        return None

    def fitting(self, found: Found, offers: Callable[[str, str], bool]) -> SensorFamily:
        """The family of a connected device; `offers(service, characteristic)` tells what it has.

        Raises SensorSetupError where it is of no family that may be taken, and leaves it alone for a while.
        """
        candidates = [found.family]
        if self._request.family is None:
            candidates += [f for f in (*registry.families(), *self._plug_ins) if _alike(f, found.family)]
        for family in candidates:
            needed = (family.data, *family.more_data)
            if all(offers(family.service, each) for each in needed) and all(offers(*each) for each in family.needs):
                return family
        candidate = found.candidate
        self.leave_alone(candidate)
        name = candidate.name or candidate.address
        lacks = f"it does not have the data channel of a {found.family.label}"
        remedy = found.family.unfit
        raise SensorSetupError(name, "set-up", f"{lacks}: {remedy}" if remedy else lacks)

    def not_seen(self) -> str:
        """Why the search has not found it yet, for the runner."""
        return self._not_seen("no sensor in sight yet: switch it on and bring it close")


def _alike(a: SensorFamily, b: SensorFamily) -> bool:
    """Families that an advertisement cannot tell apart: one service and one name."""
    return a.key == b.key or (a.service == b.service and bool({*a.name_prefixes} & {*b.name_prefixes}))
