"""What a person calls a device by: the address that `headsup scan` shows, or its name."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_address(ident: str) -> bool:
    """Whether this is an address, or what stands for one on macOS (a UUID); anything else is a name."""
    return _ADDRESS.fullmatch(ident) is not None
