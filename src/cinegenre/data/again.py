"""The command that prepares a data set again, from what its manifest remembers."""

from __future__ import annotations

import shlex

from .manifest import Manifest

LABELS_OF = {"imdb": "title.basics.tsv.gz"}
"""The file that has the genres of a label set which recipes ask for: IMDb's own."""

WITH_POSTERS = ("image_folder", "mm_imdb")
"""Readers whose sources hold the posters themselves."""


def prepare_command(made: Manifest, out: str, label_set: str = "") -> str:
    """`cinegenre data prepare …` as a data set was made; with one label set more.

    The folder of posters stands as `posters` and a label set's file, but for IMDb's, as NAME.csv:
    the manifest knows that they were there, not where.
    """
    words = ["cinegenre", "data", "prepare", made.reader, made.source]
    if any(made.with_poster.values()) and made.reader not in WITH_POSTERS:
        words += ["--posters", "posters"]
    split = made.split
    if split is not None and split.file:
        words += ["--splits", split.file]
    elif split is not None and split.proportions:
        words += ["--proportions", ":".join(f"{100 * part:g}" for part in split.proportions)]
        words += ["--seed", str(split.seed)] if split.seed else []
    sets = [name for name in made.label_sets if name != "genres"]
    for name in dict.fromkeys((*sets, label_set)):
        words += ["--labels", f"{name}={LABELS_OF.get(name, name + '.csv')}"] if name else []
    return shlex.join([*words, "--out", out])
