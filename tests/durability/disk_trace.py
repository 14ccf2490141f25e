"""What a process asks of the disk, in order, as strace tells it: the operations on the files of one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.durability.kills import ROOT

CALLS = (
    "openat,close,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename,link,dup,dup2,dup3,pwritev,writev,fallocate,"
    "unlinkat,renameat,renameat2,linkat"
)
_UNKNOWN = frozenset({"pwritev", "writev", "fallocate", "unlinkat", "renameat", "renameat2", "linkat", "dup"})
"""Calls that would change a file in a way that is not followed here: met on our files, the trace is refused."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset of file number `file`."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A new length of a file."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All before it of this file (0: of the folder) is on disk."""

    file: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name is given to a file, or taken away (0)."""

    name: str
    file: int


@dataclass(frozen=True, slots=True)
class Rename:
    """In one step: `name` becomes `new`."""

    name: str
    new: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something the process said on stdout, `at_s` by the wall clock."""

    text: str
    at_s: float


Operation: TypeAlias = Write | Truncate | Sync | Name | Rename | Said
_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*?) *<unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +(\d+\.\d+) <\.\.\. (\w+) resumed>(.*)$")


class TraceError(Exception):
    """The trace holds something that is not followed here."""


def traced(folder: Path, script: Path, arguments: Sequence[object]) -> list[tuple[float, Operation]]:
    """Run a Python script in `folder` to its end; (wall clock s, operation) in order. Raises CalledProcessError."""
    log = folder.parent / f"{folder.name}.strace"
    command = [
        "strace",
        "-f",
        "-ttt",
        "-xx",
        "-s",
        "200000",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    ]
    subprocess.run(
        [*command, sys.executable, str(script), *map(str, arguments)],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return list(operations(log, folder))


def operations(log: Path, folder: Path) -> Iterator[tuple[float, Operation]]:
    """The operations on the files directly in `folder`, and what was said. Raises TraceError."""
    follower = _Follower(folder.resolve())
    for at_s, call, arguments, result in _calls(log):
        for operation in follower.follow(at_s, call, arguments, result):
            yield at_s, operation


def _calls(log: Path) -> Iterator[tuple[float, str, str, int]]:
    """(when it was done, call, arguments, result); a call that another thread's came into is put together."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as file:
        for raw in file:
            line = raw.rstrip("\n")
            if match := _BEGUN.match(line):
                begun[match[1]] = match[4]
                continue
            if match := _RESUMED.match(line):
                line = f"{match[1]} {match[2]} {match[3]}({begun.pop(match[1], '')}{match[4]}"
            if match := _LINE.match(line):
                yield float(match[2]), match[3], match[4], int(match[5])


class _Follower:
    """Which file a number stands for, and which name belongs to which file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[int, int] = {}
        self._names: dict[str, int] = {}
        self._files = 0

    def follow(self, at_s: float, call: str, arguments: str, result: int) -> Iterator[Operation]:
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
        numbers = [part.strip() for part in re.sub(r'"[^"]*"', "T", arguments).split(",")]
        handle = int(numbers[0]) if numbers[0].isdigit() else -1
        if result < 0:
            return
        if call == "openat":
            yield from self._opened(texts[0].decode(), "O_CREAT" in arguments, "O_TRUNC" in arguments, result)
        elif call == "close":
            self._open.pop(handle, None)
        elif call == "write" and handle == 1:
            yield Said(texts[0].decode(), at_s)
        elif call in ("fsync", "fdatasync") and handle in self._open:
            yield Sync(self._open[handle])
        elif call == "pwrite64" and handle in self._open:
            yield Write(self._open[handle], int(numbers[3]), texts[0][:result])
        elif call == "ftruncate" and handle in self._open:
            yield Truncate(self._open[handle], int(numbers[1]))
        elif call in ("unlink", "rename", "link"):
            yield from self._named(call, [self._name(text.decode()) for text in texts])
        elif (call in _UNKNOWN or call == "write") and self._open.get(handle):
            raise TraceError(f"{call} on a file of the run is not followed")

    def _name(self, path: str) -> str | None:
        """The name in the folder; None for a file elsewhere."""
        whole = self._folder / path
        return whole.name if whole.parent == self._folder and not whole.name.endswith("-shm") else None

    def _opened(self, path: str, create: bool, truncate: bool, handle: int) -> Iterator[Operation]:
        if (self._folder / path).resolve() == self._folder:
            self._open[handle] = 0
            return
        name = self._name(path)
        if name is None:
            self._open.pop(handle, None)
            return
        if name not in self._names:
            if not create:
                return
            self._files += 1
            self._names[name] = self._files
            yield Name(name, self._files)
        elif truncate:
            yield Truncate(self._names[name], 0)
        self._open[handle] = self._names[name]

    def _named(self, call: str, names: list[str | None]) -> Iterator[Operation]:
        old = names[0]
        if old is None or old not in self._names:
            return
        if call == "unlink":
            del self._names[old]
            yield Name(old, 0)
        elif (new := names[1]) is not None:
            self._names[new] = self._names[old]
            if call == "link":
                yield Name(new, self._names[old])
            else:
                del self._names[old]
                yield Rename(old, new)
