"""How long the runs of each profile last: a small file beside the profiles keeps the last few.

Without a plan, the form checks in the middle and towards the end go by it.
"""

from __future__ import annotations

from pathlib import Path

from monitor.coaching.plan import LEARN_FROM, learned_min
from monitor.commands.small_file import DAMAGED, read_table, write_table

FORMAT, VERSION = "headsup-run-lengths", 1
LONGEST_MIN = 1440.0
"""Of the setting `coaching.learned_min`."""
LONGEST_S = 864_000.0
"""Ten days: longer ones are kept as that."""


def usual_minutes(path: Path, profile_name: str) -> float:
    """Minutes that the next run of a profile is likely to last; 0 with fewer than three earlier ones. Never raises.

    The value for `coaching.learned_min`. A file that cannot be used counts as none; `read_lengths` says what is wrong.
    """
    lengths_s, _ = read_lengths(path)
    return min(LONGEST_MIN, learned_min(lengths_s.get(profile_name, [])) or 0.0)


def add_length(path: Path, profile_name: str, length_s: float) -> None:
    """One more run of a profile; only the last few are kept. Raises OSError."""
    lengths_s, _ = read_lengths(path)
    kept = [*lengths_s.get(profile_name, []), round(min(length_s, LONGEST_S), 1)][-LEARN_FROM:]
    write_table(path, FORMAT, VERSION, {"lengths_s": {**lengths_s, profile_name: kept}})


def read_lengths(path: Path) -> tuple[dict[str, list[float]], str]:
    """Seconds of the last runs by profile, oldest first, and what is wrong with the file ('' for nothing)."""
    table, damage = read_table(path, FORMAT, VERSION)
    found = table.get("lengths_s", {})
    if not isinstance(found, dict) or not all(_are_lengths(lengths) for lengths in found.values()):
        return {}, DAMAGED
    return found, damage


def _are_lengths(found: object) -> bool:
    if not isinstance(found, list):
        return False
    return all(type(s) in (int, float) and 0 < s <= LONGEST_S for s in found)
