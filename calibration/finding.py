"""Something the wearer should know of a sensor or a profile, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`sensor` is the run's key ('' for the profile as a whole), `code` a stable word for programs, `text` a sentence.

    `serious`: what rests on it should not be trusted; otherwise it is good to know.
    """

    sensor: str
    code: str
    text: str
    serious: bool
