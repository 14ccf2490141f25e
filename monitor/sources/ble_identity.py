"""Which device a link takes: the one that is asked for, and after a loss the same one again.

A `DeviceChoice` answers the finder's question "would you take this one?" and, once connected, says which family the
device is of: some families share their name and service and differ only in their characteristics.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.errors import SensorSetupError
from monitor.sensors import registry
from monitor.sensors.base import SensorFamily
from monitor.sources.ble_finder import Candidate, Found
from monitor.sources.ble_timing import LinkTiming
from monitor.values import Site


@dataclass(frozen=True, slots=True)
class SensorRequest:
    """A sensor that is wanted at a site; None = any that is supported.

    `family` is a key of the registry, `address` the platform's identifier, `name` the advertised name.
    """

    site: Site
    family: str | None = None
    address: str | None = None
    name: str | None = None

    @property
    def is_pinned(self) -> bool:
        """This request names one particular device."""
        return self.address is not None or self.name is not None

    def names(self, candidate: Candidate) -> bool:
        """This request names this very device."""
        if self.address is not None:
            return candidate.address.lower() == self.address.lower()
        return self.name is not None and candidate.name.casefold() == self.name.casefold()


class DeviceChoice:
    """The choice of one link; lives in its event loop."""

    def __init__(
        self,
        request: SensorRequest,
        others: Iterable[SensorRequest],
        timing: LinkTiming,
        plug_ins: Iterable[SensorFamily] = (),
    ) -> None:
        self._request = request
        self._others = tuple(others)
        self._timing = timing
        self._plug_ins = tuple(plug_ins)
        self._known: Found | None = None
        """The device that served before: after a loss the same one is wanted again."""
        self._known_missing_since = 0.0
        self._unfit_until: dict[str, float] = {}
        self._hint = ""

    @property
    def is_free(self) -> bool:
        """Neither a device that served before nor a particular one is wanted."""
        return self._known is None and not self._request.is_pinned

    @property
    def family(self) -> SensorFamily | None:
        """The family of the device that served last."""
        return self._known.family if self._known is not None else None

    def is_known(self, candidate: Candidate) -> bool:
        """This is the device that served last."""
        return self._known is not None and self._known.candidate.address == candidate.address

    def begin(self) -> None:
        """A search begins."""
        self._hint = ""

    def lost(self) -> None:
        """The device that served was lost."""
        self._known_missing_since = asyncio.get_running_loop().time()

    def serves(self, found: Found) -> Candidate | None:
        """This device serves from now on; returns the one that served before."""
        before = self._known.candidate if self._known is not None else None
        self._known = found
        return before

    def accept(self, candidate: Candidate) -> SensorFamily | None:
        """The family that this device would serve as, or None where it is not wanted."""
        request = self._request
        if self._known is not None:
            return self._known.family if self.is_known(candidate) or self._replaces_known(candidate) else None
        if request.is_pinned:
            wanted = request.names(candidate)
        else:
            wanted = not any(other.names(candidate) for other in self._others)
        if not wanted or self._unfit_until.get(candidate.address, 0.0) > asyncio.get_running_loop().time():
            return None
        family = registry.match(candidate.name, candidate.services, self._plug_ins)
        if request.family is None:
            if family is None and request.is_pinned:
                self._hint = f"{candidate.name or candidate.address} is there, but is no sensor this program knows"
            return family
        wanted_family = registry.family(request.family)
        if request.is_pinned or (family is not None and _alike(family, wanted_family)):
            return wanted_family
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
        self._unfit_until[candidate.address] = asyncio.get_running_loop().time() + self._timing.unfit_s
        name = candidate.name or candidate.address
        raise SensorSetupError(name, "set-up", f"it does not have the data channel of a {found.family.label}")

    def _replaces_known(self, candidate: Candidate) -> bool:
        """The known sensor may come back under a new address, but only after its own was missing for a while."""
        if self._known is None or not self._known.candidate.name or self._request.address is not None:
            return False
        missing_s = asyncio.get_running_loop().time() - self._known_missing_since
        return (
            missing_s >= self._timing.same_name_s
            and candidate.name == self._known.candidate.name
            and not any(other.names(candidate) for other in self._others)
        )

    def not_seen(self) -> str:
        """Why the search has not found it yet, for the runner."""
        if self._hint:
            return self._hint
        if self._known is not None:
            who = self._known.candidate.name or self._known.candidate.address
        else:
            who = self._request.name or self._request.address or "no sensor"
        if who == "no sensor":
            return "no sensor in sight yet: switch it on and bring it close"
        return f"{who} is not in sight: is it switched on and close by?"


def _alike(a: SensorFamily, b: SensorFamily) -> bool:
    """Families that an advertisement cannot tell apart: one service and one name."""
    return a.key == b.key or (a.service == b.service and bool({*a.name_prefixes} & {*b.name_prefixes}))
