"""Films inside what wraps them: answers of services, exports of databases, JSON over many lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.table import read
from cinegenre.readers.wrapped import film_of
from cinegenre.score.source import Source

FILM = {"title": "X", "overview": "A ghost.", "year": 1999}
TWO = [FILM, FILM | {"title": "Y"}]

WRAPPED: dict[str, Any] = {
    "TMDB's search": {"page": 1, "results": TWO, "total_pages": 1},
    "TMDB's collection": {"id": 9, "name": "A collection", "overview": "Two.", "parts": TWO},
    "TMDB's list": {"id": "9", "name": "A list", "description": "Two.", "items": TWO},
    "Hugging Face's rows": {
        "features": [{"feature_idx": 0, "name": "title"}],
        "rows": [{"row_idx": i, "row": film, "truncated_cells": []} for i, film in enumerate(TWO)],
    },
    "Elasticsearch": {"took": 1, "hits": {"total": 2, "hits": [
        {"_index": "films", "_source": film} for film in TWO]}},
    "GraphQL": {"data": {"movies": {"edges": [{"cursor": "a", "node": film} for film in TWO]}}},
    "Trakt": [{"rank": 1, "type": "movie", "movie": film} for film in TWO],
    "Jellyfin": {"Items": [{"Name": film["title"], "Overview": film["overview"],
                            "ProductionYear": 1999} for film in TWO], "TotalRecordCount": 2},
    "pandas' table": {"schema": {"fields": [{"name": "title"}]}, "data": TWO},
    "by id": {"tt1": FILM, "tt2": FILM | {"title": "Y"}},
    "a plain list": TWO,
    "TMDB's pages": [{"page": 1, "results": TWO[:1]}, {"page": 2, "results": TWO[1:]}],
    "lists by year": {"1999": TWO[:1], "2000": TWO[1:]},
    "lists by kind": {"movies": TWO[:1], "shows": TWO[1:], "genres": [{"id": 1, "name": "War"}]},
    "Kodi": {"id": 1, "jsonrpc": "2.0", "result": {"limits": {"total": 2}, "movies": [
        {"label": film["title"], "plot": film["overview"], "title": film["title"], "year": 1999}
        for film in TWO]}},
    "Firebase": {"movies": {"-Na": FILM, "-Nb": FILM | {"title": "Y"}}, "count": 2},
    "JSON:API": {"data": [{"type": "movies", "id": "1", "attributes": film} for film in TWO]},
    "AWS": [{"title": film["title"], "year": 1999, "info": {"plot": film["overview"]}}
            for film in TWO],
    "SPARQL": {"head": {"vars": ["title"]}, "results": {"bindings": [
        {name: {"type": "literal", "value": str(cell)} for name, cell in film.items()}
        for film in TWO]}},
    "MongoDB": [film | {"year": {"$numberInt": "1999"}} for film in TWO],
    "DynamoDB": {"Items": [{"title": {"S": film["title"]}, "year": {"N": "1999"},
                            "info": {"M": {"plot": film["overview"]}}} for film in TWO]},
    "a list of lists": [[*FILM], *([*film.values()] for film in TWO)],
    "Google Sheets": {"range": "A1:C3", "values": [[*FILM], *([*film.values()] for film in TWO)]},
    "JSON in JSON": json.dumps(TWO),
}  # fmt: skip


def written(path: Path, text: str) -> list[Movie | BadRow]:
    path.write_text(text, encoding="utf-8")
    return list(read(path))


@pytest.mark.parametrize("name", WRAPPED)
def test_the_films_inside(name: str, tmp_path: Path) -> None:
    rows = written(tmp_path / "films.json", json.dumps(WRAPPED[name]))
    told = [(row.title, row.overview, row.year) for row in rows if isinstance(row, Movie)]
    assert told == [("X", "A ghost.", 1999), ("Y", "A ghost.", 1999)]


def test_a_film_with_lists_is_one_film(tmp_path: Path) -> None:
    detail = FILM | {
        "id": 5,
        "genres": [{"id": 27, "name": "Horror"}],
        "production_companies": [{"id": 1, "name": "A24"}, {"Id": "2", "Name": "B"}],
        "spoken_languages": [{"english_name": "English", "name": "English"}],
        "credits": {"cast": [{"id": 1, "name": "Ann"}]},
        "similar": {"results": TWO},
    }
    (film,) = written(tmp_path / "film.json", json.dumps(detail))
    assert isinstance(film, Movie)
    assert (film.id, film.genres, film.companies) == ("5", ("Horror",), ("A24", "B"))


def test_ids_stay_with_films_that_stand_inside(tmp_path: Path) -> None:
    hit = {"_id": "7", "_source": FILM}
    rows = written(tmp_path / "a.jsonl", f"{json.dumps(hit)}\n{json.dumps(FILM)}\n")
    assert [row.id for row in rows] == ["7", None]


IDS: dict[str, Any] = {
    "Trakt": [{"type": "movie", "movie": FILM | {"ids": {"trakt": 1, "imdb": "tt0114709"}}}],
    "Jellyfin": {"Items": [FILM | {"ProviderIds": {"Imdb": "tt0114709", "Tmdb": "862"}}]},
    "Kodi": [FILM | {"uniqueid": {"tmdb": "862", "imdb": "tt0114709"}}],
    "TMDB": [FILM | {"external_ids": {"imdb_id": "tt0114709", "facebook_id": None}}],
    "Plex": [FILM | {"guid": "plex://movie/5d", "Guid": [{"id": "imdb://tt0114709"}]}],
    "Wikidata": [FILM | {"id": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"}}],
}


@pytest.mark.parametrize("name", IDS)
def test_ids_inside_an_object(name: str, tmp_path: Path) -> None:
    (film,) = written(tmp_path / "films.json", json.dumps(IDS[name]))
    assert isinstance(film, Movie)
    assert film.id == ("Q1" if name == "Wikidata" else "tt0114709")


def test_lists_of_other_things_are_no_films(tmp_path: Path) -> None:
    answer = {"id": 5, "images": [{"id": 1, "url": "a.jpg"}], "overview": "A ghost."}
    (film,) = written(tmp_path / "a.json", json.dumps(answer))
    assert isinstance(film, Movie) and (film.id, film.overview) == ("5", "A ghost.")
    (film,) = written(tmp_path / "a.json", json.dumps({"title": "Z", "cast": [], "similar": TWO}))
    assert isinstance(film, Movie) and film.title == "Z"
    first, bad = written(tmp_path / "a.json", json.dumps([FILM, []]))
    assert isinstance(first, Movie) and isinstance(bad, BadRow)


@pytest.mark.parametrize("text", ['{"hits": {"total": 0}}', '{"data": {"error": "no"}}'])
def test_what_holds_no_film_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none of our columns"):
        written(tmp_path / "films.json", text)


@pytest.mark.parametrize("ending", ["json", "jsonl", "ndjson"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TWO),
        json.dumps(TWO, indent=2),
        "\ufeff\n" + json.dumps(TWO, indent=2),
        "\n".join(map(json.dumps, TWO)),
        "\n".join(json.dumps(film, indent=2) for film in TWO),
        ",\n".join(json.dumps(film, indent=2) for film in TWO),
        "\n".join(json.dumps({"page": n, "results": [film]}) for n, film in enumerate(TWO)),
        "\n".join(json.dumps([film]) for film in TWO),
        "\n".join(json.dumps(row) for row in [[*FILM], *([*film.values()] for film in TWO)]),
    ],
    ids=[
        "list",
        "list over lines",
        "behind a mark",
        "lines",
        "objects",
        "objects with commas",
        "pages",
        "lists",
        "cells",
    ],
)
def test_the_ending_says_less_than_the_content(text: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"films.{ending}"
    rows = written(path, text)
    assert [row.title for row in rows if isinstance(row, Movie)] == ["X", "Y"]
    assert Source.find(path).counted().rows == len(rows) == 2


def test_objects_over_lines_that_end_amid_one(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(film, indent=2) for film in TWO)[:-20]
    first, last = written(tmp_path / "films.jsonl", text)
    assert isinstance(first, Movie) and isinstance(last, BadRow)
    assert last.where == "films.jsonl item 2" and "no JSON" in last.error


@pytest.mark.parametrize("name", ["ids", "ProviderIds", "uniqueid"])
def test_an_object_that_gave_the_ids_is_not_called_left_out(name: str) -> None:
    row = film_of({"title": "Alien", name: {"imdb": "tt0078748", "tmdb": 348}})
    assert row == {"title": "Alien", "imdb_id": "tt0078748", "tmdb_id": 348}
