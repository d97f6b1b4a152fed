"""Finds the films in a JSON value: in lists, in pages of a service's answers, in tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .columns import field_of, fold, known

Cells = dict[str, Any]
"""A row's cells by column."""

_WRAPS = ("movie", "film", "_source", "row", "node", "item", "Item", "fields", "doc", "show")
"""Keys under which a row may have its film: Trakt, Elasticsearch, Hugging Face, GraphQL."""
_PARTS = ("attributes", "info", "details")
"""Keys under which a film may have some of its fields: JSON:API, AWS."""
_IDS = frozenset({"ids", "providerids", "uniqueid", "uniqueids", "externalids", "guid"})
"""Folded keys under which a film may have its ids by origin: Trakt, Jellyfin, Kodi, TMDB, Plex."""
_ORIGINS = ("imdb", "tmdb")
_GUID = re.compile(r"(imdb|tmdb)://(\w+)")
_TYPED = frozenset({"type", "value", "xml:lang", "datatype"})
_DYNAMO = frozenset({"S", "N", "SS", "NS", "L", "M", "BOOL"})
_TOLD = frozenset({"title", "overview"})
_OF_FILMS = frozenset({"companies", "people", "genres", "year", "language", "collection"})
_DEEPEST = 4
_ALIKE = 0.5


def films_in(value: Any) -> Iterable[Any]:
    """The rows of a JSON value: the entries of a list, or the rows wrapped in an object.

    TMDB's answers have them under `results`, pandas writes `{column: {index: cell}}`,
    `{index: row}` or `{"columns": [...], "data": [[...]]}`, and many files have rows by id.
    """
    if isinstance(value, list):
        return unfolded(value)
    if not isinstance(value, dict):
        return [value]
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        return [dict(zip(columns, row, strict=False)) if isinstance(row, list) else row
                for row in data]  # fmt: skip
    if wrapped := _wrapped(value):
        return wrapped
    members = list(value.values())
    if not members or not all(isinstance(each, dict) for each in members):
        return [value]
    if any(map(known, value)):
        index = dict.fromkeys(place for each in members for place in each)
        return [{column: cells.get(place) for column, cells in value.items()} for place in index]
    if not any(_fields(film_of(each)) for each in members):
        return [value]
    if all(map(str.isdigit, value)):
        return members  # pandas' row numbers, not ids
    return [{"id": id_} | row for id_, row in value.items()]


def unfolded(values: Iterable[Any]) -> Iterator[Any]:
    """The values, with those in place of a page or a list that are in it.

    Lists below a list of columns' names are the cells of rows.
    """
    header: list[str] | None = None
    for value in values:
        if isinstance(value, list) and header is not None and not _dicts(value):
            yield dict(zip(header, value, strict=False))
        elif _is_header(value):
            header = value
        elif _dicts(value):
            yield from unfolded(value)
        elif is_page(value):
            yield from films_in(value)
        else:
            yield value


def is_page(value: Any) -> bool:
    """Whether a value is an object that is not a film, but contains films."""
    return isinstance(value, dict) and not _own(value) and bool(_wrapped(value))


def film_of(row: Cells) -> Cells:
    """The film of a row: inside a member of the row, or the row itself, with its ids at hand."""
    if not any(isinstance(cell, (dict, list)) for cell in row.values()):
        return row
    row = _with_ids({key: _plain(cell) for key, cell in row.items()})
    for key in _WRAPS:
        inner = row.get(key)
        if isinstance(inner, dict) and _fields(inner) > _fields(row) - known(key):
            inner = _with_ids(inner)
            own = [row[name] for name in ("_id", "id") if name in row]
            return {"id": own[0], **inner} if own and "id" not in map(field_of, inner) else inner
    for key in _PARTS:
        inner = row.get(key)
        if isinstance(inner, dict) and _TOLD.union(("genres",)) & set(map(field_of, inner)):
            taken = set(map(field_of, row)) - {None}
            row |= {name: cell for name, cell in inner.items() if field_of(name) not in taken}
    return row


def _plain(cell: Any) -> Any:
    """A cell without what SPARQL, MongoDB and DynamoDB say about its type."""
    if not isinstance(cell, dict):
        return cell
    if {"type", "value"} <= cell.keys() <= _TYPED:
        return cell["value"]
    if len(cell) == 1:
        [(key, inner)] = cell.items()
        if key.startswith("$") or key in _DYNAMO:
            return _plain(inner)
    return cell


def _with_ids(row: dict[str, Any]) -> dict[str, Any]:
    """The row with columns for the ids that it has in an object or list, in place of that."""
    found: dict[str, Any] = {}
    for key, cell in row.items():
        if not isinstance(cell, dict | list) or fold(key) not in _IDS:
            continue
        if isinstance(cell, dict):
            found |= {origin: id_ for name, id_ in cell.items() for origin in _ORIGINS
                      if fold(name).removesuffix("id") == origin and id_}  # fmt: skip
        elif isinstance(cell, list):
            texts = (str(each.get("id")) if isinstance(each, dict) else str(each) for each in cell)
            found |= {match[1]: match[2] for each in texts if (match := _GUID.fullmatch(each))}
    if not found:
        return row
    present = {fold(key) for key in row}
    new = {f"{origin}_id": id_ for origin, id_ in found.items() if f"{origin}id" not in present}
    kept = {key: cell for key, cell in row.items()
            if not isinstance(cell, dict | list) or fold(key) not in _IDS}  # fmt: skip
    return kept | new


def _fields(row: Mapping[str, Any]) -> int:
    return sum(map(known, row))


def _wrapped(value: dict[str, Any]) -> list[Any]:
    """The films inside an object that is not a film: those of the list with the most known
    columns, and of lists of the same kind.

    A film contains lists too, of genres and companies. So an object that has a title or overview
    itself contains films only if those have overviews (TMDB's collections and lists), and one with
    another known name (the `id` of Kodi's answers, `genres`) only if they have three known columns.
    """
    own = _own(value)
    if own & _TOLD and own & _OF_FILMS:
        return []  # a film, with similar ones in a list
    if own & _TOLD:
        for key, some in value.items():
            if not known(key) and _dicts(some) and any(map(_has_overview, some)):
                return list(some)
        return []
    lists = list(_lists({key: each for key, each in value.items() if not known(key)}))
    best = max(lists, key=lambda some: max(_fields(film_of(row)) for row in some), default=[])
    kind = _kind(best)
    if not kind or (own and not (kind & _TOLD and len(kind) > 2)):
        return []
    alike = (some for some in lists if some is best or _alike(_kind(some), kind))
    return [row for some in alike for row in some]


def _own(value: dict[str, Any]) -> set[str | None]:
    """The fields of an object. People alone do not count: the list may be that of a director."""
    fields = set(map(field_of, value)) - {None}
    return fields if fields != {"people"} else set()


def _kind(some: list[Any]) -> frozenset[str]:
    """The fields of a list's rows."""
    fields = (field_of(name) for row in some for name in film_of(row))
    return frozenset(field for field in fields if field is not None)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return bool(one & _TOLD) and both > _ALIKE * len(one | other)


def _lists(value: dict[str, Any], depth: int = 0) -> Iterator[list[Any]]:
    """Every list of objects in an object and in the objects inside it; also objects by id."""
    for each in value.values():
        if _dicts(each):
            yield each
        elif isinstance(each, list) and each and _is_header(each[0]):
            yield [*unfolded(each)]
        elif isinstance(each, dict) and depth < _DEEPEST:
            if _by_id(each):
                yield [row if "id" in map(field_of, row) else {"id": id_} | row
                       for id_, row in each.items()]  # fmt: skip
            else:
                yield from _lists(each, depth + 1)


def _by_id(value: dict[str, Any]) -> bool:
    films = [film_of(each) for each in value.values() if isinstance(each, dict)]
    return (
        bool(films)
        and len(films) == len(value)
        and not any(key in _WRAPS or known(key) for key in value)
        and all("title" in map(field_of, film) and _fields(film) > 1 for film in films)
    )


def _dicts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(r, dict) for r in value)


def _is_header(value: Any) -> bool:
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return bool(texts and value) and sum(map(known, value)) > min(1, len(value) - 1)


def _has_overview(row: dict[str, Any]) -> bool:
    return "overview" in map(field_of, film_of(row))
