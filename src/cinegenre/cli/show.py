"""What commands print: bars and tables for a person, JSON for a script."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ..errors import BadImage, BadMovie, UserError
from ..movie import BadRow, Movie, Prediction

if TYPE_CHECKING:
    from ..genre_map import GenreMap
    from ..reproduce.outcome import Outcome
    from ..tagger import Tagger

BAR = 30
SHOWN = 5
CHUNK = 512
OTHER_LANGUAGE = "overview is in "
"""What the tagger's note on a language begins with."""


def print_json(value: Any) -> None:
    """One line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


@contextmanager
def working(what: str) -> Iterator[None]:
    """Something turns on a terminal while work without countable steps goes on."""
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

    def one(self, film: Movie) -> None:
        """Predict and print one film; what is wrong with it is an error."""
        [prediction] = self.tagger.predict([film], any_language=self.any_language)
        if prediction.error:
            raise BadMovie(prediction.error)
        if prediction.note and self._lost_poster(film, prediction):
            raise BadImage(prediction.note)
        self._print(prediction, film.title or "")

    def many(self, rows: Iterable[Movie | BadRow]) -> None:
        """Predict and print a stream of films; those that fail say why, the rest goes on."""
        counts: Counter[str] = Counter()
        films = 0
        for film, prediction in self._predicted(iter(rows)):
            films += 1
            lost = film is not None and self._lost_poster(film, prediction)
            counts["could not be scored"] += prediction.error is not None
            counts["lacked a readable poster"] += prediction.error is None and lost
            counts["are told in a language that the model does not read"] += OTHER_LANGUAGE in (
                prediction.note or ""
            )
            self._print(prediction, (film.title or film.id or "") if film else "")
        for what, count in counts.items():
            if count:
                print(f"{count} of {films} films {what}", file=sys.stderr)
        if not films:
            raise UserError("the file holds no film", "give one row a film under the header")
        if counts["could not be scored"] == films:
            raise typer.Exit(2)

    def _predicted(
        self, rows: Iterator[Movie | BadRow]
    ) -> Iterator[tuple[Movie | None, Prediction]]:
        """Predictions in the order of the rows; bad rows are predictions with an error."""
        while part := list(islice(rows, CHUNK)):
            films = [row for row in part if isinstance(row, Movie)]
            predictions = self.tagger.predict(films, any_language=self.any_language)
            for row in part:
                if isinstance(row, Movie):
                    yield row, next(predictions)
                else:
                    error = f"{row.where}: {row.error}"
                    yield None, Prediction(id=row.id, genres=[], scores={}, inputs=[],
                                           model=self.tagger.name, error=error)  # fmt: skip

    def _lost_poster(self, film: Movie, prediction: Prediction) -> bool:
        reads = set(film.inputs) & set(self.tagger.bundle.fields)
        return "poster" in reads and "poster" not in prediction.inputs

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
    console = Console(highlight=False)
    name = escape(title or prediction.id or "film")
    if prediction.error:
        console.print(f"[bold]{name}[/]  [red]{escape(prediction.error)}[/]", soft_wrap=True)
    else:
        console.print(f"[bold]{name}[/]  [dim]from {', '.join(prediction.inputs)}[/]")
        console.print(bars(prediction, top or SHOWN))
        if prediction.note:
            console.print(f"  [yellow]{escape(prediction.note)}[/]", soft_wrap=True)
    console.print()


def bars(prediction: Prediction, top: int) -> Group:
    """The most likely genres as bars, decided ones marked; never fewer than all decided."""
    ranked = sorted(prediction.scores.items(), key=lambda item: -item[1])
    decided = set(prediction.genres)
    kept = [(g, s) for i, (g, s) in enumerate(ranked) if i < top or g in decided]
    width = max(len(genre) for genre, _ in kept)
    return Group(*(_bar(genre, score, width, genre in decided) for genre, score in kept))


def _bar(genre: str, score: float, width: int, decided: bool) -> Text:
    style = "bold green" if decided else "dim"
    eighths = round(score * BAR * 8)
    bar = "█" * (eighths // 8) + ("", *"▏▎▍▌▋▊▉")[eighths % 8]
    line = Text(f"  {'✓' if decided else ' '} {genre:<{width}}  ", style=style)
    line.append(f"{bar:<{BAR}}", style="green" if decided else "bright_black")
    line.append(f"  {score:.2f}", style=style)
    return line


def manifest(info: Mapping[str, Any], out: Path, *, as_json: bool) -> None:
    """What `data prepare` wrote, and what it dropped and why."""
    if as_json:
        print_json(dict(info))
        return
    console = Console(highlight=False)
    table = Table(
        "split", "films", "with poster", title=f"{info['source']} → {out}", title_style="bold"
    )
    for split, films in info["films"].items():
        table.add_row(split, f"{films:,}", f"{info['with_poster'][split]:,}")
    console.print(table)
    cleaning = info["cleaning"]
    for kind in ("dropped", "mended"):
        for reason, count in cleaning[kind].items():
            console.print(f"  {kind}  {count:>7,}  {escape(reason)}")
    for reason, count in info["split"]["counts"].items():
        console.print(f"  split    {count:>7,}  {escape(reason)}")


def run(info: Mapping[str, Any], out: Path, *, as_json: bool) -> None:
    """What a training run came to."""
    if as_json:
        print_json(dict(info))
        return
    films = " + ".join(f"{count:,} {split}" for split, count in info["films"].items())
    print(f"{info['title'] or info['recipe']}: {films} films, {info['epochs']} epochs "
          f"in {info['seconds_training']:.0f} s, best epoch {info['best_epoch'] + 1}: "
          f"validation macro average precision {info['val_macro_ap']:.4f}")  # fmt: skip
    print(f"next: cinegenre export {out} --out BUNDLE")


def bundle(facts: Mapping[str, Any], out: Path, *, as_json: bool) -> None:
    """What `export` wrote, with its validation figures for every set of inputs."""
    if as_json:
        modes = [{"inputs": list(key)} | dict(value) for key, value in facts["modes"].items()]
        print_json({**facts, "modes": modes})
        return
    table = Table("inputs", "films", "micro F1", "macro F1", "macro AP",
                  title=f"{out} on validation films", title_style="bold")  # fmt: skip
    for inputs, figures in facts["modes"].items():
        numbers = [f"{figures[key]:.3f}" for key in ("micro_f1", "macro_f1", "macro_ap")]
        table.add_row(" + ".join(inputs), f"{figures['films']:,}", *numbers)
    Console(highlight=False).print(table)
    if "strays" in facts:
        print(f"ONNX and torch agree to {facts['strays']:.1g} on real films")
    print("F1 is cross-validated")


def evaluation(result: Mapping[str, Any], out: Path, *, as_json: bool) -> None:
    """The headline figures of an evaluation."""
    if as_json:
        print_json(dict(result))
        return
    summary = result["summary"]
    names = {"micro_f1": "micro F1", "macro_f1": "macro F1", "macro_ap": "macro average precision",
             "macro_roc_auc": "macro ROC-AUC", "accuracy": "element-wise accuracy"}  # fmt: skip
    title = f"{result['model']['name']} on {summary['films']:,} {result['data']['split']} films"
    table = Table("figure", "value", "95 % interval", title=title, title_style="bold")
    for name, label in names.items():
        low, high = summary["intervals"][name]
        table.add_row(label, f"{summary['headline'][name]:.4f}", f"{low:.4f} to {high:.4f}")
    nothing = summary["trivial"]["predict_nothing"]["accuracy"]["element_wise"]
    table.add_row("[dim]accuracy of predicting nothing[/]", f"[dim]{nothing:.4f}[/]", "")
    Console(highlight=False).print(table)
    print(f"report: {out / 'report.html'}")


def reproduced(outcome: Outcome, out: Path, *, as_json: bool) -> None:
    """The finished rows of a paper, its figures beside ours."""
    from ..evaluate.published import measure

    rows = {name: row.result["published"] for name, row in outcome.rows.items()}
    if as_json:
        ours = {name: row.result["summary"]["headline"] for name, row in outcome.rows.items()}
        print_json({"rows": {name: {"headline": ours[name], "published": rows[name]}
                             for name in rows}, "pending": list(outcome.pending)})  # fmt: skip
        return
    title = f"{outcome.title}: {len(outcome.films):,} test films"
    table = Table("row", "figure", "paper", "ours", title=title, title_style="bold")
    for name, said in rows.items():
        lines = [(measure(figure).label, theirs, said["ours"][figure])
                 for figure, theirs in (said["figures"] if said else {}).items()]  # fmt: skip
        headline = outcome.rows[name].result["summary"]["headline"]
        first = outcome.rows[name].title
        for label, *values in (*lines, ("macro AP", None, headline["macro_ap"])):
            shown = ["–" if value is None else f"{value:.3f}" for value in values]
            table.add_row(escape(first), label, *shown, end_section=label == "macro AP")
            first = ""
    Console(highlight=False).print(table)
    if outcome.pending:
        print(f"not run yet: {', '.join(outcome.pending)}")
    print(f"report: {out / 'report.html'}")
