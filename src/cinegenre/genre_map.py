"""A model's genres under other names: TMDB's, IMDb's or a user's own, renamed, merged, dropped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .errors import UserError, shown, unknown
from .movie import Prediction
from .taxonomy import IMDB, IMDB_TO_TMDB, TAXONOMIES, TMDB, TMDB_TO_IMDB

BUILT_IN: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "imdb": (IMDB, TMDB_TO_IMDB),
    # TMDB files musicals under Music.
    "tmdb": (TMDB, IMDB_TO_TMDB | {"Musical": "Music"}),
}
"""The maps by name: the names that come out, and what is renamed; other genres are dropped."""
KOMETA = "genre_mapper"
"""The key under which Kometa's configuration keeps such a map."""


@dataclass(frozen=True, kw_only=True)
class GenreMap:
    """What each genre of a model is called: no name drops it, several names give it to each.

    A name made of several genres has the largest of their probabilities, and is decided where one
    of them is. The chance of any of them is that or more (theirs are not independent); what is
    largest keeps the decisions and the scores of genres that are only renamed.

    >>> from cinegenre import GenreMap, Prediction
    >>> scores = {"Drama": 0.2, "Fantasy": 0.1, "Science Fiction": 0.7}
    >>> said = Prediction(id="1", genres=["Science Fiction"], scores=scores, inputs=[], model="")
    >>> names = GenreMap.of({"Science Fiction": "SF", "Fantasy": "SF", "Drama": None}, scores)
    >>> names.apply(said).scores, names.apply(said).genres
    ({'SF': 0.7}, ['SF'])
    >>> GenreMap.load("imdb", scores).names
    ('Drama', 'Fantasy', 'Sci-Fi')
    """

    table: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, name: str | Path, genres: Iterable[str]) -> GenreMap:
        """The map "imdb" or "tmdb", or of a YAML file, for a model with these `genres`.

        The file maps genres to names, at its top or under `genre_mapper`, as Kometa's do; an empty
        value drops a genre, a list gives it several names, and genres that it leaves out keep
        theirs. Raises `UserError` for a file that is no such map, or a map for other genres.
        """
        genres = tuple(genres)
        if name in BUILT_IN:
            names, renamed = BUILT_IN[str(name)]
            called = {genre: renamed.get(genre, genre) for genre in genres}
            return cls._whole(
                {genre: (to,) if to in names else () for genre, to in called.items()}, str(name)
            )
        path = Path(name)
        if path.suffix not in (".yml", ".yaml"):
            raise unknown("genre map", str(name), (*BUILT_IN, "FILE.yaml"))
        return cls.of(_read(path), genres, what=f"genre map {path}")

    @classmethod
    def of(
        cls, mapping: Mapping[str, Any], genres: Iterable[str], *, what: str = "genre map"
    ) -> GenreMap:
        """The map of a dict, genre → name, None or list of names; `what` is how errors call it.

        A genre that the model lacks is passed over where another taxonomy of ours has it and some
        that the model has are mapped too; else it is a `UserError`.
        """
        genres = tuple(genres)
        wanted = {str(genre): _names(genre, names, what) for genre, names in mapping.items()}
        strange = [genre for genre in wanted if genre not in genres]
        elsewhere = {genre for known in TAXONOMIES.values() for genre in known}
        if strange and (len(strange) == len(wanted) or not elsewhere.issuperset(strange)):
            worst = next((genre for genre in strange if genre not in elsewhere), strange[0])
            near = difflib.get_close_matches(worst, genres, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise UserError(
                f"{what} names {shown(worst)}, which the model does not tell",
                f"{hint}its genres: {', '.join(genres)}",
            )
        return cls._whole({genre: wanted.get(genre, (genre,)) for genre in genres}, what)

    @classmethod
    def _whole(cls, table: Mapping[str, tuple[str, ...]], what: str) -> GenreMap:
        if not any(table.values()):
            raise UserError(f"{what} drops every genre of the model", "keep at least one")
        return cls(table=table)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that come out, each once, in the order of the model's genres."""
        return tuple(dict.fromkeys(name for names in self.table.values() for name in names))

    def apply(self, prediction: Prediction) -> Prediction:
        """The prediction under these names; one with an error is left as it is."""
        if prediction.error is not None:
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


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"genre map {path} cannot be read ({error.strerror})", "check the path"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"genre map {path} is no YAML ({error})", "mend it") from None
    if isinstance(found, dict) and KOMETA in found:
        found = found[KOMETA]
    if not isinstance(found, dict) or not found:
        raise UserError(
            f"genre map {path} maps nothing", "write lines such as Science Fiction: Sci-Fi"
        )
    return found


def _names(genre: object, names: object, what: str) -> tuple[str, ...]:
    """The names that a value of a map stands for."""
    listed = names if isinstance(names, list) else [] if names in (None, "") else [names]
    if not isinstance(genre, str) or not all(isinstance(name, str) and name for name in listed):
        raise UserError(
            f"{what} has {shown(genre)}: {shown(names)}",
            "a genre's value is a name, a list of names, or empty to drop it",
        )
    return tuple(dict.fromkeys(listed))
