"""The report's building blocks: sections with anchors, tables, and numbers that say where in the JSON they stand.

Every number of the report is a `<data>` element: `value` is the number as `headsup analyze --json` gives it,
`data-at` its place there (`metrics.running_s`, `insight.laps.0.numbers.head_pitch_mean_deg`), `data-unit` what the
printed words are in. So report and JSON can be compared by machine, number by number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M
from monitor.review.metrics import plain
from monitor.review.report_words import clock_words, span_words
from monitor.review.svg import tag, text

ROWS_MOST = 120
"""Parts of one kind that are listed; all are in the JSON."""
SHORT = 16
"""A table of no more rows is kept on one page of paper."""


def number(at: str, value: float | None, words: str, unit: str) -> str:
    """A printed number. `at`: its place in the JSON; `words`: as people read it, plain text; None prints a dash."""
    if value is None or not math.isfinite(value):
        return tag("data", "–", value="", data_at=at, data_unit=unit)
    return tag("data", text(words), value=f"{plain(float(value)):.12g}", data_at=at, data_unit=unit)


def degrees(at: str, value: float | None) -> str:
    """An angle to a tenth of a degree."""
    return measured(at, value, DEG)


def percent(at: str, value: float | None) -> str:
    """A share 0..1, or a shoulder score, in whole percent."""
    share = value or 0.0
    return number(at, share, "under 1 %", "%") if 0 < share < 0.005 else measured(at, value, SHARE)


def whole(at: str, value: float | None, unit: str = "") -> str:
    """A whole number."""
    return measured(at, value, Unit(unit, "", 0))


def span(at: str, value: float | None) -> str:
    """A length of time in words."""
    return number(at, value, span_words(value or 0.0), "time")


def pace(at: str, speed_m_s: float | None, *, feet: bool) -> str:
    """A speed as runners say it: minutes and seconds for a mile or a kilometre."""
    if speed_m_s is None or not speed_m_s >= 0.1:
        return number(at, speed_m_s, "standing", "words")
    seconds = round((MILE_M if feet else 1000.0) / plain(speed_m_s))  # of the JSON's value: so both agree
    return number(at, speed_m_s, f"{seconds // 60}:{seconds % 60:02d}", "min/mi" if feet else "min/km")


def clock(at: str, seconds: float | None) -> str:
    """A time or a length of time as `m:ss` or `h:mm:ss`, to the nearest second."""
    return number(at, seconds, clock_words(round(seconds or 0.0)), "time")


def way(at: str, metres: float | None, *, feet: bool) -> str:
    """A distance covered, in miles or kilometres."""
    return measured(at, metres, Unit("mi", " mi", 2, 1 / MILE_M) if feet else Unit("km", " km", 2, 0.001))


def height(at: str, metres: float | None, *, feet: bool) -> str:
    """A height, in feet or metres."""
    return measured(at, metres, Unit("ft", " ft", 0, 1 / FOOT_M) if feet else Unit("m", " m", 0))


@dataclass(frozen=True, slots=True)
class Unit:
    """How a quantity is printed: `scale` printed units for one of the JSON's, behind the point `digits`, then `after`.

    name : what `data-unit` says
    """

    name: str
    after: str
    digits: int
    scale: float = 1.0

    def over(self, scale: float, of: str) -> Unit:
        """The same quantity for each unit of a way, such as '/mi', which is `scale` of the JSON's."""
        return replace(self, name=self.name + of, scale=self.scale * scale)


DEG, SHARE = Unit("deg", "°", 1), Unit("%", " %", 0, 100.0)
SPM, BPM, SECONDS = Unit("spm", "", 1), Unit("bpm", "", 1), Unit("s", " s", 1)


def signed(at: str, value: float | None, unit: Unit) -> str:
    """A difference with its sign."""
    shown = _no_minus_zero((value or 0.0) * unit.scale, unit.digits)
    mark = "±" if shown == 0 else "+" if shown > 0 else "−"
    return number(at, value, f"{mark}{abs(shown):.{unit.digits}f}{unit.after}", unit.name)


def measured(at: str, value: float | None, unit: Unit) -> str:
    """A value without a plus."""
    shown = _no_minus_zero((value or 0.0) * unit.scale, unit.digits)
    return number(at, value, f"{shown:.{unit.digits}f}{unit.after}".replace("-", "−"), unit.name)


def interval(at: str, low: float | None, high: float | None, unit: Unit) -> str:
    """Both ends of a 95 % interval, in brackets; `at`: the place of the value that has `low` and `high`."""
    bare = replace(unit, after="")
    return f"({signed(f'{at}.low', low, bare)} to {signed(f'{at}.high', high, bare)})"


def _no_minus_zero(value: float, digits: int) -> float:
    rounded = round(value, digits)
    return 0.0 if rounded == 0 else rounded


# ---------------------------------------------------------------- pieces of the page


def section(anchor: str, title: str, *body: str) -> str:
    """A titled part of the page that links can lead to; `body` is markup. '' where there is no body."""
    inner = "".join(body)
    return f'<section id="{text(anchor)}"><h2>{text(title)}</h2>{inner}</section>' if inner else ""


def para(words: str, class_: str = "") -> str:
    """A paragraph of plain text; '' for no words."""
    style = f' class="{class_}"' if class_ else ""
    return f"<p{style}>{text(words)}</p>" if words else ""


def term(words: str, anchor: str) -> str:
    """Plain words that lead to their line in the glossary."""
    return f'<a class="term" href="#g-{text(anchor)}">{text(words)}</a>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], classes: Sequence[str] = (), class_: str = "") -> str:
    """A table; head and cells are markup, the first cell of a row is its heading."""
    names = "".join(f'<th scope="col">{h}</th>' for h in head)
    styles = classes or [""] * len(rows)
    body = "".join(
        f"<tr{f' class={style!r}' if style else ''}>"
        f'<th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row, style in zip(rows, styles, strict=True)
    )
    kind = f' class="{class_}"' if class_ else ""
    fold = "scroll short" if len(rows) <= SHORT else "scroll"
    return f'<div class="{fold}"><table{kind}><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'


WIDE, NARROW = 820.0, 400.0
"""Widths in which every chart is drawn: for desktop and paper, and for a phone. The page shows one of them."""


def figure(draw: Callable[[float], str]) -> str:
    """A chart in both widths; `draw(width)` gives its SVG, '' for none."""
    wide = draw(WIDE)
    if not wide:
        return ""
    return f'<figure class="wide">{wide}</figure><figure class="narrow">{draw(NARROW)}</figure>'


def more(total: int, shown: int, words: str) -> str:
    """What is said of rows that are left out; '' where none are."""
    left = total - shown
    return para(f"{left} more {words} are in the JSON of headsup analyze.", "dim") if left > 0 else ""
