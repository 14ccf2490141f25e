"""The report's style sheet: screen and paper, dark and light, wide and phone. Nothing is loaded from elsewhere."""

from __future__ import annotations

import re

LIGHT = {
    "bg": "#fff", "panel": "#f4f6f8", "ink": "#12161c", "dim": "#4a5563", "edge": "#c3cbd5", "trace": "#0067a5",
    "limit": "#a65b00", "bout": "#f3d79b", "sim": "#d79ac0", "on-sim": "#14110a", "z0": "#8a4b00", "z1": "#e69f00",
    "z2": "#009e73", "z3": "#56b4e9", "z4": "#cfd6de", "run": "#5b7f9c", "land": "#dde4ea", "doubt": "#a65b00",
}  # fmt: skip
DARK = LIGHT | {
    "bg": "#0e1116", "panel": "#181d25", "ink": "#f2f4f7", "dim": "#a9b4c2", "edge": "#333b47", "trace": "#56b4e9",
    "limit": "#e69f00", "bout": "#5a4310", "z0": "#b86a10", "z4": "#6b7684", "run": "#7fa3c0", "land": "#2a3340",
    "doubt": "#e69f00",
}  # fmt: skip
PAPER = LIGHT | {"panel": "#fff", "ink": "#000", "dim": "#333", "edge": "#999"}

CHART_CSS = """
.area { fill:var(--panel); } .rule { stroke:var(--edge); } .rule-line { fill:none; stroke:var(--edge); }
.tick { fill:var(--dim); } .row-title { fill:var(--ink); } .own { fill:var(--ink); font-weight:700; }
.limit { fill:none; stroke:var(--limit); stroke-width:1.5; stroke-dasharray:7 4; }
.limit-label { fill:var(--limit); font-weight:700; }
.trace { fill:none; stroke:var(--trace); stroke-width:1.4; stroke-linejoin:round; stroke-linecap:round; }
.dot { fill:var(--trace); } .fit { fill:none; stroke:var(--ink); stroke-width:2; stroke-dasharray:9 4; }
.land { fill:var(--land); stroke:none; } .land-line { fill:none; stroke:var(--dim); stroke-width:1.4; }
.bout { fill:var(--bout); } .cue { fill:var(--ink); } .note { fill:var(--panel); stroke:var(--ink); stroke-width:1.5; }
.own-line { stroke:var(--ink); stroke-width:1; } .lap { stroke:var(--dim); stroke-width:1; stroke-dasharray:2 3; }
.bracket { fill:none; stroke:var(--ink); stroke-width:1.8; } .lap-start { fill:var(--ink); }
.run { fill:var(--run); } .walk { fill:none; stroke:var(--run); }
.doubt { fill:var(--doubt); } .blank { fill:var(--panel); stroke:var(--ink); }
.z0 { fill:var(--z0); } .z1 { fill:var(--z1); } .z2 { fill:var(--z2); } .z3 { fill:var(--z3); } .z4 { fill:var(--z4); }
.way { fill:none; stroke-linejoin:round; }
.w0 { stroke:var(--dim); stroke-width:1.2; stroke-dasharray:1 4; }
.w1 { stroke:var(--dim); stroke-width:1.8; stroke-dasharray:7 4; }
.w2 { stroke:var(--trace); stroke-width:2; }
.w3 { stroke:var(--z2); stroke-width:4; }
.w4 { stroke:var(--z1); stroke-width:6.5; }
.w5 { stroke:var(--limit); stroke-width:9; stroke-dasharray:3 2; }
.w6 { stroke:var(--ink); stroke-width:2.6; stroke-dasharray:0.1 5; stroke-linecap:round; }
.place { fill:var(--ink); }
.start { fill:var(--ink); stroke:var(--panel); stroke-width:1.5; }
.end { fill:var(--panel); stroke:var(--ink); stroke-width:2; }
.scale { fill:none; stroke:var(--ink); stroke-width:1.5; }
.whisker { stroke:var(--ink); stroke-width:2; } .zero { stroke:var(--dim); stroke-dasharray:3 2; }
.mean { fill:var(--trace); }
"""

_PAGE_CSS = """
* { box-sizing: border-box; }
body { margin:0; background:var(--bg); color:var(--ink); font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif; }
main { max-width:1000px; margin:0 auto; padding:16px; }
h1 { font-size:1.75rem; line-height:1.25; margin:.2em 0; overflow-wrap:anywhere; }
h2 { font-size:1.2rem; margin:1.8em 0 .4em; }
h3 { font-size:1rem; margin:1.2em 0 .3em; overflow-wrap:anywhere; }
p { margin:.4em 0; max-width:75ch; overflow-wrap:anywhere; }
a { color:var(--trace); } a.term { color:inherit; text-decoration:underline dotted; }
:target { outline:2px solid var(--trace); outline-offset:6px; border-radius:2px; }
.dim, figcaption, small { color:var(--dim); }
.simulated { background:var(--sim); color:var(--on-sim); font-weight:700; text-align:center; padding:.4em;
 max-width:none; border-radius:6px; }
.warn { border-left:4px solid var(--limit); padding-left:.8em; }
.said { padding:0; margin:1em 0; list-style:none; counter-reset:said; }
.said li { counter-increment:said; background:var(--panel); border:1px solid var(--edge); border-radius:8px;
 padding:.6em .9em .6em 2.6em; margin:.5em 0; position:relative; overflow-wrap:anywhere; }
.said li::before { content:counter(said); position:absolute; left:.9em; font-weight:700; }
.said b { display:block; margin-top:.2em; }
.facts { display:grid; grid-template-columns:repeat(auto-fit,minmax(165px,1fr)); gap:10px; margin:1em 0; padding:0; }
.facts div { background:var(--panel); border:1px solid var(--edge); border-radius:8px; padding:.5em .8em; }
.facts dt { color:var(--dim); font-size:.85rem; }
.facts dd { margin:0; font-size:1.3rem; font-weight:700; white-space:nowrap; }
.facts small { font-size:.8rem; font-weight:400; display:block; white-space:normal; }
figure { margin:.5em 0; } .narrow { display:none; } .scroll { overflow-x:auto; }
svg { display:block; width:100%; height:auto; }
.limit-label, .place { stroke:var(--panel); stroke-width:3; paint-order:stroke; }
.row-title { stroke:var(--bg); stroke-width:4; paint-order:stroke; }
svg text { font:13px system-ui,"Segoe UI","DejaVu Sans",sans-serif; }
svg.mini { display:inline-block; vertical-align:-.1em; width:7em; height:.9em; } svg.bar { width:100%; height:2.1em; }
svg.whiskers { width:8em; height:1.1em; }
.zones { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.2em 1.4em; margin:.4em 0; }
.swatch { display:inline-block; width:.9em; height:.9em; margin-right:.4em; vertical-align:-.08em; }
table { border-collapse:collapse; width:100%; font-size:.92rem; font-variant-numeric:tabular-nums; }
th, td { text-align:left; vertical-align:top; padding:.35em .6em; border-bottom:1px solid var(--edge);
 overflow-wrap:break-word; }
th { font-weight:600; } thead th { color:var(--dim); vertical-align:bottom; }
td:first-child, th:first-child { padding-left:0; }
.numbers td, .numbers th[scope=row] { white-space:nowrap; } .numbers td { text-align:right; }
.numbers thead th + th { text-align:right; } .left td { text-align:left; }
.left td:last-child { min-width:8.5em; } .zone-table th { white-space:nowrap; }
.zone-table td:nth-child(2), .zone-table th:nth-child(2) { text-align:left; }
data { white-space:nowrap; } .range { white-space:nowrap; color:var(--dim); } .scroll + .scroll { margin-top:1em; }
.told td, .told th { font-weight:600; } .events tr:not(.told) th { font-weight:400; }
.glossary dt { font-weight:600; margin-top:.5em; } .glossary dd { margin:0; max-width:75ch; }
nav { font-size:.9rem; display:flex; flex-wrap:wrap; gap:.1em 1em; margin:.6em 0; }
footer { margin-top:2em; border-top:1px solid var(--edge); padding-top:.6em; color:var(--dim); font-size:.85rem; }
@media (max-width:560px) { main { padding:12px; } h1 { font-size:1.35rem; } nav { line-height:1.9; }
 .wide { display:none; } .narrow { display:block; }
 .facts { grid-template-columns:1fr 1fr; gap:8px; } .facts dd { font-size:1.15rem; }
 th, td { padding:.3em .4em; font-size:.85rem; } th[scope=row] { position:sticky; left:0; background:var(--bg); }
 svg.mini { width:4.5em; } }
"""
_PRINT_CSS = """
 body { font-size:10.5pt; } h1 { font-size:16pt; }
 main { max-width:none; padding:0; } nav { display:none; } a { color:inherit; }
 .wide { display:block; } .narrow { display:none; } .scroll { overflow:visible; } table { font-size:8.6pt; }
 th, td { padding:.25em .45em; } .facts { grid-template-columns:repeat(5,1fr); gap:5px; }
 .facts dd { font-size:12pt; } .facts small, .facts dt { font-size:8pt; } .facts div { padding:.3em .6em; }
 .said li { padding-top:.4em; padding-bottom:.4em; } h2 { margin-top:1.2em; } #timeline .wide svg { max-height:114mm; }
 .glossary { columns:2; column-gap:2em; font-size:8.5pt; } .glossary dt { margin-top:0; }
 .glossary div { margin:0 0 .5em; }
 .short { break-inside:avoid; }
 figure, tr, .facts div, .said li, .glossary div { break-inside:avoid; } h2, h3, h3 + p { break-after:avoid; }
 thead { display:table-header-group; } :target { outline:none; }
 .bout,.run,.simulated,.zone,.swatch,.doubt,.land { print-color-adjust:exact; -webkit-print-color-adjust:exact; }
"""


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _swatches() -> str:
    return "".join(f".swatch.z{i} {{ background:var(--z{i}); }} " for i in range(5))


CSS = (
    f":root {{ color-scheme:light dark; {_variables(LIGHT)} }}\n"
    f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}\n"
    f"{_PAGE_CSS}{_swatches()}{CHART_CSS}"
    f"@media print {{ @page {{ margin:13mm; }} :root {{ color-scheme:light; {_variables(PAPER)} }}{_PRINT_CSS} }}\n"
)


def chart_css(colours: dict[str, str]) -> str:
    """The charts' style alone, with these colours written out: for programs that know no variables."""
    written = re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: colours[found.group(1)], CHART_CSS)
    return f"text {{ font-family:'DejaVu Sans'; font-size:13px; }}{written}"
