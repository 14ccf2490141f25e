"""Which program worked a line out: lines of another one are worked out again, never shown as this one's."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import calibration
import monitor

NUMERICS = ("numpy", "scipy", "vqf")


@lru_cache(maxsize=1)
def made_by() -> str:
    """Version of the program, and a digest of its own text and of the libraries that its numbers come from."""
    return f"{monitor.__version__}+{_digest()[:12]}"


def _digest() -> str:
    digest = hashlib.sha256()
    for package in (monitor, calibration):
        for root in sorted(package.__path__):
            for path in sorted(Path(root).rglob("*.py")):
                name = path.relative_to(root).as_posix()
                digest.update(f"{package.__name__}/{name}\n".encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    for library in NUMERICS:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
