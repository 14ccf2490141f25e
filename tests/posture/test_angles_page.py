"""The page on angles: the picture is well-formed, fresh and safe to show, links lead somewhere, the table is ours."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.values import Site

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "monitor" / "posture" / "ANGLES.md"
PICTURE = PAGE.parent / "pictures" / "angles.svg"
TEXT = PAGE.read_text("utf-8")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing():
    """`tools/draw_angles.py` as a module."""
    spec = importlib.util.spec_from_file_location("draw_angles", ROOT / "tools" / "draw_angles.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def svg():
    return ElementTree.fromstring(PICTURE.read_text("utf-8"))


def test_the_picture_is_well_formed_and_has_a_title_for_those_who_cannot_see_it(svg):
    assert svg.tag == f"{SVG}svg"
    assert svg.find(f"{SVG}title").text
    assert svg.find(f"{SVG}desc").text
    words = " ".join(t.text for t in svg.iter(f"{SVG}text"))
    for said in ("head pitch", "trunk lean", "neutral", "7 ft", "4 ft", "any mounting"):
        assert said in words


def test_the_picture_stands_alone_and_on_its_own_light_ground(svg):
    """No script, no font, no image from elsewhere; a filled ground over the whole of it, for dark viewers."""
    assert {e.tag.removeprefix(SVG) for e in svg.iter()} <= {
        "svg", "title", "desc", "g", "rect", "line", "path", "circle", "ellipse", "text",
    }  # fmt: skip
    assert not any(name.endswith("href") or name.startswith("on") for e in svg.iter() for name in e.attrib)
    ground = svg.find(f"{SVG}rect")
    _, _, width, height = (float(v) for v in svg.get("viewBox").split())
    assert (float(ground.get("width")), float(ground.get("height"))) == (width, height)
    assert int(ground.get("fill")[1:3], 16) > 0xE0


def test_every_text_lies_inside_the_picture(svg):
    """By a generous estimate of its width: no font is named, so none can be measured."""
    _, _, width, height = (float(v) for v in svg.get("viewBox").split())
    size = float(svg.get("font-size"))
    for t in svg.iter(f"{SVG}text"):
        x, y, wide = float(t.get("x")), float(t.get("y")), 0.62 * size * len(t.text)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[t.get("text-anchor")]
        assert left >= 0, t.text
        assert left + wide <= width, t.text
        assert size <= y <= height - 4, t.text


def test_picture_and_table_are_what_the_tool_makes(drawing):
    assert drawing.picture() == PICTURE.read_text("utf-8"), "stale: run python tools/draw_angles.py"
    for row in drawing.distance_rows():
        assert row in TEXT, "stale: paste what python tools/draw_angles.py prints"


def test_the_drawn_distances_are_those_of_plain_geometry(drawing):
    """tan(gaze) = height / distance; the published table for an eye at 1.62 m."""
    assert drawing.gaze_deg(drawing.FOUR_M) == pytest.approx(53.0, abs=0.1)
    assert drawing.gaze_deg(drawing.SEVEN_M) == pytest.approx(37.2, abs=0.1)
    assert drawing.gaze_deg(10.0) == pytest.approx(9.2, abs=0.1)
    for distance_m in (drawing.FOUR_M, drawing.SEVEN_M, 10.0):
        low, high = drawing.band_m(distance_m, drawing.ANYBODY)
        own_low, own_high = drawing.band_m(distance_m, drawing.WITH_MARKS)
        assert low < distance_m < high
        assert own_low < distance_m < own_high


def test_every_link_of_the_page_leads_to_a_file():
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT)
    assert len(links) >= 6
    for link in links:
        assert not link.startswith(("http", "/")), link
        assert (PAGE.parent / link).is_file(), link


def test_every_command_of_the_page_exists():
    modules = re.findall(r"python -m ([\w.]+)", TEXT)
    files = re.findall(r"(?:pytest|python) ((?:tests|tools)/[\w/]+\.py)", TEXT)
    assert len(modules) >= 2
    assert len(files) >= 3
    for module in modules:
        assert (ROOT / Path(*module.split(".")).with_suffix(".py")).is_file(), module
    for file in files:
        assert (ROOT / file).is_file(), file
    targets = re.findall(r"`make (\w+)`", TEXT)
    rules = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{target}:", rules, re.M) for target in targets)


def test_the_limits_of_the_claims_are_those_of_the_program():
    from calibration.sees import CLAIM_D, WEAK_D

    assert f"**{CLAIM_D:g} or more: claimed. {WEAK_D:g} to {CLAIM_D:g}: called weak" in TEXT


def test_every_place_a_sensor_can_be_worn_has_a_row():
    rows = [line for line in TEXT.splitlines() if line.startswith("| **")]
    words = {Site.HEAD: "head:", Site.COLLAR: "shirt collar", Site.LEFT_SHOULDER: "shoulder seam",
             Site.RIGHT_SHOULDER: "shoulder seam", Site.BACK: "upper back"}  # fmt: skip
    assert set(words) == set(Site)
    for site, said in words.items():
        assert any(said in row for row in rows), site
