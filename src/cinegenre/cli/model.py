"""`cinegenre train`, `export`, `convert`, `join`, `evaluate`: from a recipe to a scored bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Data, Taxonomy, listed, pair, require

app = typer.Typer()


@app.command(
    epilog="Example: [bold]cinegenre train cnn_lstm_slides --data data --out runs/slides "
    "--set train.epochs=10[/]"
)
def train(
    recipe: Annotated[str, typer.Argument(help="A recipe's name, or a TOML file.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the run to.", metavar="RUN")],
    row: Annotated[str, typer.Option(help="A row of the recipe's table.")] = "",
    override: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a key; may be repeated.", metavar="KEY=VALUE"),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Continue a run that was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a recipe. Stop it with Ctrl-C; continue it with --resume."""
    require("torch", "torch", "train")
    from ..data.dataset import PreparedSet
    from ..train.loop.train import train as train_recipe
    from ..train.recipe import load_recipe
    from . import tables

    chosen = load_recipe(recipe, row=row, overrides=override or [])
    try:
        summary = train_recipe(chosen, PreparedSet.open(data), out, resume=resume)
    except KeyboardInterrupt as stop:
        print(stop, file=sys.stderr)
        raise
    tables.run(summary, out, as_json=as_json)


@app.command(epilog="Example: [bold]cinegenre export runs/slides --out models/slides[/]")
def export(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    out: Annotated[Path, typer.Option(help="The folder to write the bundle to.", metavar="BUNDLE")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="The prepared data set of the run, if it has moved since.", metavar="DIR"
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="The model's name; the folder's name if not given.")
    ] = "",
    version: Annotated[str, typer.Option(help="The model's version.")] = "1",
    torch_weights: Annotated[
        bool, typer.Option(help="Also write model.safetensors, from which training can continue.")
    ] = False,
    weights: Annotated[
        str,
        typer.Option(
            help="Precision of the weights: float32, int8 (a quarter of the size and "
            "faster) or float16 (for a GPU)."
        ),
    ] = "float32",
    as_json: AsJson = False,
) -> None:
    """Export the best weights of a run as a bundle: ONNX files, calibration and a model card."""
    require("torch", "torch", "train")
    from ..data.dataset import PreparedSet
    from ..export.export import export as write_bundle
    from . import show, tables

    with show.working(f"exporting {run}"):
        report = write_bundle(
            run,
            out,
            data=None if data is None else PreparedSet.open(data),
            name=name,
            version=version,
            torch_weights=torch_weights,
            weights=weights,
        )
    tables.bundle(report, out, as_json=as_json)


@app.command(
    epilog="Example: [bold]cinegenre convert models/slides --data data --weights int8 "
    "--out models/slides-int8[/]"
)
def convert(
    bundle: Annotated[Path, typer.Argument(help="A bundle's folder.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the bundle to.", metavar="BUNDLE")],
    name: Annotated[
        str, typer.Option(help="The new name of the model; unchanged if not given.")
    ] = "",
    version: Annotated[
        str, typer.Option(help="The new version of the model; unchanged if not given.")
    ] = "",
    weights: Annotated[
        str,
        typer.Option(
            help="Precision of the weights: float32, int8 (a quarter of the size and "
            "faster) or float16 (for a GPU)."
        ),
    ] = "float32",
    spare: Annotated[
        list[str] | None,
        typer.Option(
            help="Skip an encoder for films that have these texts: "
            "poster_large=title,overview. May be repeated; unchanged if not given.",
            metavar="ENCODER=TEXTS",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a bundle's precision, or which encoders it skips, without its training run."""
    require("torch", "torch", "train")
    from ..data.dataset import PreparedSet
    from ..export.convert import convert as write_bundle
    from . import show, tables

    spared = None if spare is None else dict(map(_spared, spare))
    with show.working(f"converting {bundle}"):
        report = write_bundle(
            bundle,
            out,
            PreparedSet.open(data),
            name=name,
            version=version,
            weights=weights,
            spare=spared,
        )
    tables.bundle(report, out, as_json=as_json)


@app.command(
    epilog="Example: [bold]cinegenre join models/english models/languages --data data "
    "--also other-languages --out models/both[/]"
)
def join(
    bundles: Annotated[
        list[Path], typer.Argument(help="Two or more bundle folders.", metavar="BUNDLE...")
    ],
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the bundle to.", metavar="BUNDLE")],
    take: Annotated[
        list[str] | None,
        typer.Option(
            help="Take over only these encoders of a bundle: models/old=poster,words. May be "
            "repeated; all if not given.",
            metavar="BUNDLE=ENCODERS",
        ),
    ] = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            help="A prepared data set with validation films whose texts are in other languages; "
            "may be repeated.",
            metavar="DIR",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="The model's name; the folder's name if not given.")
    ] = "",
    version: Annotated[str, typer.Option(help="The model's version.")] = "1",
    as_json: AsJson = False,
) -> None:
    """Combine bundles that predict the same genres into one whose logits are added up.

    The weight of each encoder is fitted on the validation films of the data sets. A film's texts
    are read by the encoders of those bundles that know their language.
    """
    require("torch", "torch", "train")
    from ..data.dataset import PreparedSet
    from ..errors import UserError, unknown
    from ..export.join import join as write_bundle
    from . import show, tables

    if len(bundles) < 2:
        raise UserError("one bundle alone cannot be joined", "name two bundles or more")
    taken = dict(map(_taken, take or ()))
    for folder in taken:
        if folder not in bundles:
            raise unknown("bundle in --take", str(folder), map(str, bundles))
    opened, *others = (PreparedSet.open(folder) for folder in (data, *(also or [])))
    with show.working(f"joining {' and '.join(map(str, bundles))}"):
        report = write_bundle(
            bundles, out, opened, also=others, take=taken, name=name, version=version
        )
    tables.bundle(report, out, as_json=as_json)


def _taken(text: str) -> tuple[Path, list[str]]:
    bundle, encoders = pair(text, "--take", "BUNDLE=ENCODERS", "models/old=poster")
    return Path(bundle), list(listed(encoders))


def _spared(text: str) -> tuple[str, list[str]]:
    encoder, texts = pair(text, "--spare", "ENCODER=TEXTS", "poster=overview")
    return encoder, list(listed(texts))


@app.command(epilog="Example: [bold]cinegenre evaluate models/slides --data data --out report[/]")
def evaluate(
    bundle: Annotated[str, typer.Argument(help="A bundle's folder; `default` is the shipped one.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The folder to write the report to.", metavar="DIR")],
    taxonomy: Taxonomy = "",
    split: Annotated[str, typer.Option(help="The split to score.")] = "test",
    need: Annotated[
        str,
        typer.Option(
            help="Score only films that have all of these inputs; if not given, every "
            "input that the model reads."
        ),
    ] = "",
    recipe: Annotated[
        str,
        typer.Option(help="A recipe whose published figures are shown beside the measured ones."),
    ] = "",
    row: Annotated[str, typer.Option(help="The row of that recipe.")] = "",
    labels: Annotated[
        str | None,
        typer.Option(
            help="The label set to score against; the one the model was trained on if not given."
        ),
    ] = None,
    card: Annotated[
        bool, typer.Option("--card", help="Put the figures into the bundle's model card.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a bundle on a split and write metrics.json, plots and report.html."""
    require("arro3.io", "arro3-io", "data")
    require("matplotlib", "matplotlib", "data")
    from ..evaluate import evaluate as score
    from . import show, tables

    inputs = listed(need)
    with show.working(f"scoring {split} films and drawing the report"):
        found = score(
            bundle, data, out, taxonomy=taxonomy, split=split, need=inputs, recipe=recipe,
            row=row, labels=labels, card=card,
        )  # fmt: skip
    tables.evaluation(found, out, as_json=as_json)
