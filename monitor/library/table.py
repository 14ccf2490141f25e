"""The library as a table of plain text, as narrow as the terminal: newest run first, what is wrong below its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.library.measures import BY_KEY
from monitor.library.rows import RunRow
from monitor.library.words import DASH, day_words, modes_words, short_name, value_words

GAP = 2
SIMULATED = "SIMULATED"
EMPTY = "No runs yet. Your first one comes here by itself: headsup live. To look around: headsup demo."


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it says of a run, and on which side it is aligned.

    least : terminals narrower than this leave it out, letters; 0: never
    """

    heading: str
    words: Callable[[RunRow, bool], str]
    right: bool = True
    least: int = 0


def number_column(heading: str, key: str, least: int = 0) -> Column:
    """A column of one measure."""
    kind = BY_KEY[key].kind
    return Column(heading, lambda row, feet: value_words(kind, row.number(key), feet=feet), least=least)


COLUMNS: tuple[Column, ...] = (
    Column("Date", lambda row, _: day_words(row), right=False),
    number_column("Length", "duration_s"),
    Column("Mode", lambda row, _: modes_words(row), right=False),
    number_column("Past limit", "past_limit_share"),
    number_column("Cues", "prompts"),
    number_column("Head", "head_from_calibration_deg"),
    number_column("Shoulders", "shoulder_mean", 100),
    number_column("Cadence", "cadence_median_spm", 90),
    number_column("Distance", "distance_m", 130),
    Column("", lambda row, _: SIMULATED if row.simulated else "", right=False),
    Column("Run", lambda row, _: short_name(row, 28), right=False),
    Column("Note", lambda row, _: row.note[:40], right=False, least=150),
)


def table_lines(rows: Sequence[RunRow], width: int, *, feet: bool) -> list[str]:
    """The table, a line for each run; recordings that cannot be used follow with their sentence."""
    if not rows:
        return [EMPTY]
    good = [row for row in rows if not row.error]
    columns = [c for c in COLUMNS if c.least <= width]
    cells = [[c.words(row, feet) for c in columns] for row in good]
    # A column that says nothing of any run only takes room.
    shown = [i for i in range(len(columns)) if any(line[i].strip(DASH) for line in cells)]
    headings = [columns[i].heading for i in shown]
    body = [[line[i] for i in shown] for line in cells]
    sizes = [max(len(line[i]) for line in (headings, *body)) for i in range(len(shown))]
    right = [columns[i].right for i in shown]
    lines = [_aligned(line, sizes, right) for line in (headings, *body)] if good else []
    lines += [f"{short_name(row)}: {row.error}" for row in rows if row.error]
    return lines


def _aligned(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> str:
    said = (c.rjust(s) if r else c.ljust(s) for c, s, r in zip(cells, sizes, right, strict=True))
    return (" " * GAP).join(said).rstrip()
