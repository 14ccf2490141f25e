"""What the review window was opened on, and what it tells whoever opened it. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


def _nothing() -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class ReviewActions:
    """The window's surroundings.

    recording : the recording's file, beside which choices are kept; None: nowhere
    watch : the watch's file as it was opened; None: none
    notices : sentences on the recording, e.g. what of it is damaged; looked at when the window is made
    closed : called once when the window is closed
    """

    recording: Path | None = None
    watch: Path | None = None
    notices: Sequence[str] = ()
    closed: Callable[[], None] = _nothing
