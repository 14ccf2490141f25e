"""What the review window was opened on, and what it tells whoever opened it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _nothing() -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class ReviewActions:
    """The window's surroundings.

    recording : the recording's file, beside which choices are kept; None: nowhere
    watch : the watch's file as it was opened; None: none
    closed : called once when the window is closed
    """

    recording: Path | None = None
    watch: Path | None = None
    closed: Callable[[], None] = _nothing
