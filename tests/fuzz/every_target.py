"""The registry of all fuzz targets, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain

from tests.fuzz.fuzz_target import Target

_GROUPS = (
    "sensor_targets", "companion_targets", "watch_targets", "row_targets", "recording_targets", "table_targets",
    "text_targets", "state_targets",
)  # fmt: skip
"""Modules, each with a function of its own name; what takes longest to load comes last."""


def _group(name: str) -> Iterator[Target]:
    found: Iterator[Target] = getattr(import_module(f"tests.fuzz.{name}"), name)()
    return found


@cache
def targets() -> dict[str, Target]:
    """All targets; those of sensor families come from the sensors' own registry."""
    return {target.name: target for target in chain.from_iterable(map(_group, _GROUPS))}


def target_named(name: str) -> Target:
    """One target, loading no more than it needs: watched by the fuzzer, all of them take seconds. Raises KeyError."""
    for target in chain.from_iterable(map(_group, _GROUPS)):
        if target.name == name:
            return target
    raise KeyError(name)


def chosen(words: list[str]) -> list[Target]:
    """The targets of these names, kinds ('decoder', 'watch') or sensor families; all for 'all'. Raises KeyError."""
    found: dict[str, Target] = {}
    for word in words:
        fitting = {n: t for n, t in targets().items() if word == "all" or word == n or word in n.split(":")}
        if not fitting:
            raise KeyError(word)
        found |= fitting
    return list(found.values())
