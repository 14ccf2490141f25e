"""Finding the sensors: what is in range, which one was shaken, which were chosen and where they are worn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.dashboard.setup.facts import Found, Pick, ScanView
from monitor.dashboard.setup.places import free_place
from monitor.dashboard.setup.shake import all_move, shaken
from monitor.values import Site


class Finding:
    """Fed with looks at the scanner; keeps the wearer's choice from one search to the next."""

    def __init__(self) -> None:
        self.scan = ScanView()
        self.marked: str | None = None
        """Address of the sensor that was shaken last, while it is in range and not chosen yet."""
        self.several_move = False
        self.take_known = False
        """Choose sensors that were worn before as soon as they are found; a name alone proves none."""
        self._picks: dict[str, Pick] = {}
        self._known: set[str] = set()
        self._seen_s: float | None = None

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The chosen sensors, in the order they were chosen, as last seen."""
        return tuple(self._picks.values())

    def restart(self) -> None:
        """A new search begins."""
        self.take_known = False
        self.scan, self.marked, self.several_move, self._seen_s = ScanView(), None, False, None
        self._known.clear()

    def look(self, scan: ScanView, now_s: float) -> None:
        """How the search stands now."""
        self.scan = scan
        if self.take_known:
            for found in scan.found:
                if found.hint is not None and found.by_id and found.address not in self._known:
                    self._known.add(found.address)  # once: who is put back stays back
                    self.pick(found.address)
        spreads = {f.address: f.spread_m_s2 for f in scan.found}
        marked = shaken(spreads) or self.marked
        self.marked = marked if marked in spreads and marked not in self._picks else None
        self.several_move = all_move(spreads)
        for found in scan.found:
            if found.address in self._picks:
                self._picks[found.address] = replace(self._picks[found.address], found=found)
        if self._seen_s is None or scan.found:
            self._seen_s = now_s

    def empty_s(self, now_s: float) -> float:
        """For how long nothing has been in range."""
        return 0.0 if self._seen_s is None else now_s - self._seen_s

    def pick_of(self, address: str) -> Pick | None:
        """The choice of a sensor, None where it is not chosen."""
        return self._picks.get(address)

    def pick(self, address: str) -> None:
        """Choose a sensor, for where it was worn before or the next free place; nothing where all are taken."""
        found = _by_address(self.scan.found, address)
        taken = {pick.site for pick in self._picks.values()}
        site = found.hint if found and found.hint and found.hint not in taken else free_place(taken)
        if found is not None and site is not None and address not in self._picks:
            self._picks[address] = Pick(found, site)
            if self.marked == address:
                self.marked = None

    def unpick(self, address: str) -> None:
        """Do without a sensor."""
        self._picks.pop(address, None)

    def place(self, address: str, site: Site) -> None:
        """Say where a sensor is worn; who had that place gets the other's. Chooses it where it was not chosen."""
        self.pick(address)
        mine = self._picks.get(address)
        if mine is None:
            return
        for other, pick in self._picks.items():
            if pick.site is site and other != address:
                self._picks[other] = replace(pick, site=mine.site)
        self._picks[address] = replace(mine, site=site)


def _by_address(found: Sequence[Found], address: str) -> Found | None:
    return next((f for f in found if f.address == address), None)
