"""Files on disk: new names that replace nothing, parts that become whole in one step, SQLite's side files."""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

from monitor.errors import RecordingError

_SIDES = ("-wal", "-shm", "-journal")
_PART = re.compile(r"\.headsup-[0-9a-f]{12}\.part(-wal|-shm|-journal)?")
STALE_S = 86_400.0
_MOST_LISTED = 50_000


def sidecars(path: Path) -> list[Path]:
    """What SQLite keeps beside a database while it is open, or after a crash."""
    return [path.with_name(path.name + side) for side in _SIDES]


def wal_of(path: Path) -> Path:
    """Where SQLite keeps what is not yet in the database itself."""
    return path.with_name(f"{path.name}-wal")


def create_empty(path: Path, title: Path | None = None) -> tuple[int, int]:
    """Make a new empty file that replaces nothing; returns (device, inode).

    title : what an error calls it, where that is not its name yet

    Raises RecordingError.
    """
    refuse_taken(path)
    try:
        # O_EXCL refuses whatever has the name already: a file, a folder, a link even to nowhere.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except OSError as error:
        raise _refusal(title or path, error) from error
    try:
        status = os.fstat(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
    return status.st_dev, status.st_ino


def refuse_taken(path: Path) -> None:
    """Raise RecordingError where a new recording cannot have this name."""
    if not path.name or "\0" in str(path):
        raise RecordingError(repr(str(path)), "is not a usable file name")
    if os.path.lexists(path):
        raise _refusal(path, FileExistsError())
    for side in sidecars(path):
        if os.path.lexists(side):
            raise RecordingError(path, f"'{side.name}' of another run lies there; please choose another name")


def part_name(path: Path) -> Path:
    """A name in the same folder for a file that will become `path` once it is complete."""
    return path.with_name(f".headsup-{secrets.token_hex(6)}.part")


def remove_stale_parts(folder: Path) -> int:
    """Remove parts that nobody has written to for a day: a kill left them behind. How many those were."""
    count = 0
    # The age of a file on disk: the one question here that only the wall clock answers.
    now_s = time.time()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in islice(entries, _MOST_LISTED):
            with suppress(OSError):
                if not _PART.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                    continue
                if now_s - entry.stat(follow_symlinks=False).st_mtime > STALE_S:
                    os.unlink(entry.path)
                    count += 1
    return count


def publish(part: Path, path: Path) -> None:
    """Give a complete part its name, replacing nothing. Raises RecordingError."""
    refuse_taken(path)
    try:
        try:
            os.link(part, path)  # atomic, and refuses a name that was taken meanwhile
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.rename(part, path)
        else:
            part.unlink()
    except OSError as error:
        raise _refusal(path, error) from error
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file of our own and its side files."""
    for name in (path, *sidecars(path)):
        with suppress(OSError):
            name.unlink()


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut, where the system lets us."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def same_file(path: Path, identity: tuple[int, int]) -> bool:
    """Whether `path` still names the file with this (device, inode)."""
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == identity


def _refusal(path: Path, error: OSError) -> RecordingError:
    if isinstance(error, FileExistsError):
        what = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "a file"
        return RecordingError(path, f"{what} of this name exists already; please choose another name")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return RecordingError(path, f"the folder '{path.parent}' does not exist")
    if isinstance(error, PermissionError):
        return RecordingError(path, f"the folder '{path.parent}' may not be written to")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RecordingError(path, "cannot be written: the disk is full")
    if error.errno == errno.EROFS:
        return RecordingError(path, "cannot be written: the disk is read-only")
    return RecordingError(path, f"cannot be written: {error.strerror}")
