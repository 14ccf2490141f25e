"""Files for others: whole or not there at all, and never in the place of another unless that was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from monitor.errors import RecordingError
from monitor.recording.place import part_name, publish, refuse_taken, sync_folder


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Open a file to be written; it gets its name when the block ends well, and nothing is left behind otherwise.

    replace : take the place of an ordinary file of this name

    Raises RecordingError: the name is taken, its folder is missing, the disk is full.
    """
    check_free(path, replace=replace)
    part = part_name(path)
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(part, path)
            sync_folder(path.parent)
        else:
            publish(part, path)
    except FileNotFoundError as error:
        raise RecordingError(path, f"the folder '{path.parent}' does not exist") from error
    except OSError as error:
        raise RecordingError(path, f"cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink()


def check_free(path: Path, *, replace: bool = False) -> None:
    """Whether `new_file` would begin: better known before hours of a run are worked out. Raises RecordingError."""
    if not replace or not os.path.lexists(path):
        refuse_taken(path)
    elif path.is_symlink() or not path.is_file():
        raise RecordingError(path, "is not an ordinary file, so it is not replaced; please choose another name")
