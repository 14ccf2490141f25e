"""The lines that are done, kept while a batch runs and after it: what was done once is not done again.

A text file beside the summary, one line per recording, each with a CRC-32; written at once, so a kill at any moment
costs the recordings that were being worked on and no others. It may be thrown away at any time.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.batch.program import made_by
from monitor.batch.row import SummaryRow, as_json, from_json
from monitor.batch.summarise import Options
from monitor.errors import RecordingError

HEAD = b"headsup batch journal 1\n"
LONGEST_LINE = 64_000
LARGEST_BYTES = 1 << 28
"""Some 80 000 lines, those of older programs among them; a larger journal is begun anew."""


def journal_path(summary: Path) -> Path:
    """Where the journal of a summary lies: 'runs.parquet' -> 'runs.parquet.done'."""
    return summary.with_name(summary.name + ".done")


class Journal:
    """The journal of one summary. A context manager; used by one thread.

    `rows` : the good lines of this program and these options, by content
    """

    def __init__(self, path: Path, options: Options) -> None:
        """Read what is there. Raises RecordingError where the file is another's or cannot be written."""
        self.path = path
        self._options = options.digest()
        self.rows: dict[str, SummaryRow] = {}
        try:
            if os.path.lexists(path):
                if path.is_symlink() or not path.is_file():
                    raise RecordingError(path, "is not an ordinary file; please choose another summary")
                if path.stat().st_size > LARGEST_BYTES:
                    self._check_head()
                    os.truncate(path, 0)
                self._read()
            self._file = open(path, "ab")  # noqa: SIM115 (closed by `close`)
            # A line that a kill cut short ends here, so that it spoils no other.
            self._file.write(b"\n" if self._file.tell() else HEAD)
            self._file.flush()
        except OSError as error:
            raise RecordingError(path, f"cannot be written: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; one that holds nothing goes."""
        with suppress(OSError):
            empty = self._file.tell() == len(HEAD)
            self._file.close()
            if empty:
                self.path.unlink()

    def put(self, row: SummaryRow) -> None:
        """Keep a good line; a bad one is tried again next time. Raises RecordingError where the disk is full."""
        if row.error or not row.content or row.made_by != made_by() or row.content in self.rows:
            return
        self.rows[row.content] = row
        body = json.dumps([self._options, as_json(row)], allow_nan=False, separators=(",", ":")).encode()
        try:
            if len(body) > LONGEST_LINE:
                return
            self._file.write(b"%08x %s\n" % (zlib.crc32(body), body))
            self._file.flush()
        except OSError as error:
            raise RecordingError(self.path, f"cannot be written: {error.strerror}") from error

    def _check_head(self) -> None:
        with open(self.path, "rb") as file:
            if (head := file.read(len(HEAD))) and head != HEAD:
                raise RecordingError(self.path, "is not the journal of a batch; please choose another summary")

    def _read(self) -> None:
        """Take every line that is whole and ours. A line longer than any of ours is passed over in pieces."""
        self._check_head()
        with open(self.path, "rb") as file:
            while line := file.readline(LONGEST_LINE + 16):
                row = self._row(line)
                if row is not None:
                    self.rows[row.content] = row

    def _row(self, line: bytes) -> SummaryRow | None:
        crc, _, body = line.rstrip(b"\n").partition(b" ")
        if crc != b"%08x" % zlib.crc32(body):
            return None
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(told, list) or len(told) != 2 or told[0] != self._options:
            return None
        row = from_json(told[1])
        return row if row is not None and row.values and not row.error and row.made_by == made_by() else None
