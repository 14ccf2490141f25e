"""The registry of all fuzz targets, by name."""

from __future__ import annotations

from functools import cache
from itertools import chain

from tests.fuzz.companion_targets import companion_targets
from tests.fuzz.fuzz_target import Target
from tests.fuzz.recording_targets import recording_targets
from tests.fuzz.sensor_targets import sensor_targets
from tests.fuzz.table_targets import table_targets
from tests.fuzz.text_targets import text_targets
from tests.fuzz.watch_targets import watch_targets


@cache
def targets() -> dict[str, Target]:
    """All targets; those of sensor families come from the sensors' own registry."""
    every = chain(
        sensor_targets(), companion_targets(), watch_targets(), table_targets(), text_targets(), recording_targets()
    )
    return {target.name: target for target in every}


def chosen(words: list[str]) -> list[Target]:
    """The targets of these names, kinds ('decoder', 'watch') or sensor families; all for 'all'. Raises KeyError."""
    found: dict[str, Target] = {}
    for word in words:
        fitting = {n: t for n, t in targets().items() if word == "all" or word == n or word in n.split(":")}
        if not fitting:
            raise KeyError(word)
        found |= fitting
    return list(found.values())
