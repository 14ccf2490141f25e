"""Frames of real sensors and real watches' files as seeds, read in place where the third-party data is present."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).with_name("seeds.json")
"""What virtual sensors say, SIMULATED: see `record_seeds`."""
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@cache
def frames() -> tuple[tuple[str, bytes], ...]:
    """(characteristic, bytes) of every public test vector; none where there is no such data."""
    found = []
    for name in ("vectors.jsonl", "vectors_constructed.jsonl"):
        path = DATA / "vectors" / name
        if path.is_file():
            for line in path.read_text("utf-8").splitlines():
                told = json.loads(line)
                texts = [told[key] for key in ("hex", "then_hex") if isinstance(told.get(key), str)]
                found += [(told["characteristic"], bytes.fromhex(text)) for text in texts]
    return tuple(found)


def frames_of(characteristic: str) -> list[bytes]:
    """The frames of one characteristic; all frames where it has none, for any will do to begin with."""
    exact = [data for where, data in frames() if characteristic and characteristic in where.lower()]
    return exact or [data for _, data in frames()]


def watch_files(suffix: str, longest: int) -> list[bytes]:
    """The beginnings of watches' files: a cut one is a damaged one, which readers must read up to there."""
    folder = DATA / "watch"
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.glob(f"*{suffix}")):
        with path.open("rb") as file:
            found.append(file.read(longest))
    return found
