"""A report parsed back: nesting checked, elements and text collected."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
from constructed_analysis import track

from monitor.review.metrics import summarise
from monitor.review.report import report_html

VOID = {"meta"}
LINKING = {"href", "src", "srcset", "data", "action", "poster", "xlink:href"}


class Page(HTMLParser):
    """Checks nesting and collects elements and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"<{tag}> repeats an attribute"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(run) -> Page:
    parsed = Page()
    parsed.feed(report_html(run, summarise(run)))
    parsed.close()
    assert parsed.open == []
    return parsed


def level(seconds: float, deg: float | np.ndarray = 5.0, **columns: object):
    return track("head", seconds, angle_deg=deg, sustained_deg=deg, **columns)
