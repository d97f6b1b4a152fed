"""Genre maps: they rename, merge or drop a model's genres, for TMDB's, IMDb's or a user's names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import UserError, shown, unknown
from .movie import Prediction
from .taxonomy import IMDB, IMDB_TO_TMDB, TAXONOMIES, TMDB, TMDB_TO_IMDB, spelling_key

BUILT_IN: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "imdb": (IMDB, TMDB_TO_IMDB),
    # TMDB has no genre for musicals; they are under Music there.
    "tmdb": (TMDB, IMDB_TO_TMDB | {"Musical": "Music"}),
}
"""The built-in maps: the resulting names, and what is renamed; other genres are dropped."""
KOMETA = "genre_mapper"
"""The key of such a map in Kometa's configuration."""
_CONTAINERS = ("libraries", "library", "operations")
"""Keys above it that are not the name of a library."""


@dataclass(frozen=True, kw_only=True)
class GenreMap:
    """The new names of each genre of a model: none drops it, several give its score to each.

    A name that several genres map to gets the largest of their probabilities, and is decided if one
    of them is. The probability that any of them applies is at least that large, but it cannot be
    computed, because they are not independent. With the maximum, genres that are only renamed keep
    their scores and decisions.

    >>> from cinegenre import GenreMap, Prediction
    >>> scores = {"Drama": 0.2, "Fantasy": 0.1, "Science Fiction": 0.7}
    >>> film = Prediction(id="1", genres=["Science Fiction"], scores=scores, inputs=[], model="")
    >>> names = GenreMap.of({"Science Fiction": "SF", "Fantasy": "SF", "Drama": None}, scores)
    >>> names.apply(film).scores, names.apply(film).genres
    ({'SF': 0.7}, ['SF'])
    >>> GenreMap.load("imdb", scores).names
    ('Drama', 'Fantasy', 'Sci-Fi')
    """

    table: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """New names for names that films may have, but that are not genres of the model."""

    @classmethod
    def load(cls, name: str | Path, genres: Iterable[str], *, library: bool = False) -> GenreMap:
        """The map "imdb" or "tmdb", or one from a YAML file, for a model with these `genres`.

        The file maps genres to names, either at its top level or under `genre_mapper` anywhere in
        it, as in a configuration of Kometa; FILE#NAME takes the map of the Kometa library NAME. An
        empty value drops a genre, a list gives it several names, and genres that are left out keep
        their names. With `library`, and always in Kometa's maps, keys may be any names that films
        have. Raises `UserError` for a file that is not such a map, and for a map of other genres.
        """
        genres = tuple(genres)
        if name in BUILT_IN:
            names, renamed = BUILT_IN[str(name)]
            called = {genre: renamed.get(genre, genre) for genre in genres}
            others = {to: (to,) for to in names} | {old: (to,) for old, to in renamed.items()}
            return cls._whole(
                {genre: (to,) if to in names else () for genre, to in called.items()},
                {other: to for other, to in others.items() if other not in genres},
                str(name),
            )
        file, _, section = str(name).partition("#")
        path, part = (Path(name), "") if Path(name).exists() else (Path(file), section)
        if path.suffix not in (".yml", ".yaml"):
            raise unknown("genre map", str(name), (*BUILT_IN, "FILE.yaml"))
        mapping, kometas = read_map(path, part)
        what, library = f"genre map {path}", library or kometas
        return cls.of(mapping, genres, what=what, library=library)

    @classmethod
    def of(
        cls,
        mapping: Mapping[str, Any],
        genres: Iterable[str],
        *,
        what: str = "genre map",
        library: bool = False,
    ) -> GenreMap:
        """The map of a dict, genre → name, None or list of names; errors call the map `what`.

        Keys that are not genres of the model rename other names that films have. Unless the map is
        for a `library`, a key that looks like a mistyped genre raises `UserError`, and so does a
        map without any genre of the model.
        """
        genres = tuple(genres)
        wanted = {str(genre): _names(genre, names, what) for genre, names in mapping.items()}
        known = {spelling_key(genre): genre for genre in genres}
        table: dict[str, tuple[str, ...]] = {genre: (genre,) for genre in genres}
        others: dict[str, tuple[str, ...]] = {}
        for name, names in wanted.items():
            genre = name if name in table else known.get(spelling_key(name))
            if genre is None:
                others[name] = names
            elif genre == name or genre not in wanted:  # the exact spelling takes precedence
                table[genre] = names
        if others and not library:
            _refuse_mistakes(others, genres, what, all_strange=len(others) == len(wanted))
        return cls._whole(table, others, what)

    @classmethod
    def _whole(
        cls,
        table: Mapping[str, tuple[str, ...]],
        others: Mapping[str, tuple[str, ...]],
        what: str,
    ) -> GenreMap:
        if not any(table.values()):
            raise UserError(f"{what} drops every genre of the model", "keep at least one")
        return cls(table=table, others=others)

    @property
    def names(self) -> tuple[str, ...]:
        """The resulting names, each once, in the order of the model's genres."""
        return tuple(dict.fromkeys(name for names in self.table.values() for name in names))

    def called(self, name: str) -> tuple[str, ...] | None:
        """The new names for a name that a film has; None if the map does not have it."""
        return self._by_key.get(spelling_key(name))

    @cached_property
    def _by_key(self) -> dict[str, tuple[str, ...]]:
        # A resulting name maps to itself, unless it is renamed: a film may have it already.
        targets = (*self.names, *(name for names in self.others.values() for name in names))
        known: dict[str, tuple[str, ...]] = {name: (name,) for name in targets}
        known |= {**self.others, **self.table}
        return {spelling_key(name): names for name, names in known.items()}

    def apply(self, prediction: Prediction) -> Prediction:
        """The prediction under the new names; one with a fault is returned unchanged."""
        if prediction.fault is not None:
            return prediction
        scores = dict.fromkeys(self.names, 0.0)
        decided = set()
        for genre, score in prediction.scores.items():
            for name in self.table.get(genre, ()):
                scores[name] = max(scores[name], score)
                if genre in prediction.genres:
                    decided.add(name)
        ranked = sorted(decided, key=lambda name: (-scores[name], self.names.index(name)))
        return replace(prediction, scores=scores, genres=ranked)


def _refuse_mistakes(
    others: Mapping[str, tuple[str, ...]],
    genres: tuple[str, ...],
    what: str,
    *,
    all_strange: bool,
) -> None:
    """Raise for a key that is likely a mistyped genre of the model, or if no key is a genre."""
    elsewhere = {genre for known in TAXONOMIES.values() for genre in known}
    unfamiliar = [name for name in others if name not in elsewhere]
    mistyped = [name for name in unfamiliar if likely_meant(name, others[name], genres)]
    if not mistyped and not all_strange:
        return
    worst = (*mistyped, *unfamiliar, *others)[0]
    near = difflib.get_close_matches(worst, genres, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UserError(
        f"{what} names {shown(worst)}, which the model does not tell",
        f"{hint}its genres: {', '.join(genres)}",
    )


def likely_meant(name: str, names: Iterable[str], genres: Iterable[str]) -> str | None:
    """The genre that `name` likely means, if it is mistyped. "Westerns: Western" is no mistake."""
    near = difflib.get_close_matches(name, tuple(genres), n=1, cutoff=0.85)
    return near[0] if near and near[0] not in names else None


def read_map(path: Path, part: str = "") -> tuple[Mapping[str, Any], bool]:
    """The mapping in a YAML file, and whether it is a `genre_mapper` of Kometa's.

    A `genre_mapper` may be anywhere in the file; if several Kometa libraries have one, `part` is
    the name of the library to take it from.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"genre map {path} cannot be read ({error.strerror})", "check the path"
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"genre map {path} is not YAML (not in UTF-8)", "save it anew") from None
    except (yaml.YAMLError, ValueError) as error:  # the latter for a date such as 2024-13-01
        # The error's own text may quote a line, and Kometa's configuration holds servers' keys.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "unreadable"
        raise UserError(f"genre map {path} is not YAML ({problem}{where})", "mend it") from None
    mappers = list(_mappers(content, "", set()))
    mapping = _chosen(mappers, path, part) if mappers or part else content
    if not mappers and isinstance(mapping, dict) and any(map(_is_section, mapping.values())):
        # It may be a configuration, of which nothing may be quoted.
        raise UserError(
            f"genre map {path} has no {KOMETA} with names in it",
            "write Science Fiction: Sci-Fi; a genre's value is a name, a list of names, or empty",
        )
    if not isinstance(mapping, dict) or not mapping:
        raise UserError(
            f"genre map {path} maps nothing", "write lines such as Science Fiction: Sci-Fi"
        )
    return mapping, bool(mappers)


def _is_section(value: Any) -> bool:
    """Whether a value in YAML has keys in it, and so is no name."""
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_is_section, value)))


def _mappers(value: Any, name: str, seen: set[int]) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Each `genre_mapper` in a configuration, with the name of its library."""
    if id(value) in seen:  # a YAML alias may refer to one of its own parents
        return
    seen.add(id(value))
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key == KOMETA and inner:
            # Kometa takes a list of maps as one map, in which later entries win.
            parts = inner if isinstance(inner, list) else [inner]
            if all(isinstance(part, dict) for part in parts):
                yield name, {old: _several(new) for part in parts for old, new in part.items()}
        elif isinstance(inner, dict | list):
            named = name or ("" if key in _CONTAINERS else str(key))
            yield from _mappers(inner, named, seen)
    for inner in value if isinstance(value, list) else ():
        yield from _mappers(inner, name, seen)


def _several(new: Any) -> Any:
    """A new name as Kometa reads it, which divides a text at its commas."""
    return [name.strip() for name in new.split(",")] if isinstance(new, str) else new


def _chosen(mappers: list[tuple[str, dict[Any, Any]]], path: Path, part: str) -> dict[Any, Any]:
    names = [name for name, _ in mappers if name]
    if part:
        of_part = [mapper for name, mapper in mappers if name == part]
        if not of_part:
            raise unknown(f"library in {path}", part, names)
        return of_part[0]
    if any(mapper != mappers[0][1] for _, mapper in mappers):
        raise UserError(
            f"genre map {path} has a {KOMETA} for each of {', '.join(names)}, and they differ",
            f"name one, as in {path}#{names[0]}",
        )
    return mappers[0][1]


def _names(genre: object, names: object, what: str) -> tuple[str, ...]:
    """The names in one value of a map."""
    given: list[Any] = names if isinstance(names, list) else [names]
    listed = [name for name in given if name not in (None, "")]
    if not isinstance(genre, str) or not all(isinstance(name, str) for name in listed):
        raise UserError(
            f"{what} has {shown(genre)}: {shown(names)}",
            "a genre's value is a name, a list of names, or empty to drop it; quote what YAML "
            "takes for a number or yes and no",
        )
    return tuple(dict.fromkeys(name.strip() for name in listed))
