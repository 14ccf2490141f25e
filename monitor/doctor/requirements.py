"""Reads requirement lines as package metadata has them ('bleak<4,>=3.1') and compares versions by their numbers.

Only what this project's own metadata uses: names, extras, the comparisons `== != >= <= > < ~=`, and markers that name
an extra. Pre-release tags and local parts are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LINE = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;()]*)\)?\s*(?:;(.*))?")
_CLAUSE = re.compile(r"(==|!=|>=|<=|~=|>|<)\s*([0-9]+(?:\.[0-9A-Za-z]+)*)(\.\*)?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that is needed: `wanted` as it was written, `extra` the optional part it belongs to, or ''."""

    name: str
    wanted: str
    extra: str
    conditional: bool = False
    """It has a marker other than an extra, e.g. an operating system."""

    def admits(self, version: str) -> bool:
        """Whether a version lies within what is wanted; a clause that cannot be read admits all."""
        return all(_admits(sign, bound, star, version) for sign, bound, star in _CLAUSE.findall(self.wanted))


def parse(lines: Iterable[str]) -> list[Requirement]:
    """The requirements of a package's metadata; lines that are none are left out."""
    found = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        extra = _EXTRA.search(match[3] or "")
        wanted = ",".join(sorted((clause.strip() for clause in match[2].split(",") if clause.strip()), reverse=True))
        found.append(Requirement(match[1], wanted, extra[1] if extra else "", bool(match[3]) and extra is None))
    return found


def _admits(sign: str, bound: str, wildcard: str, version: str) -> bool:
    ours, theirs = numbers(version), numbers(bound)
    if sign in ("==", "!="):
        same = ours[: len(theirs)] == theirs if wildcard else _padded(ours, theirs)[0] == _padded(ours, theirs)[1]
        return same == (sign == "==")
    if sign == "~=":
        return ours[: len(theirs) - 1] == theirs[:-1] and _admits(">=", bound, "", version)
    a, b = _padded(ours, theirs)
    return {">=": a >= b, "<=": a <= b, ">": a > b, "<": a < b}[sign]


def numbers(version: str) -> list[int]:
    """The numbers a version begins with: '6.11.3rc1' is [6, 11, 3]."""
    found = []
    for part in version.split(".")[:6]:
        digits = re.match(r"\d{1,9}", part)
        if digits is None:
            break
        found.append(int(digits[0]))
        if digits[0] != part:
            break
    return found


def _padded(a: list[int], b: list[int]) -> tuple[list[int], list[int]]:
    longest = max(len(a), len(b))
    return a + [0] * (longest - len(a)), b + [0] * (longest - len(b))
