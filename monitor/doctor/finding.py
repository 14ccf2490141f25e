"""What one check found, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    MISSING = "missing"
    """Something does not work until it is mended."""
    WARNING = "warning"
    """Worth knowing: a part is limited, or could not be checked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: the state of it, a sentence, and one line that says how to mend it ('' when ok).

    `tip` is worth knowing although the thing works: what to try should it act up.
    """

    topic: str
    state: State
    sentence: str
    remedy: str = ""
    tip: str = ""
