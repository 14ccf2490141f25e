"""A folder in memory, where there is one, for targets that read files; gone when the program ends."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

FOLDER = "HEADSUP_FUZZ_SCRATCH"
"""A campaign names the folder for its child and removes it: a fuzzer ends without a word to Python."""


@cache
def folder() -> Path:
    """The folder."""
    given = os.environ.get(FOLDER, "")
    if given:
        return Path(given)
    made = new_folder()
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def new_folder() -> Path:
    """Another folder; whoever asks removes it."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    return Path(tempfile.mkdtemp(prefix="headsup-fuzz-", dir=memory if usable else None))


def put(name: str, data: bytes) -> Path:
    """A file with these bytes and nothing beside it."""
    path = folder() / name
    path.write_bytes(data)
    return path


def clear(*names: str) -> None:
    """Remove files, where they are."""
    for name in names:
        (folder() / name).unlink(missing_ok=True)
