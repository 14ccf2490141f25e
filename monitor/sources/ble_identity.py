"""Which device a link takes: the one that is asked for, and after a loss the same one again.

The rule
--------
A name proves nothing: sensors of one model often share it, and anyone may advertise any name. A signal proves nothing
either: the stranger beside you may be nearer than your own cap. What the platform calls a device by, its **id** (an
address; on macOS a UUID of that Mac), is what holds. So, for every device that is heard:

1. *Its id is known* for this place: it is the id that was asked for, one that served in this run, or one that this
   computer remembers (`identity_desk`). It is taken at once, whatever it is called now.
2. *It bears the wanted name, under another id*, and no id of that sensor is known yet, because it was asked for by name
   for the first time on this computer. All that announce themselves within `choose_s` are looked at: a single one is
   taken and remembered; of several, none is taken before the wearer has said which.
3. *It bears the wanted name, but the sensor's id is known and is another one.* It may be the same sensor (another Mac,
   an id that changes with the battery or by itself), a new one of the same model, or somebody else's. When the known
   one was away for `same_name_s`, the wearer is **asked**, once; until the answer is yes, it is left alone. Yes: it
   counts as the same sensor, and the calibration holds. No: never asked again about that id; one's own new sensor is
   calibrated, which asks for it by its id. Where nobody can be asked, the reason of the search says how to accept it.
4. *It bears the wanted name, and so does the sensor of another place that is not found either.* A yes could not tell
   which of the two it is, so nobody is asked: they are told apart by shaking, in `headsup start`.
5. *Any sensor will do.* One that is remembered for this place comes first; else the strongest, unless another in range
   bears its name: then the wearer is asked here too. What the wearer called not theirs is never taken.
6. *Anything else* is not wanted. What another place asks for by its id belongs to that place.

A device is also left alone where its services say that it is of another family than the one that is known: a name's
beginning decides the family only where no known service is announced (`registry.match`).

A sensor that changes its id by itself (private addresses) would be asked about each time: `headsup sensors --accept
SITE=NAME` remembers it by name instead. Then a lone device of that name is taken, and two are asked about.

What this does not do: an id can be forged with the right tools, and two that meet for the first time know nothing of
each other. Only pairing proves who speaks; few of these sensors can. What is at stake is a run with wrong numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.errors import SensorSetupError
from monitor.sensors import registry
from monitor.sensors.base import SensorFamily
from monitor.sources.ble_finder import Candidate, Found
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.identity_desk import IdentityDesk, Question, Standing
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
    def is_pinned(self) -> bool:
        """This request names one particular device."""
        return self.address is not None or self.name is not None

    def names(self, candidate: Candidate) -> bool:
        """This request names this very device."""
        if self.address is not None:
            return candidate.address.lower() == self.address.lower()
        return self.name is not None and candidate.name.casefold() == self.name.casefold()


class DeviceChoice:
    """The choice of one link; lives in its event loop. `desk` is where the wearer is asked."""

    def __init__(
        self,
        request: SensorRequest,
        others: Iterable[SensorRequest],
        timing: LinkTiming,
        plug_ins: Iterable[SensorFamily] = (),
        desk: IdentityDesk | None = None,
    ) -> None:
        self._request = request
        self._others = tuple(others)
        self._timing = timing
        self._plug_ins = tuple(plug_ins)
        self._desk = desk if desk is not None else IdentityDesk()
        self._known: Found | None = None
        """The device that served before: after a loss the same one is wanted again."""
        self._ids = {request.address.lower()} if request.address else set[str]()
        """Asked for, or served in this run."""
        self._missing_since: float | None = None
        self._heard: dict[str, float] = {}
        """Strangers of the wanted name, and when they were heard last."""
        self._unfit_until: dict[str, float] = {}
        self._hint = ""

    @property
    def compares(self) -> bool:
        """Several may be wanted alike, so that all in range are looked at before one is taken (rules 2 and 5)."""
        return not self._ids and (self._request.name is None or self._is_first_meeting(self._request.name))

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
        if self._missing_since is None:
            self._missing_since = _now_s()

    def lost(self) -> None:
        """The device that served was lost."""
        self._missing_since = _now_s()
        self._desk.lost(self._request.site)

    def serves(self, found: Found) -> Candidate | None:
        """This device serves from now on; returns the one that served before."""
        before = self._known.candidate if self._known is not None else None
        self._known = found
        self._ids.add(found.candidate.address.lower())
        self._heard.clear()
        self._desk.serves(
            self._request.site, found.candidate.name, found.candidate.address, asked_for=self._request.is_pinned
        )
        return before

    # ------------------------------------------------------------------ the rule

    def accept(self, candidate: Candidate) -> SensorFamily | None:
        """The family that this device would serve as, or None where it is not wanted."""
        if self._unfit_until.get(candidate.address, 0.0) > _now_s():
            return None
        return self._as_family(candidate) if self._wants(candidate) else None

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The one to take of those that `accept` took, strongest first; None where the wearer has to say which."""
        known = [c for c in candidates if self._standing(c) in (Standing.MET, Standing.SAME)]
        first = next(iter(known or candidates), None)
        if first is None or known:
            return first
        alike = [c for c in candidates if c.name.casefold() == first.name.casefold()]
        if len({c.address.lower() for c in alike}) == 1:
            return first
        self._ask(first, several=True)
        options = " or ".join(f"--sensor {self._request.site.value}={c.address}" for c in alike[:2])
        self._hint = f"several sensors are named {first.name or 'nothing'}: say which is yours, with {options}"
        return None

    def _wants(self, candidate: Candidate) -> bool:
        """Rules 1 to 6 in turn."""
        ident, site = candidate.address.lower(), self._request.site
        if ident in self._ids:
            return True
        if any(other.address is not None and other.names(candidate) for other in self._others):
            return False
        standing = self._standing(candidate)
        if standing is Standing.NOT_MINE:
            return False
        name = self._known.candidate.name if self._known is not None else self._request.name
        if name is None:
            free = not self._ids
            return free and not any(other.names(candidate) for other in self._others)
        if not name or candidate.name.casefold() != name.casefold():
            return False
        if standing is Standing.SAME or (standing is Standing.MET and not self._ids):
            return True
        if not self._ids and self._is_first_meeting(name):
            return True
        return self._is_let_in(candidate, name, any_id=self._desk.takes_any(site, name))

    def _is_first_meeting(self, name: str) -> bool:
        return not self._desk.has_met(self._request.site, name)

    def _is_let_in(self, candidate: Candidate, name: str, *, any_id: bool) -> bool:
        """Rules 3 and 4: a stranger of the wanted name. Asks where only the wearer can tell."""
        now_s = _now_s()
        self._heard[candidate.address.lower()] = now_s
        since_s = self._missing_since if self._missing_since is not None else now_s
        if now_s - since_s < self._timing.same_name_s or self._as_family(candidate) is None:
            return False
        rivals = {ident for ident, at_s in self._heard.items() if now_s - at_s <= self._timing.same_name_s}
        if any_id and len(rivals) == 1:
            return True
        if any(
            o.name and o.name.casefold() == name.casefold() and not self._desk.is_served(o.site) for o in self._others
        ):
            self._hint = (
                f"{name} is here under an id that is new to this computer, and two of your sensors bear that name: "
                "choose them by shaking, in headsup start"
            )
            return False
        self._ask(candidate, several=False)
        self._hint = (
            f"{name} is here under another id ({candidate.address}) and was left alone. If it is yours: "
            f"headsup sensors --accept {self._request.site.value}={candidate.address}"
        )
        return False

    def _ask(self, candidate: Candidate, *, several: bool) -> None:
        self._desk.ask(Question(self._request.site, candidate.name, candidate.address, several))

    def _standing(self, candidate: Candidate) -> Standing | None:
        return self._desk.standing(self._request.site, candidate.name, candidate.address)

    # ------------------------------------------------------------------ the family

    def _as_family(self, candidate: Candidate) -> SensorFamily | None:
        """What a wanted device would serve as; None where it announces itself as something else."""
        request = self._request
        family = registry.match(candidate.name, candidate.services, self._plug_ins)
        if self._known is not None:
            ours = self._known.family
            by_service = registry.match(None, candidate.services, self._plug_ins)
            return ours if by_service is None or _alike(by_service, ours) else None
        if request.family is None:
            if family is None and request.is_pinned:
                self._hint = f"{candidate.name or candidate.address} is there, but is no sensor this program knows"
            return family
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
        self._unfit_until[candidate.address] = _now_s() + self._timing.unfit_s
        name = candidate.name or candidate.address
        raise SensorSetupError(name, "set-up", f"it does not have the data channel of a {found.family.label}")

    def not_seen(self) -> str:
        """Why the search has not found it yet, for the runner."""
        if self._hint:
            return self._hint
        if self._known is not None:
            who = self._known.candidate.name or self._known.candidate.address
        else:
            who = self._request.name or self._request.address or ""
        if not who:
            return "no sensor in sight yet: switch it on and bring it close"
        return f"{who} is not in sight: is it switched on and close by?"


def _alike(a: SensorFamily, b: SensorFamily) -> bool:
    """Families that an advertisement cannot tell apart: one service and one name."""
    return a.key == b.key or (a.service == b.service and bool({*a.name_prefixes} & {*b.name_prefixes}))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
