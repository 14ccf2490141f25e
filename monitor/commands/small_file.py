"""A small JSON file that the application keeps for itself: read with suspicion, replaced in one step."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LARGEST_BYTES = 100_000
DAMAGED = "is damaged"


def read_table(path: Path, kind: str, version: int) -> tuple[dict[str, Any], str]:
    """The table, {} where the file is wrong, and what is wrong with it ('' for nothing, also where there is none)."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return {}, "is not a plain file"
        if about.st_size > LARGEST_BYTES:
            return {}, "is far too large"
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"cannot be read ({error.strerror})"
    except (ValueError, RecursionError):
        return {}, DAMAGED
    if not isinstance(table, dict) or (table.get("format"), table.get("version")) != (kind, version):
        return {}, DAMAGED
    return table, ""


def write_table(path: Path, kind: str, version: int, content: Mapping[str, Any]) -> None:
    """Replace the file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")  # two runs may end at the same moment
    with open(part, "w", encoding="utf-8") as file:
        json.dump({"format": kind, "version": version, **content}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
