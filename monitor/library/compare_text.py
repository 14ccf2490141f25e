"""The comparison as plain text, for a terminal."""

from __future__ import annotations

from monitor.library.compare import Comparison, NumberLine, reasons_of, said_of
from monitor.library.compare_charts import row_words
from monitor.library.compare_report import HONEST, NOT_LIKE
from monitor.library.words import difference_words, value_words


def compare_lines(comparison: Comparison, *, feet: bool) -> list[str]:
    """The runs, their numbers with differences, and what may be said of them."""
    runs = comparison.runs
    lines = [row_words(i, run) for i, run in enumerate(runs)]
    head = ["", "1", *(cell for i in range(2, len(runs) + 1) for cell in (str(i), f"{i} against 1"))]
    body = [_cells(line, feet=feet) for line in comparison.lines]
    sizes = [max(len(cells[i]) for cells in (head, *body)) for i in range(len(head))]
    lines.append("")
    for cells in (head, *body):
        first, *rest = zip(cells, sizes, strict=True)
        lines.append("  ".join((first[0].ljust(first[1]), *(cell.rjust(size) for cell, size in rest))).rstrip())
    lines.append("")
    for i in range(1, len(runs)):
        lines += [f"{NOT_LIKE} {why}" for why in [reasons_of(comparison, i)] if why]
        lines += [f"Run {i + 1} against run 1. {said}" for said in said_of(comparison, i)]
    return [*lines, HONEST]


def _cells(line: NumberLine, *, feet: bool) -> list[str]:
    kind = line.measure.kind
    cells = [line.measure.name, value_words(kind, line.values[0], feet=feet)]
    for value, by, same in zip(line.values[1:], line.differences[1:], line.same_ruler[1:], strict=True):
        words = difference_words(kind, by, feet=feet)
        cells += [value_words(kind, value, feet=feet), words if same or by is None else f"{NOT_LIKE} {words}"]
    return cells
