"""Asks a question in a child process: a library that aborts, hangs or chatters cannot harm the answer.

Qt calls abort() without a display, PortAudio prints ALSA's worries, a sound server may never reply.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LIMIT_S = 4.0
"""How long a child may take: half a second is usual, a first start from a slow disk takes two."""

_MOST_BYTES = 64_000

# An abort that we expect shall leave no core file and raise no crash report.
_QUIET = """
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, OSError, ValueError):
    pass
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child said: the JSON object it printed, and how it ended."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Empty where it printed no JSON object."""
    late: bool = False
    """It was stopped at the time limit."""
    exit_code: int = 0
    """Negative: ended by that signal."""
    chatter: str = ""
    """Its error output, for a closer look; not for the user."""


def ask(code: str, *, environment: Mapping[str, str] | None = None, seconds: float = LIMIT_S) -> Answer:
    """Run Python `code` in a child that prints one JSON object. Never raises for anything the child does.

    The child's output goes to files, not pipes: a daemon that it starts may keep them open without holding us up.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-c", _QUIET + code],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, **(environment or {})},
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(late=True)
        except OSError as error:
            return Answer(exit_code=1, chatter=str(error))
        out.seek(0)
        err.seek(0)
        return Answer(
            values=_last_object(out.read(_MOST_BYTES).decode("utf-8", "replace")),
            exit_code=ended.returncode,
            chatter=err.read(_MOST_BYTES).decode("utf-8", "replace"),
        )


def tool(*words: str, seconds: float = LIMIT_S) -> str:
    """What a program of the system prints, in English where it knows the wish; '' where it is not there, fails or is
    late. `words` are never given to a shell."""
    path = shutil.which(words[0])
    if path is None:
        return ""
    with tempfile.TemporaryFile() as out:
        try:
            ended = subprocess.run(
                [path, *words[1:]],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "LC_ALL": "C"},
                timeout=seconds,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return ""
        out.seek(0)
        return out.read(_MOST_BYTES).decode("utf-8", "replace") if ended.returncode == 0 else ""


def _last_object(text: str) -> dict[str, Any]:
    """The JSON object on the last line that holds one: libraries may print before it."""
    for line in reversed(text.splitlines()):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return {}
