"""An audit as one HTML page. Every text that comes in here is escaped here."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

from ..errors import BadImage
from ..explain.heat import picture
from ..explain.style import STYLE
from .result import Audit, Finding

POSTER = 150
"""Height of the page's pictures in pixels."""

_CARDS = """
.cards { list-style: none; display: grid; gap: 1rem 2rem; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(min(28rem, 100%), 1fr)); }
.cards li { display: flex; gap: .9rem; border-top: 1px solid var(--line); padding-top: .8rem; }
.cards img, .cards .none { flex: 0 0 100px; width: 100px; height: 150px; object-fit: cover;
  border-radius: 4px; background: var(--band); }
.cards h3 { font-size: 1rem; color: var(--text); margin: 0; }
.cards p { font-size: .92rem; }
.chip { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; font-size: .85rem;
  white-space: nowrap; }
.soft { color: var(--soft); }
@media print { li { break-inside: avoid; } }
"""

_LEADS = {
    "missing": "Probably missing",
    "wrong": "Probably wrong",
}


def page(found: Audit, top: int) -> str:
    """The whole page, which needs no other file and runs no script."""
    facts = found.facts
    lead = (
        f"{facts['films']:,} films with {facts['labels']:,} genre labels, judged by heads on "
        f"{facts['model']} that had not seen the film: {len(found.missing):,} labels look missing, "
        f"{len(found.wrong):,} look wrong."
    )
    sections = _section("missing", found.missing, top) + _section("wrong", found.wrong, top)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Labels to look at</title>
<style>{STYLE}{_CARDS}</style>
</head>
<body>
<main>
<header>
<h1>Labels to look at</h1>
<p class="lead">{escape(lead)}</p>
</header>
{sections}{_noise(found)}{_READING}</main>
</body>
</html>
"""


def _section(kind: str, some: Sequence[Finding], top: int) -> str:
    shown = some[:top]
    count = f"{len(shown):,} of {len(some):,}" if len(shown) < len(some) else f"{len(some):,}"
    cards = "".join(map(_card, shown))
    listed = f'<ol class="cards">\n{cards}</ol>\n' if cards else "<p>None.</p>\n"
    return f"<section>\n<h2>{_LEADS[kind]} <small>{count}</small></h2>\n{listed}</section>\n"


def _card(each: Finding) -> str:
    film = each.film
    year = f' <span class="soft">{film.year}</span>' if film.year else ""
    name = escape(film.title or film.id or "A film")
    sign = "+" if each.kind == "missing" else "−"
    number = f' <span class="soft">{escape(film.id)}</span>' if film.id else ""
    genres = " ".join(f'<span class="chip">{escape(genre)}</span>' for genre in film.genres)
    return (
        f'<li>{_poster(each)}<div><h3 dir="auto">{name}{year}</h3>\n'
        f"<p><strong>{sign} {escape(each.genre)}</strong>{number}</p>\n"
        f"<p>{genres}</p>\n<p>{escape(each.why)}</p></div></li>\n"
    )


def _poster(each: Finding) -> str:
    empty = '<div class="none"></div>'
    if "poster" not in each.film.inputs or each.film.poster is None:
        return empty
    try:
        image = picture(each.film.poster, POSTER)
    except BadImage:
        return empty
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    encoded = base64.b64encode(out.getvalue()).decode("ascii")
    return f'<img src="data:image/jpeg;base64,{encoded}" alt="" loading="lazy">'


def _noise(found: Audit) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(row.genre)}</th><td>{row.given:,}</td>'
        f"<td>{row.missing:,.0f}</td><td>{row.wrong:,.0f}</td></tr>\n"
        for row in found.noise
    )
    names = ("genre", "films given it", "about so many missing", "about so many wrong")
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f"<section>\n<h2>By genre</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


_READING = """<section>
<h2>How to read this</h2>
<p>Each film was scored by a model fitted on the labels of other films. A label is listed where that
score lies beyond what is usual for the films that are labelled the other way. The most suspicious
come first. A film that is told untypically looks the same as a film that is labelled wrongly: this
is a list to look through, not one to apply. The numbers by genre are far too high as counts, for
what cannot be told from poster and text counts too: compare them with each other.</p>
</section>
"""
