"""How cues are given: what the settings say of the sound, for the players."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from monitor.settings import CueKinds, Settings


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """Volume 0..1, an output's name (or part of it; None: the computer's choice), speech or tones only, feet or metres,
    the folder with a person's own clips, and which kinds of cues are wanted."""

    volume: float = 0.7
    device: str | None = None
    speech: bool = True
    feet: bool = True
    own_clips: Path | None = None
    cues: CueKinds = field(default_factory=CueKinds)

    @classmethod
    def of(cls, settings: Settings, own_clips: Path | None = None) -> Self:
        """As the settings say. A folder of own clips that does not exist is none."""
        return cls(
            volume=settings.volume,
            device=settings.sound_device or None,
            speech=settings.speech,
            feet=settings.feet,
            own_clips=own_clips if own_clips is not None and own_clips.is_dir() else None,
            cues=settings.cues,
        )
