"""What can be on a disk after the power went: all that was synced, and of the rest whatever the disk got round to.

The model, stricter than any one file system of today:

- data: what was written before the last completed sync of its file is there. Of later writes, each sector of 512 bytes
  by itself is there or is not, so pages are torn and later writes may outlive earlier ones. A file that became
  longer has zeros where a sector is not there. A change of length counts as a write.
- names: what was done before the last completed sync of the folder is there. Of later creations, removals and renames
  the first few are there, in order, as on a file system with a journal (ext4, XFS, Btrfs, APFS, NTFS).

Not modelled: file systems without a journal (FAT), disks that lie about a flush, sectors that turn unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.durability.disk_trace import Name, Operation, Rename, Sync, Truncate, Write

SECTOR = 512


def after_power_cut(operations: Sequence[Operation], rng: np.random.Generator) -> dict[str, bytes]:
    """One possible folder, as name -> content, when power goes after the last of `operations`."""
    synced: dict[int, int] = {}
    for number, operation in enumerate(operations):
        if isinstance(operation, Sync):
            synced[operation.file] = number
    share = float(rng.choice([0.0, 1.0, 0.5, rng.random()]))
    contents: dict[int, bytearray] = {}
    for number, operation in enumerate(operations):
        if isinstance(operation, (Write, Truncate)):
            content = contents.setdefault(operation.file, bytearray())
            if number < synced.get(operation.file, -1):
                _apply(content, operation)
            else:
                _apply_partly(content, operation, share, rng)
    names = _names(operations, synced.get(0, -1), rng)
    return {name: bytes(contents.get(file, b"")) for name, file in names.items()}


def laid_out(files: dict[str, bytes], folder: Path, rng: np.random.Generator) -> None:
    """Put them into a folder; beside a -wal sometimes an old -shm full of nonsense, as it is never synced."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
        if name.endswith("-wal") and rng.random() < 0.3:
            (folder / f"{name[:-4]}-shm").write_bytes(rng.bytes(32768))


def _apply(content: bytearray, operation: Write | Truncate) -> None:
    if isinstance(operation, Truncate):
        del content[operation.size :]
        content.extend(bytes(operation.size - len(content)))
        return
    end = operation.offset + len(operation.data)
    content.extend(bytes(max(0, end - len(content))))
    content[operation.offset : end] = operation.data


def _apply_partly(content: bytearray, operation: Write | Truncate, share: float, rng: np.random.Generator) -> None:
    if isinstance(operation, Truncate):
        if rng.random() < share:
            _apply(content, operation)
        return
    start, end = operation.offset, operation.offset + len(operation.data)
    for sector in range(start // SECTOR, (end + SECTOR - 1) // SECTOR):
        low, high = max(start, sector * SECTOR), min(end, (sector + 1) * SECTOR)
        if rng.random() < share:
            _apply(content, Write(operation.file, low, operation.data[low - start : high - start]))


def _names(operations: Sequence[Operation], synced: int, rng: np.random.Generator) -> dict[str, int]:
    changes = [(n, o) for n, o in enumerate(operations) if isinstance(o, (Name, Rename))]
    safe = sum(n < synced for n, _ in changes)
    names: dict[str, int] = {}
    for _, change in changes[: int(rng.integers(safe, len(changes) + 1))]:
        if isinstance(change, Rename):
            names[change.new] = names.pop(change.name)
        elif change.file:
            names[change.name] = change.file
        else:
            del names[change.name]
    return names
