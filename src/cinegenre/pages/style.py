"""The style sheet of all pages: light and dark, wide and narrow, and for print."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --page: #fff; --soft: #5a5a5a;
  --line: #d5d5d5; --band: #f4f5f7; --track: #e9ebee; --accent: #0072b2; --false: #e69f00;
  --for: 230,159,0; --for-line: #a86f00; --against: 0,114,178; --against-line: #00588a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --page: #16181c; --soft: #a9adb5; --line: #3a3e46; --band: #1f2228;
    --track: #262a31; --accent: #6bb8e8; --for: 190,125,0; --for-line: #ffc233;
    --against-line: #7cc4f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
section { margin-top: 2.4rem; padding-top: .8rem; border-top: 1px solid var(--line); }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
h2 small, h3 small { font-size: .95rem; font-weight: 400; color: var(--soft); }
p, li, dd, figcaption { max-width: 46rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; }
.lead { font-size: 1.1rem; margin: .8rem 0; }
.soft, figcaption { color: var(--soft); font-size: .92rem; }
.note { border-left: 3px solid rgb(var(--for)); padding-left: .7rem; }
.chip { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; font-size: .85rem;
  white-space: nowrap; }
pre { background: var(--band); padding: .8rem; overflow-x: auto; border-radius: 4px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; }
dt { color: var(--soft); }
dd { margin: 0; }
figure { margin: 1.4rem 0 2rem; }
figcaption { margin-top: .3rem; }
img { display: block; max-width: 100%; height: auto; border-radius: 4px; }

.scroll { overflow-x: auto; margin: .8rem 0; }
.scroll:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll img { background: #fff; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
th, td { padding: .28rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; white-space: normal; }
thead th[scope=colgroup] { text-align: center; border-left: 1px solid var(--line); }
th:first-child { text-align: left; }
tbody th { font-weight: 500; white-space: normal; }
.scroll tbody th { position: sticky; left: 0; background: var(--page); min-width: 8.5rem; }
.scroll tbody tr:nth-child(even) > * { background: var(--band); }
table.first td:nth-child(2) { color: var(--accent); font-weight: 650; }
table.wide { font-size: .84rem; }
table.wide th, table.wide td { padding: .26rem .3rem; }
table.words thead th { text-align: left; }
table.words tbody th { vertical-align: top; }
table.words td { white-space: normal; text-align: left; min-width: 4.5rem; vertical-align: top; }

.bars { width: 100%; }
.bars th, .bars td { padding: .2rem 0 .2rem .7rem; border: 0; }
.bars th:first-child { padding-left: 0; overflow-wrap: break-word; }
.bars thead th { font-weight: 400; color: var(--soft); }
.bars .bar { width: 48%; }
.bars .decided > * { font-weight: 650; }
.bars a { color: inherit; }
.bar div { position: relative; height: .8rem; background: var(--track); border-radius: 3px; }
.bar i { position: absolute; inset: 0 auto 0 0; background: var(--accent); border-radius: 3px;
  opacity: .55; }
.decided .bar i { opacity: 1; }
.false .bar i { background: var(--false); }
.bar b { position: absolute; top: -.15rem; bottom: -.15rem; width: 2px; background: var(--text);
  box-shadow: 0 0 0 1px var(--page); }

.cards { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: 1rem 2rem;
  grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }
.cards > li { display: grid; grid-template-columns: 6.4rem minmax(0, 1fr); gap: .4rem 1rem;
  align-items: start; max-width: none; border-top: 1px solid var(--line); padding-top: .8rem; }
.cards.one { grid-template-columns: minmax(0, 1fr); }
.cards.rows { grid-template-columns: minmax(0, 1fr); }
.cards.rows > li { grid-template-columns: 7.5rem minmax(0, 1fr) 18rem; }
.cards h2, .cards h3, .cards h4 { font-size: 1.05rem; margin: 0; }
.cards p, .cards ul { margin: .2rem 0; font-size: .92rem; }
.cards ul { padding-left: 1.1rem; }
.poster.none { aspect-ratio: 2 / 3; background: var(--track); border-radius: 4px; display: grid;
  place-items: center; color: var(--soft); font-size: .85rem; }

.beside { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 0 2rem;
  align-items: start; }
.beside > section { margin-top: 1rem; padding: 0; border: 0; }
.beside figure { margin: 1rem 0; }
.fields h3 { font-size: .9rem; font-weight: 600; color: var(--soft); margin: 1rem 0 .1rem; }
.fields p { margin: .2rem 0; }
.fields ul { margin: 0; padding: 0; list-style: none; }
.fields .most { font-size: .92rem; margin-top: .8rem; }
.most span { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
mark { color: inherit; border-radius: 2px; padding: 0 .1em; text-decoration: underline;
  text-decoration-thickness: 2px; text-underline-offset: .2em; }
mark.for { background: rgba(var(--for), var(--w)); text-decoration-color: var(--for-line); }
mark.against { background: rgba(var(--against), var(--w)); text-decoration-style: dotted;
  text-decoration-color: var(--against-line); }
.unread { color: var(--soft); opacity: .6; }

@media (max-width: 44rem) {
  main { padding: 1rem .8rem 3rem; }
  th, td { padding: .28rem .5rem; }
  caption { position: sticky; left: 0; max-width: calc(100vw - 1.6rem); }
  .scroll img { max-width: none; width: 46rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
  .beside { grid-template-columns: minmax(0, 1fr); }
  .cards.rows > li { grid-template-columns: 5rem minmax(0, 1fr); }
  .cards.rows > li > :last-child { grid-column: 1 / -1; } }
@media print {
  :root { color-scheme: light; --text: #000; --page: #fff; --soft: #444; --band: #f4f5f7;
    --track: #e9ebee; --line: #bbb; --accent: #000; --for-line: #a86f00;
    --against-line: #00588a; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: .78rem; }
  th, td { padding: .15rem .4rem; }
  mark, .bar div, .bar i { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  figure, tr, pre, .cards > li { break-inside: avoid; }
  .scroll img { max-width: 100%; max-height: 23cm; width: auto; }
  h2 { break-after: avoid; } }
"""
