"""`cinegenre train`, `export` and `evaluate`: from a recipe to a judged bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UserError
from .options import AsJson, Data, require

app = typer.Typer()


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
    require("torch", "torch", "train")
    from ..train.loop.train import fit
    from ..train.recipe import load_recipe
    from . import tables

    chosen = load_recipe(recipe, row=row, overrides=override or [])
    try:
        info = fit(chosen, data, out, resume=resume)
    except KeyboardInterrupt as stop:
        print(stop, file=sys.stderr)
        raise
    tables.run(info, out, as_json=as_json)


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
    weights: Annotated[
        str,
        typer.Option(help="float32; int8: a quarter of the size, faster; float16: for a GPU."),
    ] = "float32",
    as_json: AsJson = False,
) -> None:
    """Make a bundle of a run's best weights: ONNX, calibration, model card."""
    require("torch", "torch", "train")
    from ..export.export import export as write_bundle
    from . import show, tables

    with show.working(f"exporting {run}"):
        facts = write_bundle(
            run,
            out,
            data=data,
            name=name,
            version=version,
            torch_weights=torch_weights,
            weights=weights,
        )
    tables.bundle(facts, out, as_json=as_json)


@app.command(
    epilog="Example: [bold]cinegenre convert models/slides --data data --weights int8 "
    "--out models/slides-int8[/]"
)
def convert(
    bundle: Annotated[Path, typer.Argument(help="A bundle's folder.")],
    data: Data,
    out: Annotated[Path, typer.Option(help="The bundle to write.", metavar="BUNDLE")],
    name: Annotated[str, typer.Option(help="The model's name; as before if not given.")] = "",
    version: Annotated[str, typer.Option(help="Its version; as before if not given.")] = "",
    weights: Annotated[
        str,
        typer.Option(help="float32; int8: a quarter of the size, faster; float16: for a GPU."),
    ] = "float32",
    spare: Annotated[
        list[str] | None,
        typer.Option(
            help="Do not run an encoder where a film has these texts: "
            "poster_large=title,overview. May be repeated; as before if not given.",
            metavar="ENCODER=TEXTS",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a bundle in other weights, or spare encoders, without its training run."""
    require("torch", "torch", "train")
    from ..export.convert import convert as write_bundle
    from . import show, tables

    spared = None if spare is None else dict(map(_spared, spare))
    with show.working(f"converting {bundle}"):
        facts = write_bundle(
            bundle, out, data, name=name, version=version, weights=weights, spare=spared
        )
    tables.bundle(facts, out, as_json=as_json)


def _spared(text: str) -> tuple[str, list[str]]:
    encoder, sign, texts = text.partition("=")
    if not sign or not encoder or not texts:
        raise UserError(f"--spare {text!r} is no ENCODER=TEXTS", "write --spare poster=overview")
    return encoder, [part.strip() for part in texts.split(",")]


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
    labels: Annotated[
        str | None,
        typer.Option(help="The label set to judge by; what the bundle learned from if not given."),
    ] = None,
    card: Annotated[
        bool, typer.Option("--card", help="Put the figures into the bundle's model card.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a bundle on a split: metrics.json, plots, report.html."""
    require("arro3.io", "arro3-io", "data")
    require("matplotlib", "matplotlib", "data")
    from ..evaluate.evaluate import evaluate as score
    from . import show, tables

    inputs = tuple(part.strip() for part in need.split(",") if part.strip())
    with show.working(f"scoring {split} films and drawing the report"):
        found = score(
            bundle, data, out, split=split, need=inputs, recipe=recipe, row=row, labels=labels,
            card=card,
        )  # fmt: skip
    tables.evaluation(found, out, as_json=as_json)
