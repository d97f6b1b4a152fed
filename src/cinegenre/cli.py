"""The command line: each command a few lines over the stage that does the work."""

from __future__ import annotations

import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from .errors import MissingExtra, UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A film's genres from its poster, overview, title and production companies.",
    epilog="Example: [bold]cinegenre predict --title Alien --poster alien.jpg[/]",
)
data_app = typer.Typer(no_args_is_help=True, help="Prepare and describe data sets.")
app.add_typer(data_app, name="data")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Data = Annotated[Path, typer.Option("--data", help="A prepared data set.", metavar="DIR")]


def main() -> None:
    """Run the command line. Bad input is one line on stderr and exit code 2; Ctrl-C is 130."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console's code page knows neither the bars nor most titles.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
    except UserError as error:
        code = _fail(str(error))
    except KeyboardInterrupt as interrupt:
        code = _fail(": ".join(["interrupted", *map(str, interrupt.args)]), 130)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            code = _reader_has_gone()
        elif error.errno in (errno.ENOSPC, errno.EACCES, errno.EROFS):
            code = _fail(f"{error.strerror}: {error.filename or 'the disk'}: mend that, run again")
        else:
            raise
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        code = _fail(" ".join(error.format_message().split()))  # typer's own usage errors
    sys.exit(code if isinstance(code, int) else 0)


def _reader_has_gone() -> int:
    """`cinegenre … | head` took what it wanted: nothing is wrong, and Python must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _fail(message: str, code: int = 2) -> int:
    from rich.console import Console

    Console(stderr=True).print(f"[bold red]error:[/] {_escaped(message)}", soft_wrap=True)
    return code


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"cinegenre {version('cinegenre')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


@app.command(
    epilog="Examples: [bold]cinegenre predict --title Alien --overview 'A crew in deep space …'[/]"
    "  [bold]cinegenre predict films.csv --json[/]"
)
def predict(
    file: Annotated[
        Path | None,
        typer.Argument(help="Films: CSV, TSV, JSON, JSONL or Parquet.", metavar="[FILE]"),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The film's title.")] = None,
    overview: Annotated[str | None, typer.Option(help="What happens in it.")] = None,
    poster: Annotated[Path | None, typer.Option(help="An image file.", metavar="FILE")] = None,
    company: Annotated[
        list[str] | None, typer.Option(help="A production company; may be repeated.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="A bundle's folder; `default` is the shipped one.", metavar="NAME|DIR"),
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Show only the N most likely.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell the genres of one film, or of every film in FILE."""
    from . import show
    from .movie import Movie
    from .tagger import Tagger

    one = {"title": title, "overview": overview, "poster": poster, "companies": company or ()}
    if file is not None and any(one.values()):
        raise UserError("both FILE and a film's inputs are given", "give one of the two")
    if file is None:
        film = Movie(**one)  # type: ignore[arg-type]
        show.one(Tagger.load(model), film, top, as_json=as_json)
    else:
        from .readers import table

        show.many(Tagger.load(model), table.read(file), top, as_json=as_json)


@data_app.command(
    "prepare",
    epilog="Example: [bold]cinegenre data prepare the_movies_dataset movies_metadata.csv "
    "--posters posters --out data[/]",
)
def data_prepare(
    reader: Annotated[str, typer.Argument(help="The source's format: the_movies_dataset, table …")],
    source: Annotated[Path, typer.Argument(help="The source's file or folder.")],
    out: Annotated[Path, typer.Option(help="The folder to write.", metavar="DIR")],
    posters: Annotated[
        Path | None, typer.Option(help="A folder of posters, by id.", metavar="DIR")
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(help="A CSV that says each film's split.", metavar="CSV")
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(help="A second label set from a CSV; may be repeated.", metavar="NAME=CSV"),
    ] = None,
    proportions: Annotated[
        str, typer.Option(help="train:validation:test, where no split is given.")
    ] = "80:10:10",
    seed: Annotated[int, typer.Option(help="Of the split.")] = 0,
    overwrite: Annotated[bool, typer.Option(help="Replace a prepared set in DIR.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read, clean, split and store a source of films as a prepared data set."""
    _need("arro3.io", "arro3-io", "data")
    from . import show
    from .data.prepare import prepare
    from .readers import image_folder

    given: Any = splits
    if splits is None and reader == "image_folder":
        given = image_folder.splits(source) or None
    manifest = prepare(
        reader,
        source,
        out,
        posters=posters,
        splits=given,
        labels=_pairs(labels or []),
        proportions=_proportions(proportions),
        seed=seed,
        overwrite=overwrite,
    )
    show.manifest(manifest, out, as_json=as_json)


@data_app.command("describe", epilog="Example: [bold]cinegenre data describe data --out plots[/]")
def data_describe(
    data: Annotated[Path, typer.Argument(help="A prepared data set.", metavar="DIR")],
    out: Annotated[Path | None, typer.Option(help="Write PNGs there.", metavar="DIR")] = None,
    labels: Annotated[str, typer.Option(help="Another label set, such as imdb.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show genres, their company, label sets, text lengths and what is missing."""
    _need("arro3.io", "arro3-io", "data")
    from . import show
    from .data import describe

    found = describe.describe(data, labels=labels, out=out)
    if as_json:
        show.print_json(found)
    else:
        describe.show(found)


@app.command(
    epilog="Example: [bold]cinegenre train cnn_lstm_slides --data data --out runs/slides "
    "--set train.epochs=10[/]"
)
def train(
    recipe: Annotated[str, typer.Argument(help="A recipe's name, or a TOML file.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The run's folder.", metavar="RUN")],
    row: Annotated[str, typer.Option(help="A row of the recipe's table.")] = "",
    override: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a key; may be repeated.", metavar="KEY=VALUE"),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with a stopped run.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a recipe; stop it with Ctrl-C, go on with --resume."""
    _need("torch", "torch", "train")
    from . import show
    from .train.fit import fit
    from .train.recipe import load_recipe

    chosen = load_recipe(recipe, row=row, overrides=override or [])
    show.run(fit(chosen, data, out, resume=resume), out, as_json=as_json)


@app.command(epilog="Example: [bold]cinegenre export runs/slides --out models/slides[/]")
def export(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    out: Annotated[Path, typer.Option(help="The bundle to write.", metavar="BUNDLE")],
    data: Annotated[
        Path | None, typer.Option(help="The run's data set, if it moved.", metavar="DIR")
    ] = None,
    name: Annotated[str, typer.Option(help="The model's name; the folder's if not given.")] = "",
    version: Annotated[str, typer.Option(help="The model's version.")] = "1",
    torch_weights: Annotated[
        bool, typer.Option(help="Add model.safetensors, to train on from.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a bundle of a run's best weights: ONNX, calibration, model card."""
    _need("torch", "torch", "train")
    from . import show
    from .train.export import export as write_bundle

    with show.working(f"exporting {run}"):
        facts = write_bundle(
            run, out, data=data, name=name, version=version, torch_weights=torch_weights
        )
    show.bundle(facts, out, as_json=as_json)


@app.command(epilog="Example: [bold]cinegenre evaluate models/slides --data data --out report[/]")
def evaluate(
    bundle: Annotated[str, typer.Argument(help="A bundle's folder; `default` is the shipped one.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The report's folder.", metavar="DIR")],
    split: Annotated[str, typer.Option(help="The split to score.")] = "test",
    need: Annotated[
        str,
        typer.Option(
            help="Inputs that each film must have; all that the model reads if not given."
        ),
    ] = "",
    recipe: Annotated[
        str, typer.Option(help="A recipe whose published figures stand beside ours.")
    ] = "",
    row: Annotated[str, typer.Option(help="The row of that recipe.")] = "",
    as_json: AsJson = False,
) -> None:
    """Score a bundle on a split: metrics.json, plots, report.html."""
    _need("arro3.io", "arro3-io", "data")
    _need("matplotlib", "matplotlib", "data")
    from . import show
    from .evaluate.run import evaluate as score

    inputs = tuple(part.strip() for part in need.split(",") if part.strip())
    with show.working(f"scoring {split} films and drawing the report"):
        found = score(bundle, data, out, split=split, need=inputs, recipe=recipe, row=row)
    show.evaluation(found, out, as_json=as_json)


def _need(module: str, package: str, extra: str) -> None:
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        found = False
    if not found:
        raise MissingExtra(package, extra)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, sign, path = text.partition("=")
        if not sign or not name or not path:
            raise UserError(f"--labels {text!r} is no NAME=CSV", "write --labels imdb=genres.csv")
        pairs[name] = path
    return pairs


def _proportions(text: str) -> tuple[float, ...]:
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if len(parts) != 3 or min(parts) < 0 or sum(parts) <= 0:
        raise UserError(f"--proportions {text!r} are no three numbers", "write 80:10:10")
    return tuple(part / sum(parts) for part in parts)
