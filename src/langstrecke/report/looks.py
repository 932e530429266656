"""The page's style sheet: light, dark and printed."""

from __future__ import annotations

from langstrecke.plots.style import COLOURS, DARK

_LIGHT_ONLY = {"wash": "#f3f6fa"}
_DARK_ONLY = {"wash": "#1a2029"}


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def style_sheet() -> str:
    """The CSS of the report; the figures take their colours from the same variables."""
    light, dark = _variables(COLOURS | _LIGHT_ONLY), _variables(DARK | _DARK_ONLY)
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n{_RULES}"
    )


_RULES = """\
:root { --font: "Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "DejaVu Sans", sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 var(--font);
  font-variant-numeric: tabular-nums; }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header { border-bottom: 3px solid var(--accent); padding-bottom: 1.25rem; }
.eyebrow { margin: 0; font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; color: var(--accent);
  font-weight: 600; }
h1 { font-size: 2.3rem; line-height: 1.15; margin: .2rem 0 .4rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.45rem; margin: 3rem 0 .25rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h2.flow { border-top: 0; margin-top: 1.6rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .35rem 0; max-width: 46rem; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.sum { color: var(--muted); max-width: none; }
.whole { white-space: nowrap; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .8rem 0 0; padding: 0; list-style: none;
  font-size: .92rem; color: var(--muted); }
.facts b { color: var(--ink); font-weight: 600; }
nav { margin: 1rem 0 0; font-size: .92rem; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.message { font-size: 1.15rem; margin: .8rem 0 .2rem; text-wrap: pretty; }
.tiles { display: grid; gap: .9rem; margin: 1.1rem 0; }
.of2 { grid-template-columns: repeat(2, 1fr); } .of3 { grid-template-columns: repeat(3, 1fr); }
.of4 { grid-template-columns: repeat(4, 1fr); }
td .bar { display: none; height: .35rem; border-radius: .2rem; margin-top: .2rem; background:
  linear-gradient(to right, var(--accent) var(--share), var(--line) var(--share)); }
.tile { background: var(--wash); border-radius: .6rem; padding: .9rem 1rem .8rem;
  border-left: 4px solid var(--accent); }
.tile h3 { margin: 0; font-size: .95rem; color: var(--muted); font-weight: 600; }
.tile .odds { font-size: 2.1rem; line-height: 1.15; font-weight: 700; letter-spacing: -.02em; }
.tile .odds small { font-size: 1.05rem; font-weight: 600; letter-spacing: 0; }
.tile p { margin: .1rem 0; font-size: .92rem; overflow-wrap: anywhere; }
.tile .really { color: var(--actual); margin-top: .4rem; }
figure { margin: 1.2rem 0; overflow-x: auto; }
figure svg { display: block; width: 100%; min-width: 44rem; height: auto; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 600; color: var(--muted); font-size: .8rem; vertical-align: bottom;
  border-bottom: 1.5px solid var(--ink); padding: .3rem .5rem; }
td { padding: .38rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.who { min-width: 11rem; overflow-wrap: anywhere; }
th.n, td.n { text-align: right; white-space: nowrap; }
td.car { font-weight: 700; white-space: nowrap; }
td .sub { display: block; color: var(--muted); font-size: .93em; }
td .se { color: var(--muted); font-size: .87em; }
td.really { color: var(--actual); font-weight: 600; }
td.out { color: var(--retire); }
tr.won td.car, tr.won td strong { color: var(--actual); }
.badge { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55rem;
  margin: .08rem .25rem .08rem 0; font-size: .95em; white-space: nowrap; }
.badge.laps { border-color: var(--accent); }
.badge.prior { border-style: dashed; border-color: var(--muted); }
.badge.hand { border-color: var(--actual); }
.badge small { color: var(--muted); }
.change { border-left: 4px solid var(--actual); background: var(--wash); border-radius: .4rem;
  padding: .7rem 1rem; margin: 1rem 0; }
.change ul { margin: .3rem 0 .3rem 1.1rem; padding: 0; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--muted);
  font-size: .88rem; }
ol.method { padding-left: 1.2rem; max-width: 46rem; }
ol.method li { margin: .35rem 0; }
@media screen and (max-width: 40rem) {
  h1 { font-size: 1.7rem; } main { padding: 1.4rem .9rem 3rem; }
  .tiles { grid-template-columns: 1fr; }
  figure.bars { display: none; } td .bar { display: block; }
  .odds-table th.n:not(.keep), .odds-table td.n:not(.keep) { display: none; }
  td.who { min-width: 0; overflow-wrap: break-word; }
  .odds-table th, .odds-table td { padding-left: .25rem; padding-right: .25rem; }
  td .se { display: block; }
}
@page { size: A4; margin: 13mm 12mm; }
@media print {
  body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  h2 { break-before: page; border-top: 0; margin-top: 0; }
  h2.flow { break-before: auto; margin-top: 1.6rem; }
  h2, h3 { break-after: avoid; }
  figure, tr, .tile, .change { break-inside: avoid; }
  figure { overflow: visible; margin: .6rem 0; }
  figure svg { min-width: 0; }
  .scroll { overflow: visible; }
  table { font-size: 7.8pt; }
  th { font-size: 7.2pt; }
  th, td { padding: .18rem .28rem; }
  td.who { min-width: 9rem; }
}
"""
