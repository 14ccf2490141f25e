"""Every family that can be connected to has its page and its rows, which say in the same words how it was checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.sensors import registry

ROOT = Path(__file__).parents[2]
STANDINGS = ("captured packets", "vendor tests", "documentation only")
FAMILIES = [family for family in registry.families() if family.data]


def rows(page: str, key: str) -> list[list[str]]:
    """The cells of the rows of a page's tables that begin with this key."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith(f"| `{key}` |")
    ]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)
def test_it_has_a_page_and_rows_that_say_how_sure_we_are(family):
    standing = next(each for each in STANDINGS if family.checked_against.startswith(each))
    noted, shown = rows("firmware_notes/README.md", family.key), rows("README.md", family.key)
    assert noted
    assert shown
    pages = ""
    for cells in noted:
        assert cells[-2].startswith(standing)
        page = re.fullmatch(r"\[[\w.]+\]\((.+)\)", cells[-1])
        assert page is not None
        pages += (ROOT / "firmware_notes" / page[1]).read_text("utf-8")
    assert f"`{family.key}`" in pages
    for cells in shown:
        assert cells[-1].startswith(standing)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)
def test_it_says_what_it_cannot_do_and_where_to_wear_it(family):
    assert family.cannot
    assert family.sites
    assert family.min_mtu >= 23
    assert family.default_rate_hz in family.rates_hz
    assert 0 < family.notification_interval_s <= 5


def test_no_row_is_of_a_family_that_is_not_there():
    known = {family.key for family in registry.families()}
    text = (ROOT / "README.md").read_text("utf-8")
    table = text[text.index("### Which sensors") : text.index("### What is not known")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) <= known
