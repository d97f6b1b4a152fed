"""The commands by name. Only the one that is called is imported, with what it needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

COMMANDS = {
    "predict": ("predict", "Tell the genres of one film, or of every film in FILE."),
    "explain": (
        "explain",
        "Show which words, which parts of the poster and which inputs speak for a film's genres.",
    ),
    "fit": (
        "fit",
        "Fit a model for your own genres on the default's encoders; no torch, minutes at most.",
    ),
    "audit": ("audit", "Find genre labels that are likely missing or wrong, in any taxonomy."),
    "train": ("model", "Train a recipe; stop it with Ctrl-C, go on with --resume."),
    "export": ("model", "Make a bundle of a run's best weights: ONNX, calibration, model card."),
    "convert": (
        "model",
        "Keep a bundle in other weights, or spare encoders, without its training run.",
    ),
    "evaluate": ("model", "Score a bundle on a split: metrics.json, plots, report.html."),
    "reproduce": (
        "reproduce",
        "Train and evaluate every row of a paper's tables; report its figures beside ours.",
    ),
    "score": (
        "score",
        "Score every film of SOURCE into shards; killed at any moment, run again to go on.",
    ),
    "serve": ("serve", "Serve the REST API and, at /, the web page."),
    "sweep": (
        "sweep",
        "Train a recipe with every combination of some values, or search; again to go on.",
    ),
    "rate": ("sweep", "Find a learning rate by a range test: range_test.png, range_test.csv."),
    "tag": (
        "tag",
        "Tell the genres of a library's films; with --write, put them into the .nfo files.",
    ),
    "data": ("data", "Fetch posters, prepare and describe data sets."),
}
"""Each command, in the order of the help → the module here that has it, the help's first line."""


class Commands(TyperGroup):
    """All commands: by name and first line of help until one is called, then that one whole."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that `args` begin with; an unknown one's error names the nearest."""
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and whole(str(known.name)), rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """What typer prints, in half its time."""
        from .help import print_help

        print_help(self, ctx)


def whole(name: str) -> Any:
    """The command called `name` with its options, or the group of that name with its commands."""
    group = get_group(import_module(f".{COMMANDS[name][0]}", __package__).app)
    return group if group.name == name else group.commands[name]
