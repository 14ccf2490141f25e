"""The comparison as one HTML page that stands alone, in the dress of the run's own report."""

from __future__ import annotations

from monitor import __version__
from monitor.library.compare import CURVE_S, Comparison, NumberLine, reasons_of, said_of
from monitor.library.compare_charts import Over, chart, quantities
from monitor.library.words import day_words, difference_words, modes_words, short_name, value_words
from monitor.review.report_parts import figure, number, para, section, table
from monitor.review.report_style import CSS
from monitor.review.report_summary import SIMULATED_WORDS
from monitor.review.svg import text

_CSS = ".behind { fill:none; stroke:var(--dim); stroke-width:1; stroke-dasharray:2 3; }\n"
NOT_LIKE = "≠"
"""Stands before a difference between numbers of different rulers."""
HONEST = (
    "A difference is about these runs alone: the ground, the heat and a tired day differ too. "
    "Whether it is your form that changed, only several runs can tell."
)


def compare_html(comparison: Comparison, over: Over, *, feet: bool) -> str:
    """The page. Pure."""
    runs = comparison.runs
    title = f"{len(runs)} runs side by side"
    simulated = para(SIMULATED_WORDS, "simulated") if comparison.simulated else ""
    body = (
        section("said", "What differs", *_said(comparison), para(HONEST, "dim"))
        + section("numbers", "The numbers", _numbers(comparison, feet=feet))
        + section("charts", f"Over {over.value}", *_charts(comparison, over, feet=feet))
    )
    foot = f"<footer>{text(f'Heads Up {__version__}')}</footer>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(f'Heads Up: {title}')}</title><style>{CSS}{_CSS}</style></head>\n"
        f"<body><main>{simulated}<h1>{text(title)}</h1>{_runs(comparison)}{body}{foot}</main></body></html>\n"
    )


def _runs(comparison: Comparison) -> str:
    rows = [
        [str(i), text(day_words(run.row)), text(modes_words(run.row)), text(short_name(run.row)), text(run.row.note)]
        for i, run in enumerate(comparison.runs, 1)
    ]
    return table(["", "Began", "Mode", "Run", "Note"], rows, class_="left")


def _said(comparison: Comparison) -> list[str]:
    out = []
    for i in range(1, len(comparison.runs)):
        items = "".join(f"<li>{text(said)}</li>" for said in said_of(comparison, i))
        out.append(f"<h3>Run {i + 1} against run 1</h3>{para(reasons_of(comparison, i), 'warn')}")
        out.append(f"<ul>{items}</ul>" if items else para("Nothing of both runs can be laid side by side."))
    return out


def _numbers(comparison: Comparison, *, feet: bool) -> str:
    count = len(comparison.runs)
    head = [""]
    for i in range(count):
        head += [f"Run {i + 1}", "against 1"] if i else ["Run 1"]
    return table(head, [_cells(at, line, feet=feet) for at, line in enumerate(comparison.lines)], class_="numbers")


def _cells(at: int, line: NumberLine, *, feet: bool) -> list[str]:
    kind = line.measure.kind
    cells = [text(line.measure.name)]
    for i, value in enumerate(line.values):
        cells.append(number(f"measures.{at}.values.{i}", value, value_words(kind, value, feet=feet), kind.value))
        if i:
            by = line.differences[i]
            words = difference_words(kind, by, feet=feet)
            said = words if line.same_ruler[i] or by is None else f"{NOT_LIKE} {words}"
            cells.append(number(f"measures.{at}.differences.{i}", by, said, kind.value))
    return cells


def _charts(comparison: Comparison, over: Over, *, feet: bool) -> list[str]:
    drawn = [figure(lambda w, q=q: chart(comparison, q, over, w, feet=feet)) for q in quantities(comparison)]  # type: ignore[misc]
    if not drawn:
        return []
    key = (
        f"Each row is a run from its first running step on, as means of {CURVE_S:.0f} seconds of running; the dotted "
        "line behind is run 1. Where a line is broken, nothing could be trusted or you did not run."
    )
    return [*drawn, para(key, "dim")]
