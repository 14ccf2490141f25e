"""A watch's file of any kind, told by its content, within bounds, and never trusted."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from monitor.errors import RecordingError
from monitor.interop.fit_read import read_fit
from monitor.interop.gpx_read import GpxHandler
from monitor.interop.points import Points
from monitor.interop.tcx_read import TcxHandler
from monitor.interop.watch import WatchFile, WatchTrack
from monitor.interop.xml_stream import Handler, XmlRefusedError, read_xml

LARGEST_BYTES = 200_000_000
"""XML of a point a second for more than a week."""
LARGEST_FIT_BYTES = 64_000_000
"""A week of a point a second at 100 bytes each; FIT says the same in a fifth of the bytes of XML."""
_HEAD_BYTES = 4096
_KINDS = "Heads Up reads FIT, GPX and TCX"


def read_watch(path: Path, *, session: int | None = None) -> WatchTrack:
    """The track of a watch's file: FIT, GPX or TCX, told apart by what is in it.

    session : read only this activity of a file with several, 1 = the first; None for all that the file holds
    Raises RecordingError with one sentence where nothing can be read.
    """
    try:
        with _opened(path) as file:
            points = _points(path, file)
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    if len(points) == 0:
        why = f" {points.warnings[0]}" if points.warnings else ""
        raise RecordingError(path, f"there is no recorded run in this file.{why}")
    track = points.track()
    if session is None:
        return track
    try:
        return track.session(session)
    except ValueError as error:
        raise RecordingError(path, f"cannot pick an activity: {error}") from None


def _opened(path: Path) -> BinaryIO:
    """The file, if it is a plain one of a reasonable size. Raises OSError, RecordingError."""
    try:
        about = path.stat()
    except ValueError as error:
        raise RecordingError(repr(str(path)), "is not a usable file name") from error
    if not stat.S_ISREG(about.st_mode):  # a pipe would make the opening wait for ever
        raise RecordingError(path, "is not a file")
    file = open(path, "rb")  # noqa: SIM115 - the caller closes it
    size = os.fstat(file.fileno()).st_size
    if size == 0 or size > LARGEST_BYTES:
        file.close()
        raise RecordingError(path, "is empty" if size == 0 else "is far too large for a watch's file")
    return file


def _points(path: Path, file: BinaryIO) -> Points:
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if head[8:12] == b".FIT":
        if os.fstat(file.fileno()).st_size > LARGEST_FIT_BYTES:
            raise RecordingError(path, "is far too large for a watch's file")
        return read_fit(file)
    if head[:2] == b"PK" or head[:2] == b"\x1f\x8b":
        raise RecordingError(path, "is packed; please unpack it first and take the file inside")
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "ignore")
    if not text.lstrip().startswith("<"):
        raise RecordingError(path, f"is not a watch's file that is known here; {_KINDS}")
    return _from_xml(path, file)


class _AnyXml:
    """Passes on to the reader of the kind that the root element names."""

    def __init__(self) -> None:
        self.handler: Handler | None = None
        self.points = Points(WatchFile.GPX)
        self.planned = False

    @property
    def enough(self) -> bool:
        return self.handler is not None and self.handler.enough

    def start(self, path: list[str], attributes: dict[str, str]) -> None:
        if self.handler is None:
            if path[0] == "gpx":
                self.handler = GpxHandler(self.points)
            elif path[0] == "TrainingCenterDatabase":
                self.points.source = WatchFile.TCX
                self.handler = TcxHandler(self.points)
            else:
                raise XmlRefusedError(f"is XML, but not of a watch; {_KINDS}")
        self.handler.start(path, attributes)

    def end(self, path: list[str], text: str) -> None:
        if self.handler is not None:
            self.handler.end(path, text)


def _from_xml(path: Path, file: BinaryIO) -> Points:
    follower = _AnyXml()
    try:
        read_xml(file, follower, follower.points)
    except XmlRefusedError as error:
        raise RecordingError(path, f"this file {error}") from None
    if isinstance(follower.handler, GpxHandler) and len(follower.points) == 0 and follower.handler.planned:
        raise RecordingError(path, "this file holds a planned route, not a recorded run")
    if follower.handler is not None and follower.handler.enough:
        follower.points.warn("This file is longer than eleven days; the rest is left out.")
    return follower.points
