"""Files of SQLite without the empty middle of their pages: changed bytes hit what is read, and inputs stay short.

Each page is what stands before its longest run of zeros and what stands behind it: two lengths (u16, little-endian),
then the bytes. SQLite writes a page from both ends, so that nearly all of it is in between.
"""

from __future__ import annotations

import re

from monitor.recording.format import PAGE_SIZE
from tests.fuzz.taking import Taking

MOST_PAGES = 16
_ZEROS = re.compile(rb"\0{16,}")


def compact(whole: bytes, page_size: int = PAGE_SIZE) -> bytes:
    """A file of whole pages as an input."""
    return b"".join(_compact_page(whole[at : at + page_size]) for at in range(0, len(whole), page_size))


def _compact_page(page: bytes) -> bytes:
    empty = max(_ZEROS.finditer(page), key=lambda found: found.end() - found.start(), default=None)
    head, tail = (page[: empty.start()], page[empty.end() :]) if empty else (page, b"")
    return len(head).to_bytes(2, "little") + len(tail).to_bytes(2, "little") + head + tail


def spread(data: bytes, page_size: int = PAGE_SIZE) -> bytes:
    """An input as a file; where its bytes end early, so does the file."""
    taking = Taking(data)
    pages = []
    for _ in range(MOST_PAGES):
        if not taking.left:
            break
        head_size = min(int.from_bytes(taking.take(2), "little"), page_size)
        tail_size = min(int.from_bytes(taking.take(2), "little"), page_size - head_size)
        head, tail = taking.take(head_size), taking.take(tail_size)
        whole = len(head) == head_size and len(tail) == tail_size
        pages.append(head + bytes(page_size - head_size - tail_size) + tail if whole else head + tail)
    return b"".join(pages)
