"""Prints predictions: bars for a person, JSON for a script.

The bars are drawn without rich, which `tables.py` uses: importing it takes a tenth of the time of
predicting one film.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass
from itertools import islice, tee
from typing import TYPE_CHECKING, Any

import typer

from ..errors import UserError
from ..faults import KINDS
from ..movie import BadRow, Movie, Prediction

if TYPE_CHECKING:
    from ..data.web_posters import Fetcher
    from ..genre_map import GenreMap
    from ..tagger import Tagger

BAR = 30
SHOWN = 5


def print_json(value: Any) -> None:
    """One line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a spinner on a terminal during work whose steps cannot be counted."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(f"{what} …") if console.is_terminal else nullcontext():
        yield


@dataclass(frozen=True)
class Telling:
    """How predictions are made and printed: under which names, how many genres, as bars or JSON."""

    tagger: Tagger
    names: GenreMap | None = None
    top: int | None = None
    _: KW_ONLY
    any_language: bool = False
    as_json: bool = False
    fetch: Fetcher | None = None
    """Downloads posters at web addresses. Without it, notes say that they were not downloaded."""

    def one(self, film: Movie) -> None:
        """Predict and print one film. Its fault, if there is one, is raised as an error."""
        if self.fetch is None:  # without the readers, which a stream needs
            [prediction] = self.tagger.predict(film, any_language=self.any_language)
        else:
            [prediction] = self._predicted([film])
        wrong = prediction.fault or prediction.lost
        if wrong is not None:
            raise wrong.as_error()
        self._print(prediction, film.title or "")

    def many(self, rows: Iterable[Movie | BadRow]) -> None:
        """Predict and print a stream of films. Those that fail are printed with the reason."""
        films = failed = 0
        noted: Counter[str] = Counter()
        given, read = tee(rows)
        predictions = self._predicted(read)
        for row, prediction in zip(given, predictions, strict=True):
            films += 1
            failed += prediction.fault is not None
            noted.update(note.code for note in prediction.notes)
            self._print(prediction, (row.title if isinstance(row, Movie) else None) or "")
        if failed:
            print(f"{failed} of {films} films could not be scored", file=sys.stderr)
        for code, kind in KINDS.items():
            if noted[code]:
                print(f"{noted[code]} of {films} films had {kind.noun}", file=sys.stderr)
        if not films:
            raise UserError("the file holds no film", "give one row a film under the header")
        if failed == films:
            raise typer.Exit(2)

    def _predicted(self, rows: Iterable[Movie | BadRow]) -> Iterator[Prediction]:
        if self.fetch is None:
            yield from self.tagger.predict(rows, any_language=self.any_language)
            return
        from ..data.web_posters import TOGETHER
        from ..tagger.reading import read_films

        rest, any_language = iter(rows), self.any_language
        while part := list(islice(rest, TOGETHER)):
            found = self.fetch(part)
            yield from self.tagger.said(
                read_films(
                    self.tagger.runtime, found.rows, any_language=any_language, notes=found.faults
                )
            )

    def _print(self, prediction: Prediction, title: str) -> None:
        named = self.names.apply(prediction) if self.names else prediction
        _print(named, title, self.top, self.as_json)


def _print(prediction: Prediction, title: str, top: int | None, as_json: bool) -> None:
    if as_json:
        value = prediction.as_dict()
        if top and "scores" in value:
            value["scores"] = dict(sorted(value["scores"].items(), key=lambda item: -item[1])[:top])
        print_json(value)
        return
    name = typer.style(plain(title or prediction.id or "film"), bold=True)
    if prediction.fault is not None:
        lines = [f"{name}  {typer.style(plain(str(prediction.fault)), fg='red')}"]
    else:
        spoken = "" if prediction.language is None else f" (in {prediction.language})"
        read = f"from {', '.join(prediction.inputs)}{spoken}"
        lines = [f"{name}  {typer.style(read, dim=True)}"]
        lines += bars(prediction, top or SHOWN)
        if prediction.note:
            lines.append("  " + typer.style(plain(prediction.note), fg="yellow"))
    typer.echo("\n".join(lines) + "\n", color=_coloured())


def plain(text: str) -> str:
    """The text without characters with which a title or file name could affect a terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _coloured() -> bool | None:
    """Whether to colour, by rich's rules: False if the environment forbids it; None if only on a
    terminal.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def bars(prediction: Prediction, top: int) -> list[str]:
    """The `top` most likely genres as bars, at least all decided ones, which are marked."""
    ranked = sorted(prediction.scores.items(), key=lambda item: -item[1])
    decided = set(prediction.genres)
    kept = [(g, s) for i, (g, s) in enumerate(ranked) if i < top or g in decided]
    width = max(len(genre) for genre, _ in kept)
    return [_bar(genre, score, width, genre in decided) for genre, score in kept]


def _bar(genre: str, score: float, width: int, decided: bool) -> str:
    eighths = round(score * BAR * 8)
    bar = "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]
    name, shown = f"  {'✓' if decided else ' '} {plain(genre):<{width}}  ", f"  {score:.2f}"
    if decided:
        return typer.style(f"{name}{bar:<{BAR}}{shown}", fg="green", bold=True)
    pale = typer.style(f"{bar:<{BAR}}", fg="bright_black", dim=True)
    return typer.style(name, dim=True) + pale + typer.style(shown, dim=True)
