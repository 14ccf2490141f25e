"""A report parsed back: nesting checked, elements, text and numbers collected."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

import numpy as np
from constructed_analysis import track

from monitor.review.analysis import RunAnalysis
from monitor.review.report import report_html
from monitor.review.reviewed import ReviewedRun, reviewed

VOID = {"meta"}
LINKING = {"src", "srcset", "data", "action", "poster", "xlink:href"}


@dataclass
class Printed:
    """One element that says where it stands in the JSON."""

    at: str
    unit: str
    value: str | None
    words: str = ""


class Page(HTMLParser):
    """Checks nesting and collects elements, text, and the elements with a place in the JSON.

    `loose`: words in cells of tables of numbers that are not in such an element.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.printed: list[Printed] = []
        self.loose: list[str] = []
        self._in_printed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        assert len(found) == len(attrs), f"<{tag}> repeats an attribute"
        if tag not in VOID:
            self.open.append(tag)
        if "data-at" in found:
            self.printed.append(Printed(found["data-at"] or "", found.get("data-unit") or "", found.get("value")))
            self._in_printed = len(self.open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        if len(self.open) == self._in_printed:
            self._in_printed = 0
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] == "style":
            return
        self.words.append(data)
        if self._in_printed:
            self.printed[-1].words += data
        elif "td" in self.open:
            self.loose.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def targets(self) -> set[str]:
        """Where links lead to."""
        return {a["href"] or "" for t, a in self.tags if "href" in a}

    def anchors(self) -> list[str]:
        return [a["id"] or "" for _, a in self.tags if "id" in a]


def html_of(run: RunAnalysis | ReviewedRun) -> str:
    return report_html(run if isinstance(run, ReviewedRun) else reviewed(run))


def page(run: RunAnalysis | ReviewedRun) -> Page:
    parsed = Page()
    parsed.feed(html_of(run))
    parsed.close()
    assert parsed.open == []
    return parsed


def level(seconds: float, deg: float | np.ndarray = 5.0, **columns: object):
    return track("head", seconds, angle_deg=deg, sustained_deg=deg, **columns)
