"""A person's own voice: which files of the folder are in use, and what is wrong with the others."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from monitor.outputs.clips import load_clips
from monitor.outputs.phrases import Clip, Spoken, file_name
from monitor.outputs.pieces import Piece
from monitor.settings import shown

MOST_LISTED = 8
"""More complaints than this at once help nobody."""
MOST_FILES = 500
"""So many names of a folder are looked at."""
FOLDER = "Your own voice: put WAV files such as shoulders.wav into {}."
IN_USE = "In use: {}."
NOT_READ = "That folder cannot be read ({})."
MORE = "{} more files there are not used."


@dataclass(frozen=True, slots=True)
class OwnClips:
    """What was found: the sounds in use, and a sentence for each file that is not."""

    used: tuple[Spoken, ...]
    problems: tuple[str, ...]

    @property
    def to_hear(self) -> Spoken | None:
        """The one to test with; None where there is none."""
        return Clip.SHOULDERS if Clip.SHOULDERS in self.used else next(iter(self.used), None)

    @property
    def line(self) -> str:
        """All in one line: 'In use: shoulders.wav. good.wav: is silent. ...'; '' where the folder is empty."""
        names = [file_name(spoken) for spoken in self.used]
        if len(names) > MOST_LISTED:
            names = [*names[:MOST_LISTED], f"and {len(names) - MOST_LISTED} more"]
        problems = list(self.problems[:MOST_LISTED])
        if len(self.problems) > MOST_LISTED:
            problems.append(MORE.format(len(self.problems) - MOST_LISTED))
        return " ".join([*([IN_USE.format(", ".join(names))] if names else []), *problems])


def look_into(folder: Path) -> OwnClips:
    """Read the folder anew, with suspicion. A folder that does not exist is empty. Never raises."""
    if not folder.is_dir():
        return OwnClips((), ())
    library = load_clips(folder)
    return OwnClips(library.own, (*library.problems, *_strangers(folder)))


def _strangers(folder: Path) -> list[str]:
    """A sentence for each file that no sound goes by: a typing error would be silence without a reason."""
    known = {file_name(spoken) for spoken in (*Clip, *Piece)}
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, MOST_FILES))
    except OSError as error:
        return [NOT_READ.format(error.strerror)]
    found = []
    for name in names:
        if name in known or name.startswith("."):
            continue
        alike = difflib.get_close_matches(f"{Path(name).stem.lower()}.wav", known, 1, 0.75)
        meant = f"; did you mean {alike[0]}?" if alike else "."
        found.append(f"{shown(name)}: no sound goes by that name{meant}")
    return found
