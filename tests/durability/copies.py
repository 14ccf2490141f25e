"""Copies taken while a run goes on: by the file alone, with its -wal, by SQLite's backup, and reading it in place."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import RecordingError
from monitor.values import NS_PER_S
from tests.durability.checking import WrongError, kept
from tests.durability.kills import child, given_ns


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy: how much of what the writer had been given is missing in it, or why it does not open."""

    how: str
    at_s: float
    lost_s: float
    refused: str = ""


def _alone(run: Path, copy: Path) -> None:
    shutil.copyfile(run, copy)


def _with_wal(run: Path, copy: Path) -> None:
    shutil.copyfile(run, copy)
    with suppress(FileNotFoundError):  # before the first second is on disk
        shutil.copyfile(f"{run}-wal", f"{copy}-wal")


def _wal_first(run: Path, copy: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.copyfile(f"{run}-wal", f"{copy}-wal")
    shutil.copyfile(run, copy)


def _backup(run: Path, copy: Path) -> None:
    uri = f"{run.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


HOW: dict[str, Callable[[Path, Path], None]] = {
    "the file alone": _alone,
    "the file, then its -wal": _with_wal,
    "the -wal, then the file": _wal_first,
    'sqlite3 RUN ".backup COPY"': _backup,
}
IN_PLACE = "opened in place"


def copies(seconds: float, every_s: float = 0.9) -> list[Copied]:
    """Copies in every way, again and again while a run of so many seconds is recorded in real time."""
    found: list[Copied] = []
    with tempfile.TemporaryDirectory(prefix="headsup-copies-") as name:
        path = Path(name) / "run.headsup"
        with child("record", path, seconds) as (process, ledger):
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.readline()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            begin = time.monotonic()
            while (at_s := time.monotonic() - begin) < seconds - 1:
                for number, (how, make) in enumerate(HOW.items()):
                    copy = path.with_name(f"copy-{len(found)}-{number}.headsup")
                    given = given_ns(ledger)
                    make(path, copy)
                    found.append(_judged(how, at_s, given, copy))
                found.append(_judged(IN_PLACE, at_s, given_ns(ledger), path))
                time.sleep(every_s)
            process.wait()
    return found


def _judged(how: str, at_s: float, given: int, copy: Path) -> Copied:
    try:
        left = kept(copy, damaged=how == "the file, then its -wal")
    except (RecordingError, WrongError) as error:
        return Copied(how, at_s, at_s, str(error))
    return Copied(how, at_s, max(0, given - max(left.first_lost_ns, 0)) / NS_PER_S)
