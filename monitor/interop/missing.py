"""An optional library that is not there."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from monitor.errors import HeadsUpError


class MissingLibraryError(HeadsUpError):
    """A format or stream needs a library of its own. Attributes: `what`, `library`, `extra`."""

    def __init__(self, what: str, library: str, extra: str) -> None:
        super().__init__(f"{what} needs the library {library}; install it with: pip install 'headsup-run[{extra}]'")
        self.what = what
        self.library = library
        self.extra = extra


def optional(module: str, what: str, extra: str) -> Any:
    """An optional module, imported now. Raises MissingLibraryError where it is absent or cannot be loaded."""
    try:
        return import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingLibraryError(what, module.partition(".")[0], extra) from error
