"""The report's style sheet: screen and paper, dark and light, wide and phone. Nothing is loaded from elsewhere."""

CSS = """
:root { color-scheme: light dark; --bg:#fff; --panel:#f4f6f8; --ink:#12161c; --dim:#4a5563; --edge:#c3cbd5;
 --trace:#0067a5; --limit:#a65b00; --bout:#f3d79b; --sim:#d79ac0; --on-sim:#14110a;
 --z0:#8a4b00; --z1:#e69f00; --z2:#009e73; --z3:#56b4e9; --z4:#cfd6de; --run:#5b7f9c; }
@media (prefers-color-scheme: dark) { :root { --bg:#0e1116; --panel:#181d25; --ink:#f2f4f7; --dim:#a9b4c2;
 --edge:#333b47; --trace:#56b4e9; --limit:#e69f00; --bout:#5a4310; --z0:#b86a10; --z4:#6b7684; --run:#7fa3c0; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--bg); color:var(--ink); font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif; }
main { max-width:1000px; margin:0 auto; padding:16px; }
h1 { font-size:1.75rem; line-height:1.25; margin:.2em 0; overflow-wrap:anywhere; }
h2 { font-size:1.2rem; margin:1.6em 0 .4em; }
h3 { font-size:1rem; margin:1.2em 0 .3em; }
p { margin:.4em 0; max-width:75ch; overflow-wrap:anywhere; }
.dim, figcaption, small { color:var(--dim); }
.simulated { background:var(--sim); color:var(--on-sim); font-weight:700; text-align:center; padding:.4em;
 max-width:none; border-radius:6px; }
.warn { border-left:4px solid var(--limit); padding-left:.8em; }
.facts { display:grid; grid-template-columns:repeat(auto-fit,minmax(165px,1fr)); gap:10px; margin:1em 0; padding:0; }
.facts div { background:var(--panel); border:1px solid var(--edge); border-radius:8px; padding:.5em .8em; }
.facts dt { color:var(--dim); font-size:.85rem; }
.facts dd { margin:0; font-size:1.3rem; font-weight:700; white-space:nowrap; }
.facts small { font-size:.8rem; font-weight:400; display:block; white-space:normal; }
figure { margin:.5em 0; } .wide { overflow-x:auto; }
svg { display:block; width:100%; height:auto; } .wide svg { min-width:640px; }
svg text { font:13px system-ui,"Segoe UI","DejaVu Sans",sans-serif; fill:var(--ink); } svg .tick { fill:var(--dim); }
.area { fill:var(--panel); } .rule { stroke:var(--edge); }
.limit { fill:none; stroke:var(--limit); stroke-width:1.5; stroke-dasharray:7 4; }
svg text.limit-label { fill:var(--limit); font-weight:700; stroke:var(--panel); stroke-width:3; paint-order:stroke; }
.trace { fill:none; stroke:var(--trace); stroke-width:1.4; stroke-linejoin:round; stroke-linecap:round; }
.bout { fill:var(--bout); } .cue { fill:var(--ink); } .note { fill:none; stroke:var(--ink); stroke-width:1.5; }
.run { fill:var(--run); } .walk { fill:none; stroke:var(--run); }
.z0{fill:var(--z0);background:var(--z0)} .z1{fill:var(--z1);background:var(--z1)}
.z2{fill:var(--z2);background:var(--z2)} .z3{fill:var(--z3);background:var(--z3)}
.z4{fill:var(--z4);background:var(--z4)}
.zones { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.2em 1.4em; margin:.4em 0; }
.swatch { display:inline-block; width:.9em; height:.9em; border-radius:2px; margin-right:.4em; vertical-align:-.08em; }
table { border-collapse:collapse; width:100%; font-size:.95rem; font-variant-numeric:tabular-nums; }
th, td { text-align:left; vertical-align:top; padding:.35em .6em; border-bottom:1px solid var(--edge);
 overflow-wrap:break-word; }
th { color:var(--dim); font-weight:600; } td:first-child, th:first-child { padding-left:0; white-space:nowrap; }
.told td { font-weight:600; }
footer { margin-top:2em; border-top:1px solid var(--edge); padding-top:.6em; color:var(--dim); font-size:.85rem; }
@media (max-width:560px) { main { padding:10px; } h1 { font-size:1.35rem; }
 th, td { padding:.3em .35em; font-size:.88rem; } }
@media print { @page { margin:14mm; } :root { color-scheme:light; --bg:#fff; --panel:#fff; --ink:#000; --dim:#333;
 --edge:#999; --trace:#0067a5; --limit:#a65b00; --bout:#f3d79b; --z0:#8a4b00; --z4:#cfd6de; --run:#5b7f9c; }
 body { font-size:11pt; } main { max-width:none; padding:0; } .wide { overflow:visible; } .wide svg { min-width:0; }
 figure, tr, .facts div { break-inside:avoid; } h2, h3 { break-after:avoid; }
 .bout,.run,.simulated,.zone,.swatch { print-color-adjust:exact; -webkit-print-color-adjust:exact; } }
"""
