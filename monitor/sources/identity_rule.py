"""The rule that decides which device a link takes: the one that is asked for, and after a loss the same one again.

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

A device that changes its id by itself (private addresses) would be asked about each time: `headsup sensors --accept
SITE=NAME` remembers it by name instead. Then a lone device of that name is taken, and two are asked about.

Treadmills, foot pods and heart straps obey the same rule (`companion_choice`), but for 5: of those the nearest is what
`any` asks for, in a gym full of equal names.

What this does not do: an id can be forged with the right tools, and two that meet for the first time know nothing of
each other. Only pairing proves who speaks; few of these sensors can. What is at stake is a run with wrong numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from monitor.sources.ble_finder import Candidate
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.identity_desk import IdentityDesk, Place, Question, Standing


class Wanted(Protocol):
    """What somebody asks for: the device of a place, by the platform's identifier, by its name, or any (both None)."""

    @property
    def place(self) -> Place: ...

    @property
    def address(self) -> str | None: ...

    @property
    def name(self) -> str | None: ...

    @property
    def is_pinned(self) -> bool: ...


def names(wanted: Wanted, candidate: Candidate) -> bool:
    """This device is the very one that was asked for: by its id, else by its name."""
    if wanted.address is not None:
        return candidate.address.lower() == wanted.address.lower()
    return wanted.name is not None and candidate.name.casefold() == wanted.name.casefold()


class IdentityRule:
    """The rule for one link; lives in its event loop. `desk` is where the wearer is asked.

    wanted : what the link is to find; others : what its neighbours are to find
    option : of the command line that takes an id, as '--sensor head=' or '--heart='
    """

    def __init__(
        self,
        wanted: Wanted,
        others: Iterable[Wanted],
        timing: LinkTiming,
        desk: IdentityDesk | None,
        option: str,
    ) -> None:
        self._wanted = wanted
        self._others = tuple(others)
        self._timing = timing
        self._desk = desk if desk is not None else IdentityDesk()
        self._option = option
        self._served: Candidate | None = None
        """The device that served before: after a loss the same one is wanted again."""
        self._ids = {wanted.address.lower()} if wanted.address else set[str]()
        """Asked for, or served in this run."""
        self._missing_since: float | None = None
        self._heard: dict[str, float] = {}
        """Strangers of the wanted name, and when they were heard last."""
        self._unfit_until: dict[str, float] = {}
        self._hint = ""

    @property
    def compares(self) -> bool:
        """Several may be wanted alike, so that all in range are looked at before one is taken (rules 2 and 5)."""
        return not self._ids and (self._wanted.name is None or self._is_first_meeting(self._wanted.name))

    @property
    def served(self) -> Candidate | None:
        """The device that served last."""
        return self._served

    def begin(self) -> None:
        """A search begins."""
        self._hint = ""
        if self._missing_since is None:
            self._missing_since = _now_s()

    def lost(self) -> None:
        """The device that served was lost."""
        self._missing_since = _now_s()
        self._desk.lost(self._wanted.place)

    def takes(self, candidate: Candidate) -> None:
        """This device serves from now on."""
        self._served = candidate
        self._ids.add(candidate.address.lower())
        self._heard.clear()
        self._desk.serves(self._wanted.place, candidate.name, candidate.address, asked_for=self._wanted.is_pinned)

    def leave_alone(self, candidate: Candidate) -> None:
        """This device turned out to be no such thing: not again for a while."""
        self._unfit_until[candidate.address] = _now_s() + self._timing.unfit_s

    def is_left_alone(self, candidate: Candidate) -> bool:
        """This device turned out to be no such thing a while ago."""
        return self._unfit_until.get(candidate.address, 0.0) > _now_s()

    # ------------------------------------------------------------------ the rule

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The one to take of those that are wanted, strongest first; None where the wearer has to say which."""
        known = [c for c in candidates if self._standing(c) in (Standing.MET, Standing.SAME)]
        first = next(iter(known or candidates), None)
        if first is None or known:
            return first
        alike = [c for c in candidates if c.name.casefold() == first.name.casefold()]
        if len({c.address.lower() for c in alike}) == 1:
            return first
        self._ask(first, several=True)
        options = " or ".join(f"{self._option}{c.address}" for c in alike[:2])
        self._hint = f"several in range are named {first.name or 'nothing'}: say which is yours, with {options}"
        return None

    def _wants(self, candidate: Candidate, is_fit: Callable[[Candidate], bool]) -> bool:
        """Rules 1 to 6 in turn. `is_fit`: a stranger of the wanted name is of the right sort, so far as it tells."""
        ident = candidate.address.lower()
        if ident in self._ids:
            return True
        if any(other.address is not None and names(other, candidate) for other in self._others):
            return False
        standing = self._standing(candidate)
        if standing is Standing.NOT_MINE:
            return False
        name = self._served.name if self._served is not None else self._wanted.name
        if name is None:
            free = not self._ids
            return free and not any(names(other, candidate) for other in self._others)
        if not name or candidate.name.casefold() != name.casefold():
            return False
        if standing is Standing.SAME or (standing is Standing.MET and not self._ids):
            return True
        if not self._ids and self._is_first_meeting(name):
            return True
        self._heard[ident] = _now_s()
        return self._is_away() and is_fit(candidate) and self._is_let_in(candidate, name)

    def _is_first_meeting(self, name: str) -> bool:
        return not self._desk.has_met(self._wanted.place, name)

    def _is_away(self) -> bool:
        """The device that is looked for has been missing for so long that another id may be its own."""
        return self._missing_since is not None and _now_s() - self._missing_since >= self._timing.same_name_s

    def _is_let_in(self, candidate: Candidate, name: str) -> bool:
        """Rules 3 and 4: a stranger of the wanted name. Asks where only the wearer can tell."""
        now_s, place = _now_s(), self._wanted.place
        rivals = {ident for ident, at_s in self._heard.items() if now_s - at_s <= self._timing.same_name_s}
        if self._desk.takes_any(place, name) and len(rivals) == 1:
            return True
        if any(
            o.name and o.name.casefold() == name.casefold() and not self._desk.is_served(o.place) for o in self._others
        ):
            self._hint = (
                f"{name} is here under an id that is new to this computer, and two of your sensors bear that name: "
                "choose them by shaking, in headsup start"
            )
            return False
        self._ask(candidate, several=False)
        self._hint = (
            f"{name} is here under another id ({candidate.address}) and was left alone. If it is yours: "
            f"headsup sensors --accept {place.value}={candidate.address}"
        )
        return False

    def _ask(self, candidate: Candidate, *, several: bool) -> None:
        self._desk.ask(Question(self._wanted.place, candidate.name, candidate.address, several))

    def _standing(self, candidate: Candidate) -> Standing | None:
        return self._desk.standing(self._wanted.place, candidate.name, candidate.address)

    def _not_seen(self, nobody: str) -> str:
        """Why the search has not found it yet, for the runner; `nobody`: where nothing is known to look for."""
        if self._hint:
            return self._hint
        if self._served is not None:
            who = self._served.name or self._served.address
        else:
            who = self._wanted.name or self._wanted.address or ""
        return f"{who} is not in sight: is it switched on and close by?" if who else nobody


def _now_s() -> float:
    return asyncio.get_running_loop().time()
