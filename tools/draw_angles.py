#!/usr/bin/env python3
"""Draw the picture of `monitor/posture/ANGLES.md`, to scale, and print that page's table of distances.

    python tools/draw_angles.py [FILE.svg]

Lengths, angles and bands come from the program's own geometry (`monitor.posture.gaze`), so a test can tell a stale
picture. The SVG brings its own light ground, so that it reads the same in dark viewers, and names no font but a family.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from calibration.gaze import FOOT_M, depression_deg
from monitor.posture.gaze import ground_distance_m
from monitor.posture.personal import OWN_EYE_SD_DEG, OWN_SHARE_SD
from monitor.settings import GazeModel

PICTURE = Path(__file__).resolve().parents[1] / "monitor" / "posture" / "pictures" / "angles.svg"
ANYBODY = GazeModel()
WITH_MARKS = replace(ANYBODY, head_share_sd=OWN_SHARE_SD, eye_sd_deg=OWN_EYE_SD_DEG)
FOUR_M, SEVEN_M, ROAD_M = 4 * FOOT_M, 7 * FOOT_M, 10.0
LEAN_DEG = 10.0

WIDTH, HEIGHT = 1240, 800
PX_PER_M = 225.0
EYE_X, GROUND_Y = 420.0, 640.0
EYE_Y = GROUND_Y - ANYBODY.eye_height_m * PX_PER_M
INK, SOFT, PAPER = "#1d2733", "#66717d", "#fbfaf6"
BLUE, GREEN, RED, VIOLET = "#1f5fa8", "#1d7a46", "#b3372b", "#6b3fa0"


def gaze_deg(distance_m: float) -> float:
    """How far a gaze at level ground is lowered."""
    return depression_deg(distance_m, ANYBODY.eye_height_m)


def pitch_deg(distance_m: float) -> float:
    """The head pitch that such a gaze takes, at the usual share of head."""
    return ANYBODY.head_share * gaze_deg(distance_m)


def band_m(distance_m: float, model: GazeModel) -> tuple[float, float]:
    """What is said of the distance when the head looks there: the ends of the band."""
    _, low, high = ground_distance_m(np.array([pitch_deg(distance_m)]), model)
    return float(low[0]), float(high[0])


def per_degree_m(distance_m: float) -> float:
    """How far the point on the ground moves for one degree of head pitch."""
    h = ANYBODY.eye_height_m
    return (distance_m**2 + h**2) / h * math.radians(1.0) / ANYBODY.head_share


def distance_rows() -> list[str]:
    """The table of distances as Markdown."""

    def band(low: float, high: float) -> str:
        far = f"{high / FOOT_M:.1f} ft" if math.isfinite(high) else "no end"
        return f"{low / FOOT_M:.1f} ft to {far}"

    rows = [
        "| looking at | gaze below level | head pitch | 1 deg of gaze | 1 deg of head | band | after floor marks |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, distance_m in (("4 ft", FOUR_M), ("7 ft", SEVEN_M), ("10 m (33 ft)", ROAD_M)):
        head_ft = per_degree_m(distance_m) / FOOT_M
        rows.append(
            f"| {name} | {gaze_deg(distance_m):.0f} deg | {pitch_deg(distance_m):.0f} deg "
            f"| {head_ft * ANYBODY.head_share:.2f} ft | {head_ft:.2f} ft "
            f"| {band(*band_m(distance_m, ANYBODY))} | {band(*band_m(distance_m, WITH_MARKS))} |"
        )
    return rows


# ------------------------------------------------------------------ pieces of SVG


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 2.0, extra: str = "") -> str:
    """A straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}" {extra}/>'


def arrow(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 2.0, extra: str = "") -> str:
    """A line with a head at its end."""
    deg = math.degrees(math.atan2(y2 - y1, x2 - x1))
    return line(x1, y1, *along(x2, y2, deg, -8), colour, width, extra) + tip(x2, y2, deg, colour)


def tip(x: float, y: float, deg: float, colour: str) -> str:
    """An arrow's head at (x, y): drawn, because not every viewer colours SVG's own markers."""
    return f'<path d="M0 0l-12 -5v10z" fill="{colour}" transform="translate({x:.1f} {y:.1f}) rotate({deg:.1f})"/>'


def text(x: float, y: float, words: str, colour: str = INK, anchor: str = "start", extra: str = "") -> str:
    """One line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" {extra}>{words}</text>'


def arc(x: float, y: float, radius: float, from_deg: float, to_deg: float, colour: str) -> str:
    """An arc about (x, y) between two directions, degrees clockwise from straight right, the second the larger."""
    (x1, y1), (x2, y2) = (along(x, y, deg, radius) for deg in (from_deg, to_deg))
    return (
        f'<path d="M{x1:.1f} {y1:.1f}A{radius} {radius} 0 0 1 {x2:.1f} {y2:.1f}" fill="none" stroke="{colour}" '
        f'stroke-width="2.5"/>' + tip(x2, y2, to_deg + 87, colour)
    )


def along(x: float, y: float, deg: float, length: float) -> tuple[float, float]:
    """The point `length` from (x, y) in a direction, degrees clockwise from straight right."""
    return x + length * math.cos(math.radians(deg)), y + length * math.sin(math.radians(deg))


def dot(x: float, y: float, letter: str) -> str:
    """A place to wear a sensor."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="{VIOLET}"/>'
        f'<text x="{x:.1f}" y="{y + 5.5:.1f}" fill="#fff" text-anchor="middle" font-weight="700">{letter}</text>'
    )


def sensor(x: float, y: float, deg: float, size: float) -> str:
    """A sensor, turned anyhow."""
    return (
        f'<rect x="{-size / 2}" y="{-size / 3}" width="{size}" height="{size * 2 / 3}" rx="{size / 8}" fill="#fff" '
        f'stroke="{VIOLET}" stroke-width="2.5" transform="translate({x:.1f} {y:.1f}) rotate({deg})"/>'
    )


# ------------------------------------------------------------------ the picture


def runner() -> list[str]:
    """The body, seen from its right side, looking to the right; the trunk leans, the head looks 7 ft ahead."""
    pitch = pitch_deg(SEVEN_M)
    head_x, head_y = EYE_X - 22, EYE_Y + 2
    shoulder_x, shoulder_y = head_x - 26, head_y + 66
    hip_x, hip_y = along(shoulder_x, shoulder_y, 90 + LEAN_DEG, 122)
    limb = f'fill="none" stroke="{SOFT}" stroke-width="15" stroke-linecap="round" stroke-linejoin="round"'
    return [
        f'<path d="M{hip_x:.1f} {hip_y:.1f}l-34 84l-72 44" {limb} opacity=".55"/>',
        f'<path d="M{hip_x:.1f} {hip_y:.1f}l52 78l-14 {GROUND_Y - hip_y - 86:.1f}l24 0" {limb}/>',
        f'<path d="M{shoulder_x:.1f} {shoulder_y:.1f}L{hip_x:.1f} {hip_y:.1f}" {limb.replace("15", "30")}/>',
        f'<path d="M{shoulder_x:.1f} {shoulder_y:.1f}L{head_x - 4:.1f} {head_y + 10:.1f}" {limb.replace("15", "17")}/>',
        f'<path d="M{shoulder_x:.1f} {shoulder_y + 6:.1f}l-24 62l56 22" {limb.replace(SOFT, INK)}/>',
        f'<g transform="translate({head_x:.1f} {head_y:.1f}) rotate({pitch:.1f})">'
        f'<ellipse rx="27" ry="32" fill="{SOFT}"/><path d="M24 0l12 12l-13 4z" fill="{SOFT}"/>'
        f'<path d="M-28 -8a28 27 0 0 1 54 -10l21 -3l1 5l-22 6z" fill="{INK}"/></g>',
        f'<circle cx="{EYE_X}" cy="{EYE_Y}" r="4" fill="#fff" stroke="{INK}" stroke-width="2"/>',
        # Where sensors are worn.
        dot(head_x - 29, head_y - 14, "A"),
        dot(shoulder_x + 9, shoulder_y + 8, "B"),
        dot(shoulder_x - 14, shoulder_y - 20, "C"),
        dot(shoulder_x - 28, shoulder_y + 38, "D"),
        *lean(hip_x, hip_y),
    ]


def lean(hip_x: float, hip_y: float) -> list[str]:
    """World up, the trunk's line, and the angle between."""
    top_x, top_y = along(hip_x, hip_y, LEAN_DEG - 90, 330)
    return [
        arrow(hip_x, hip_y, hip_x, hip_y - 345, GREEN, 2, 'stroke-dasharray="3 6"'),
        text(hip_x - 8, hip_y - 352, "up (against gravity)", GREEN, "end"),
        line(hip_x, hip_y, top_x, top_y, RED, 2, 'stroke-dasharray="9 5"'),
        arc(hip_x, hip_y, 305, -90, LEAN_DEG - 90, RED),
        text(hip_x - 12, hip_y - 302, f"trunk lean +{LEAN_DEG:.0f}°", RED, "end", 'font-weight="700"'),
    ]


def rays() -> list[str]:
    """Where the head points, where the eyes look, and the angles between."""
    pitch, gaze = pitch_deg(SEVEN_M), gaze_deg(SEVEN_M)
    nose_x, nose_y = along(EYE_X, EYE_Y, pitch, 340)
    road_x, road_y = along(EYE_X, EYE_Y, gaze_deg(ROAD_M), 770)
    seven_x, four_x = EYE_X + SEVEN_M * PX_PER_M, EYE_X + FOUR_M * PX_PER_M
    bold = 'font-weight="700"'
    at_gaze = along(EYE_X, EYE_Y, gaze, 370)
    return [
        arrow(EYE_X, EYE_Y, 1200, EYE_Y, GREEN, 2.5, 'stroke-dasharray="10 6"'),
        text(1200, EYE_Y - 12, "neutral: own gaze far ahead = head pitch 0°", GREEN, "end", bold),
        arrow(EYE_X, EYE_Y, road_x, road_y, SOFT, 1.8, 'stroke-dasharray="2 5"'),
        text(1200, road_y + 26, f"gaze at 10 m (road): {gaze_deg(ROAD_M):.0f}° below level,", SOFT, "end"),
        text(1200, road_y + 47, f"head pitch about {pitch_deg(ROAD_M):.0f}°", SOFT, "end"),
        line(EYE_X, EYE_Y, four_x, GROUND_Y, SOFT, 1.8, 'stroke-dasharray="2 5"'),
        arrow(EYE_X, EYE_Y, nose_x, nose_y, BLUE, 3),
        text(nose_x + 10, nose_y + 12, "where the head points", BLUE),
        arc(EYE_X, EYE_Y, 250, 0, pitch, BLUE),
        text(EYE_X + 95, EYE_Y - 12, f"head pitch +{pitch:.0f}° (nose down)", BLUE, "start", bold),
        arrow(EYE_X, EYE_Y, seven_x, GROUND_Y, INK, 3),
        arc(EYE_X, EYE_Y, 330, 0, gaze, INK),
        text(at_gaze[0] + 28, at_gaze[1] + 3, f"gaze {gaze:.0f}° below level", INK, "start", bold),
        text(at_gaze[0] + 57, at_gaze[1] + 25, "(the eyes add what the head leaves)", INK),
    ]


def ground() -> list[str]:
    """The ground, its marks, and the bands."""
    out = [line(60, GROUND_Y, 1200, GROUND_Y, INK, 3)]
    for distance_m, name in ((0.0, "0"), (FOUR_M, "4 ft (1.2 m)"), (SEVEN_M, "7 ft (2.1 m)")):
        x = EYE_X + distance_m * PX_PER_M
        out += [
            line(x, GROUND_Y - 8, x, GROUND_Y + 8, INK, 3),
            text(x, GROUND_Y + 27, name, INK, "middle", 'font-weight="700"'),
        ]
        if distance_m:
            out.append(text(x, GROUND_Y + 48, f"head pitch {pitch_deg(distance_m):.0f}°", SOFT, "middle"))
    for y, model, words, colour in (
        (GROUND_Y + 74, ANYBODY, "before floor marks", BLUE),
        (GROUND_Y + 104, WITH_MARKS, "after floor marks", VIOLET),
    ):
        low, high = band_m(SEVEN_M, model)
        a, b = EYE_X + low * PX_PER_M, EYE_X + high * PX_PER_M
        out += [
            f'<rect x="{a:.1f}" y="{y - 7:.1f}" width="{b - a:.1f}" height="14" rx="7" fill="{colour}" opacity=".75"/>',
            text(a - 12, y + 6, f"{words}: {low / FOOT_M:.1f} to {high / FOOT_M:.1f} ft", colour, "end"),
        ]
    told = f"What a head pitch of {pitch_deg(SEVEN_M):.0f}° tells of the distance:"
    out.append(text(60, GROUND_Y + 95, told, INK))
    return out


def legend() -> list[str]:
    """What the letters mean, any mounting, and the sum of angles."""
    places = ("head: cap, headband, behind the ear", "shoulder seam or strap", "shirt collar", "upper back, breastbone")
    out = []
    for i, words in enumerate(places):
        y = 40 + 30 * i
        out += [dot(846, y, "ABCD"[i]), text(866, y + 6, words)]
    neck = pitch_deg(SEVEN_M) - LEAN_DEG
    out += [
        text(60, 46, "Neck bend = head pitch − trunk lean", INK, "start", 'font-weight="700"'),
        text(60, 70, f"here {pitch_deg(SEVEN_M):.0f}° − {LEAN_DEG:.0f}° = {neck:.0f}°: a head and a trunk sensor"),
    ]
    return out


def mounting() -> list[str]:
    """The inset: the sensor sits anyhow, only "up" counts."""
    x, y = 118.0, 330.0
    out = [f'<circle cx="{x}" cy="{y}" r="62" fill="#fff" stroke="{VIOLET}" stroke-width="1.5"/>', sensor(x, y, 33, 42)]
    for deg, name in ((33, "x"), (123, "y")):
        end = along(x, y, deg, 40)
        at = along(x, y, deg, 51)
        out += [
            arrow(x, y, *end, SOFT, 2),
            text(at[0], at[1] + 5, name, SOFT, "middle"),
        ]
    out += [
        arrow(x, y, x, y - 46, GREEN, 3),
        text(x + 8, y - 36, "up", GREEN),
        text(x, y + 86, "any mounting:", VIOLET, "middle", 'font-weight="700"'),
        text(x, y + 107, "only “up” in the", VIOLET, "middle"),
        text(x, y + 128, "sensor’s axes counts", VIOLET, "middle"),
    ]
    return out


def picture() -> str:
    """The whole SVG."""
    parts = [*ground(), *rays(), *runner(), *legend(), *mounting()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="17">\n'
        "<title>The angles Heads Up measures, seen from the side</title>\n"
        "<desc>A runner from the side: head pitch against the own far gaze, trunk lean against the vertical, and the "
        "gaze meeting the ground 4 and 7 feet ahead, with the band of distances a head pitch stands for.</desc>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def main() -> int:
    """Write the picture, print the table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    path.write_text(picture(), "utf-8")
    print("\n".join(distance_rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
