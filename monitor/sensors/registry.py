"""Which sensor families there are, and which one an advertisement belongs to.

The built-in families are listed here by hand. Others may come from installed packages through the entry-point group
`headsup.sensors`, whose entries name a `SensorFamily` by its key; they are imported only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.errors import HeadsUpError, SensorSetupError, UnknownSensorError
from monitor.sensors import (
    bluest,
    dot,
    edgeml,
    esense,
    metamotion,
    movesense,
    muse,
    openearable,
    polar,
    table,
    thingy52,
    witmotion,
)
from monitor.sensors.base import SensorFamily

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS: Final = "headsup.sensors"
BUILT_IN: Final[dict[str, SensorFamily]] = {
    witmotion.FAMILY.key: witmotion.FAMILY,
    openearable.FAMILY.key: openearable.FAMILY,
    edgeml.FAMILY.key: edgeml.FAMILY,
    movesense.FAMILY.key: movesense.FAMILY,
    dot.FAMILY.key: dot.FAMILY,
    metamotion.FAMILY.key: metamotion.FAMILY,
    esense.FAMILY.key: esense.FAMILY,
    muse.FAMILY.key: muse.FAMILY,
    muse.ATHENA_FAMILY.key: muse.ATHENA_FAMILY,
    thingy52.FAMILY.key: thingy52.FAMILY,
    bluest.FAMILY.key: bluest.FAMILY,
    polar.FAMILY.key: polar.FAMILY,
    polar.ACCELEROMETER_FAMILY.key: polar.ACCELEROMETER_FAMILY,
    table.FAMILY.key: table.FAMILY,
    table.ACCELEROMETER_FAMILY.key: table.ACCELEROMETER_FAMILY,
}


@dataclass(frozen=True, slots=True)
class PlugIns:
    """Families of installed plug-ins, and one sentence for each plug-in that could not be used."""

    families: tuple[SensorFamily, ...]
    problems: tuple[HeadsUpError, ...]


def families() -> tuple[SensorFamily, ...]:
    """The built-in families."""
    return tuple(BUILT_IN.values())


def family(key: str) -> SensorFamily:
    """The family with this key, built in or of a plug-in.

    Raises UnknownSensorError where there is none, SensorSetupError where its plug-in is broken.
    """
    if key in BUILT_IN:
        return BUILT_IN[key]
    entries = _entry_points()
    if key in entries:
        return _load(key, entries[key])
    raise UnknownSensorError(key, (*BUILT_IN, *entries))


def plug_ins() -> PlugIns:
    """Imports every plug-in; a broken one becomes a problem, never an exception."""
    found: list[SensorFamily] = []
    problems: list[HeadsUpError] = []
    for key, entry in _entry_points().items():
        try:
            found.append(_load(key, entry))
        except SensorSetupError as error:
            problems.append(error)
    return PlugIns(tuple(found), tuple(problems))


def match(name: str | None, service_uuids: Iterable[str], extra: Iterable[SensorFamily] = ()) -> SensorFamily | None:
    """The family of an advertisement: by its service where one is advertised, else by the beginning of its name.

    Of families that share a service, or whose names begin alike, the longest beginning of the name decides. `extra`
    are families to consider after the built-in ones, e.g. `plug_ins().families`.
    """
    candidates = (*BUILT_IN.values(), *extra)
    services = {uuid.lower() for uuid in service_uuids}
    offered = [each for each in candidates if each.service and each.service in services]
    named = [(_fit(each, name), each) for each in offered or candidates]
    length, best = max(named, key=lambda item: item[0], default=(0, None))  # of equals the first
    if offered:
        return best
    return best if length else None


def _fit(candidate: SensorFamily, name: str | None) -> int:
    """How much of the beginning of the name belongs to the family."""
    return max((len(each) for each in candidate.name_prefixes if name and name.startswith(each)), default=0)


def _entry_points() -> dict[str, EntryPoint]:
    """The group's entry points by name, without those that would shadow a built-in family."""
    # Reading the metadata of all installed packages takes a while and is seldom needed.
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS) if entry.name not in BUILT_IN}


def _load(key: str, entry: EntryPoint) -> SensorFamily:
    try:
        loaded = entry.load()
    except (Exception, SystemExit) as error:  # whatever a stranger's module raises on import
        raise _broken(key, entry, f"{type(error).__name__}: {error}") from error
    if not isinstance(loaded, SensorFamily):
        raise _broken(key, entry, f"it is a {type(loaded).__name__}, not a SensorFamily")
    if loaded.key != key:
        raise _broken(key, entry, f"its family calls itself '{loaded.key}'")
    return loaded


def _broken(key: str, entry: EntryPoint, reason: str) -> SensorSetupError:
    return SensorSetupError(f"sensor plug-in '{key}'", f"loading {entry.value}", " ".join(reason.split()))
