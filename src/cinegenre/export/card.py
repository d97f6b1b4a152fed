"""Writes the model card of an exported bundle (README.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..inputs import PosterInput, TextInput
from ..tagger.bundle import Bundle
from ..train.recipe import Recipe
from .result import ExportReport


@dataclass(frozen=True)
class Described:
    """The part of a recipe that a card shows."""

    name: str
    title: str = ""
    seed: int = 0
    about: str = ""


def described(recipe: Recipe) -> Described:
    """The part of `recipe` that a card shows."""
    return Described(recipe.name, recipe.title, recipe.seed, recipe.about)


def model_card(
    recipe: Described, bundle: Bundle, report: ExportReport, others: Sequence[Described] = ()
) -> str:
    """The card in Markdown: the model, its data, its figures, and how to make it again.

    `others` are the recipes of the other bundles from which it was joined.
    """
    info, films = report.info, report.info.films
    rows = "\n".join(
        f"| {mode.label} | {mode.figures.films:,} | {mode.figures.micro_f1:.3f} | "
        f"{mode.figures.macro_f1:.3f} | {mode.figures.macro_ap:.3f} |"
        for mode in report.modes
    )
    reads = ", ".join(bundle.fields)
    spoken = "any language"
    if bundle.languages:
        spoken = f"texts in {', '.join(bundle.languages)}, and passes over others beside a poster"
    return f"""---
library_name: cinegenre
license: apache-2.0
tags: [movie-genres, multi-label-classification, onnx]
---
# {report.name} {report.version}

Predicts which of {len(bundle.genres)} genres a film has: {", ".join(bundle.genres)}.

- **Reads** {reads}; any of them may be missing. It reads {spoken}.
- **Is** {recipe.title or recipe.name}: {info.parameters:,} parameters, recipe `{recipe.name}`,
  seed {recipe.seed}, best of {info.epochs} epochs by validation macro average precision.
- **Trained on** {films["train"]:,} films (chosen on {films["validation"]:,}) of the prepared data
  set with fingerprint `{info.fingerprint[:16]}`. The data itself is not in this folder.
{_exported(report)}{_weights(report)}{_spared(bundle)}{_shares(bundle, report)}
## On validation films, by the inputs that are present
Films: those that have at least these inputs. F1 is cross-validated over five folds: thresholds and
calibration of a fold's films are fitted on the others. Macro means are over genres with a positive.

| inputs | films | micro F1 | macro F1 | macro AP |
|---|---|---|---|---|
{rows}

## Data and terms
{recipe.about.strip() or "The recipe says nothing about the data; ask whoever trained the model."}
{_of_others(others)}
## Limits
The labels are those of the data's source, made by volunteers, and genres are a matter of taste.
Rare genres have few films to learn from: look at the per-genre figures of a report before you rely
on one. Do not use it to judge people or what they may watch.

## Make it again
```
{_made(recipe, bundle, report)}
cinegenre evaluate BUNDLE --data DATA --out REPORT
```
"""


def _of_others(others: Sequence[Described]) -> str:
    """The data and terms of the other bundles from which a bundle was joined."""
    return "".join(
        f"\n**{other.title or other.name}** (recipe `{other.name}`)\n\n"
        f"{other.about.strip() or 'Its recipe says nothing about the data.'}\n"
        for other in others
    )


def _made(recipe: Described, bundle: Bundle, report: ExportReport) -> str:
    """The commands that made the bundle."""
    if report.joined:
        folders = [f"BUNDLE-{number + 1}" for number in range(len(report.joined))]
        some = zip(folders, report.taken, strict=True)
        take = "".join(f" --take {name}={','.join(taken)}" for name, taken in some if taken)
        return f"cinegenre join {' '.join(folders)}{take} --data DATA --also OTHER --out BUNDLE"
    if report.converted:
        spared = [f" --spare {name}={','.join(texts)}" for name, texts in bundle.spared.items()]
        command = f"cinegenre convert OLD --data DATA --out BUNDLE --weights {report.weights}"
        return command + "".join(spared)
    command = f"cinegenre train {recipe.name} --data DATA --out RUN"
    return f"{command}\ncinegenre export RUN --out BUNDLE --weights {report.weights}"


def _exported(report: ExportReport) -> str:
    if report.joined:
        *most, last = (
            f"{label} ({', '.join(taken)})" if taken else label
            for label, taken in zip(report.joined, report.taken, strict=True)
        )
        return (
            f"- **Joined** from {', '.join(most)} and {last}: the encoders of each, whose logits "
            "are added up.\n"
        )
    if report.converted:
        return f"- **Converted** from {report.converted}.\n"
    command = f"the probabilities agree with torch's to {report.strays:.1g} on real films"
    return f"- **Exported** as ONNX; {command}.\n"


def _reads(read: TextInput | PosterInput) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs and languages; modalities with the same of both always occur together."""
    return read.fields, read.languages if isinstance(read, TextInput) else ()


def _spared(bundle: Bundle) -> str:
    return "".join(
        f"- **Does not run** {name} beside {' and '.join(texts)}, which saves its time; "
        "calibration and thresholds of films with these are fitted without it.\n"
        for name, texts in bundle.spared.items()
    )


def _weights(report: ExportReport) -> str:
    if report.lost is None:
        return ""
    kinds = {"int8": "8-bit integers", "float16": "16-bit floats"}
    before, after = vars(report.lost.before), vars(report.lost.after)
    names = {"micro_f1": "micro F1", "macro_f1": "macro F1", "macro_ap": "macro AP"}
    changed = ", ".join(f"{label} {before[k]:.4f} to {after[k]:.4f}" for k, label in names.items())
    return f"- **Kept** in {kinds[report.weights]}, which took validation's {changed}.\n"


_MANY = 12
"""Sets of inputs whose shares a card shows, at most all of them."""


def _shares(bundle: Bundle, report: ExportReport) -> str:
    """The weights in the usual sets: modalities that read the same inputs occur together.

    If a model has many inputs, only the sets with one kind of input and those with the most.
    """
    counted: dict[int, list[str]] = {}
    reads = {name: _reads(read) for name, read in bundle.inputs.items()}
    for shares in report.shares.values():
        read = {reads[name] for name in shares}
        if all(name in shares for name in reads if reads[name] in read):
            told = ", ".join(f"{name} counts {share:.2f}" for name, share in shares.items())
            counted.setdefault(len(read), []).append(told)
    if not counted:
        return ""
    sizes = sorted(counted) if sum(map(len, counted.values())) <= _MANY else {1, max(counted)}
    sets = "; ".join(told for size in sizes for told in counted.get(size, ()))
    return f"- **Weighs** what it reads, as fitted on validation films: {sets}.\n"
