"""Files that a command may write again and again: it replaces what it wrote there before, and nothing else."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from monitor.errors import RecordingError

JSON: Final = b"{"
PAGE: Final = b"<!"
TRACK: Final = b"t_s,activity,"
PICTURE: Final = b"\x89PNG"
"""How the files begin."""


def refuse_other(path: Path | str, beginning: bytes) -> None:
    """Raise RecordingError where the name belongs to a file that does not begin so: a recording, a watch's file.

    A new name, an empty file, a device and a pipe are free to be written to.
    """
    with suppress(OSError):  # what cannot be read is told when it cannot be written
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return
        with open(path, "rb") as file:
            found = file.read(len(beginning))
        if found and found.lower() != beginning.lower():
            raise RecordingError(path, "a file of this name holds something else; please choose another name")
