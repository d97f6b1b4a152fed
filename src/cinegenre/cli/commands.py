"""The commands by name. Only the module of the command that is called is imported."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

COMMANDS = {
    "predict": ("predict", "Predict the genres of a film, or of all in a table, pipe or folder."),
    "explain": (
        "explain",
        "Show which words, which parts of the poster and which inputs speak for a film's genres.",
    ),
    "fit": (
        "fit",
        "Fit a model for your own genres on the default's encoders; no torch, minutes at most.",
    ),
    "audit": ("audit", "Find genre labels that are likely missing or wrong, in any taxonomy."),
    "train": ("model", "Train a recipe. Stop it with Ctrl-C; continue it with --resume."),
    "export": (
        "model",
        "Export the best weights of a run as a bundle: ONNX files, calibration and a model card.",
    ),
    "convert": (
        "model",
        "Change a bundle's precision, or which encoders it skips, without its training run.",
    ),
    "join": (
        "model",
        "Combine bundles that predict the same genres into one whose logits are added up.",
    ),
    "evaluate": (
        "model",
        "Score a bundle on a split and write metrics.json, plots and report.html.",
    ),
    "reproduce": (
        "reproduce",
        "Train and evaluate every row of a paper's tables and report its figures beside ours.",
    ),
    "score": (
        "score",
        "Score every film of SOURCE into shards. After a stop, run it again to continue.",
    ),
    "serve": ("serve", "Serve the REST API and, at /, the web page."),
    "sweep": (
        "sweep",
        "Train a recipe with every combination of some values, or search among them.",
    ),
    "rate": ("sweep", "Find a learning rate by a range test: range_test.png, range_test.csv."),
    "tag": ("tag", "Predict the genres of a library's films; with --write, put them into it."),
    "data": ("data", "Fetch posters, prepare and describe data sets."),
}
"""Command → the module that defines it and the first line of its help, in the order of `--help`."""


class Commands(TyperGroup):
    """The group of all commands. It knows their names and first lines of help, and imports a
    command's module when the command is called.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that `args` begin with. The error for an unknown one names the nearest."""
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and whole(str(known.name)), rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the same help as typer, in half the time."""
        from .help import print_help

        print_help(self, ctx)


def whole(name: str) -> Any:
    """The command called `name` with its options, or the group of that name with its commands."""
    group = get_group(import_module(f".{COMMANDS[name][0]}", __package__).app)
    return group if group.name == name else group.commands[name]
