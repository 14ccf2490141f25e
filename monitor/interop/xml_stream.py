"""XML of unknown origin, fed piece by piece: no document types, no entities, no trees, no depth, no endless tokens."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from monitor.interop.points import LATEST_NS, NO_TIME, Points
from monitor.values import NS_PER_S

DEEPEST = 64
LONGEST_TEXT = 200
"""Characters of one element that are kept: numbers, times and names are shorter."""
_PIECE = 1 << 16
_LONGEST_TOKEN = 1 << 20
"""The parser scans an unfinished token anew with every piece: endless ones would take hours."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class XmlRefusedError(Exception):
    """XML that is not read; its text completes 'This file ...'."""


class Handler(Protocol):
    """Follows the elements by local name. `start` gets the attributes, `end` the text directly inside.

    `path` holds the local names from the root to the element. `enough` ends the reading early.
    """

    @property
    def enough(self) -> bool: ...

    def start(self, path: list[str], attributes: dict[str, str]) -> None: ...

    def end(self, path: list[str], text: str) -> None: ...


class _Target:
    """What the parser talks to: keeps the path and the text of the innermost element."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._path: list[str] = []
        self._text: list[str] = []
        self._held = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= DEEPEST:
            raise XmlRefusedError("is nested too deeply to be a watch's file")
        self._path.append(tag.rpartition("}")[2])
        self._text, self._held = [], 0
        self._handler.start(self._path, attributes)

    def data(self, text: str) -> None:
        if self._held < LONGEST_TEXT:
            self._text.append(text[: LONGEST_TEXT - self._held])
            self._held += len(text)

    def end(self, tag: str) -> None:
        del tag
        self._handler.end(self._path, "".join(self._text).strip())
        self._path.pop()
        self._text, self._held = [], 0

    def close(self) -> None:
        pass


def read_xml(file: BinaryIO, handler: Handler, points: Points) -> None:
    """Feed a file to a handler. What ends or breaks too early becomes a warning. Raises XmlRefusedError."""
    parser = XMLParser(target=_Target(handler), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    fed = 0
    try:
        while piece := file.read(_PIECE):
            parser.feed(piece)
            fed += len(piece)
            if handler.enough:
                return
            if fed - parser.parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise XmlRefusedError("holds an endless piece of text")
        parser.close()
    except DefusedXmlException:
        raise XmlRefusedError("defines entities or a document type, which no watch does; it is not read") from None
    except (SyntaxError, ValueError, LookupError):  # ill-formed; bytes or names of an encoding that is not known
        points.warn("This file is damaged from some point on; what comes before is read.")


def time_ns(text: str) -> int:
    """UTC nanoseconds of an ISO 8601 time, UTC where it names no zone; `NO_TIME` for what no watch can tell."""
    try:
        moment = datetime.fromisoformat(text)
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return NO_TIME
    t_ns = (since.days * 86_400 + since.seconds) * NS_PER_S + since.microseconds * 1000
    return t_ns if 0 <= t_ns < LATEST_NS else NO_TIME


def number(text: str | None) -> float:
    """A number as text; NaN for what is none."""
    try:
        return float(text) if text else math.nan
    except ValueError:
        return math.nan


def word(text: str | None) -> str:
    """A name as the file holds it, short and on one line."""
    return "".join(c if c.isprintable() else "?" for c in (text or "")[:60]).strip()
