"""The style sheet of an explanation's page: light and dark, wide and narrow, on paper."""

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --page: #fff; --soft: #5a5a5a;
  --line: #d5d5d5; --band: #e9ebee; --bar: #0072b2; --for: 230,159,0; --against: 0,114,178;
  --for-line: #a86f00; --against-line: #00588a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --page: #16181c; --soft: #a9adb5; --line: #3a3e46; --band: #262a31;
    --bar: #6bb8e8; --for-line: #ffc233; --against-line: #7cc4f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 1.6rem 0 .5rem; }
h2 small { font-size: .95rem; font-weight: 400; color: var(--soft); }
h3 { font-size: .9rem; font-weight: 600; color: var(--soft); margin: 1rem 0 .1rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; margin: .2rem 0; }
ul { margin: 0; padding: 0; list-style: none; }
.lead { font-size: 1.1rem; margin: .6rem 0; }
.note { border-left: 3px solid rgb(var(--for)); padding-left: .7rem; }
.top, .halves { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 0 2rem;
  align-items: start; }
.genre { border-top: 1px solid var(--line); margin-top: 2rem; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: right; border-bottom: 1px solid var(--line); }
thead th { font-weight: 400; color: var(--soft); vertical-align: bottom; }
th:first-child { text-align: left; font-weight: 500; }
.bars { width: 100%; }
.bars .bar { width: 55%; }
.bars a { color: inherit; }
.decided th, .decided td { font-weight: 700; }
.bar div { position: relative; height: .9rem; background: var(--band); border-radius: 3px; }
.bar i { position: absolute; inset: 0 auto 0 0; background: var(--bar); border-radius: 3px;
  opacity: .55; }
.decided .bar i { opacity: 1; }
.bar b { position: absolute; top: -.15rem; bottom: -.15rem; width: 2px; background: var(--text);
  box-shadow: 0 0 0 1px var(--page); }
mark { color: inherit; border-radius: 2px; padding: 0 .1em; text-decoration: underline;
  text-decoration-thickness: 2px; text-underline-offset: .2em; }
mark.for { background: rgba(var(--for), var(--w)); text-decoration-color: var(--for-line); }
mark.against { background: rgba(var(--against), var(--w)); text-decoration-style: dotted;
  text-decoration-color: var(--against-line); }
.unread { color: var(--soft); opacity: .6; }
.top-words { font-size: .92rem; margin-top: .8rem; }
.top-words span { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: .88rem; margin-top: .3rem; }
img { display: block; max-width: 100%; height: auto; border-radius: 4px; }
@media (max-width: 44rem) {
  main { padding: 1rem .8rem 3rem; }
  .top, .halves { grid-template-columns: minmax(0, 1fr); }
  th, td { padding-right: .45rem; }
  .bars .bar { width: 40%; } }
@media print {
  :root { color-scheme: light; --text: #000; --page: #fff; --soft: #444; }
  main { max-width: none; padding: 0; }
  mark, .bar div, .bar i { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  figure, tr { break-inside: avoid; } }
"""
