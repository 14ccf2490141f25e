"""Names of languages, as the setting and the files have them."""

from __future__ import annotations

import re

ENGLISH = "en"
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


def is_code(code: object) -> bool:
    """Whether this may name a language: 'en', 'de', 'pt-BR'."""
    return isinstance(code, str) and _CODE.fullmatch(code) is not None
