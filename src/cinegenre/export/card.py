"""The model card that export writes into a bundle (README.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tagger.bundle import Bundle
from ..train.recipe import Recipe


def model_card(recipe: Recipe, bundle: Bundle, facts: Mapping[str, Any]) -> str:
    """Markdown: what the model is, from what data, how good on validation, how to make it anew."""
    info = facts["info"]
    films = info["films"]
    rows = "\n".join(
        f"| {' + '.join(inputs)} | {figures['films']:,} | {figures['micro_f1']:.3f} | "
        f"{figures['macro_f1']:.3f} | {figures['macro_ap']:.3f} |"
        for inputs, figures in facts["modes"].items()
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
# {facts["name"]} {facts["version"]}

Tells which of {len(bundle.genres)} genres a film has: {", ".join(bundle.genres)}.

- **Reads** {reads}; any of them may be missing. It reads {spoken}.
- **Is** {recipe.title or recipe.name}: {info["parameters"]:,} parameters, recipe `{recipe.name}`,
  seed {recipe.seed}, best of {info["epochs"]} epochs by validation macro average precision.
- **Learned from** {films["train"]:,} films (chosen on {films["validation"]:,}) of the prepared data
  set with fingerprint `{info["data"]["fingerprint"][:16]}`. The data itself is not in this folder.
{_exported(facts)}{_weights(facts)}{_spared(bundle)}{_shares(recipe, facts)}
## On validation films, by the inputs that are present
Films: those that have at least these inputs. F1 is cross-validated over five folds: thresholds and
calibration of a fold's films are fitted on the others. Macro means are over genres with a positive.

| inputs | films | micro F1 | macro F1 | macro AP |
|---|---|---|---|---|
{rows}

## Data and terms
{recipe.about.strip() or "The recipe says nothing of the data; ask whoever trained the model."}

## Limits
The labels are those of the data's source, made by volunteers, and genres are a matter of taste.
Rare genres have few films to learn from: look at the per-genre figures of a report before you rely
on one. Do not use it to judge people or what they may watch.

## Make it anew
```
{_made(recipe, bundle, facts)}
cinegenre evaluate BUNDLE --data DATA --out REPORT
```
"""


def _made(recipe: Recipe, bundle: Bundle, facts: Mapping[str, Any]) -> str:
    """The commands that made it."""
    if "converted" in facts:
        spared = [f" --spare {name}={','.join(texts)}" for name, texts in bundle.spared.items()]
        told = f"cinegenre convert OLD --data DATA --out BUNDLE --weights {facts['weights']}"
        return told + "".join(spared)
    told = f"cinegenre train {recipe.name} --data DATA --out RUN"
    return f"{told}\ncinegenre export RUN --out BUNDLE --weights {facts['weights']}"


def _exported(facts: Mapping[str, Any]) -> str:
    if "converted" in facts:
        return f"- **Converted** from {facts['converted']}.\n"
    told = f"the probabilities agree with torch's to {facts['strays']:.1g} on real films"
    return f"- **Exported** as ONNX; {told}.\n"


def _spared(bundle: Bundle) -> str:
    return "".join(
        f"- **Does not run** {name} beside {' and '.join(texts)}, which saves its time; "
        "calibration and thresholds of films with these are fitted without it.\n"
        for name, texts in bundle.spared.items()
    )


def _weights(facts: Mapping[str, Any]) -> str:
    if not facts["lost"]:
        return ""
    kinds = {"int8": "8-bit integers", "float16": "16-bit floats"}
    before, after = facts["lost"]["before"], facts["lost"]["after"]
    names = {"micro_f1": "micro F1", "macro_f1": "macro F1", "macro_ap": "macro AP"}
    changed = ", ".join(f"{label} {before[k]:.4f} to {after[k]:.4f}" for k, label in names.items())
    return f"- **Kept** in {kinds[facts['weights']]}, which took validation's {changed}.\n"


def _shares(recipe: Recipe, facts: Mapping[str, Any]) -> str:
    """The shares in those sets that films have as a rule: what reads the same comes together."""
    told = []
    for shares in facts["shares"].values():
        read = {recipe.inputs[name].reads for name in shares}
        if all(name in shares for name in recipe.used if recipe.inputs[name].reads in read):
            told.append(", ".join(f"{name} counts {share:.2f}" for name, share in shares.items()))
    if not told:
        return ""
    sets = "; ".join(told)
    return f"- **Weighs** what it reads, as fitted on validation films: {sets}.\n"
