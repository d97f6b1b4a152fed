"""Reconstructs the command that prepared a data set from its manifest."""

from __future__ import annotations

import shlex

from .manifest import Manifest

LABELS_OF = {"imdb": "title.basics.tsv.gz"}
"""Label set → the usual name of its file, for label sets that recipes need (IMDb's own)."""

WITH_POSTERS = ("image_folder", "mm_imdb")
"""Readers whose sources contain the posters."""


def prepare_command(made: Manifest, out: str, label_set: str = "") -> str:
    """The command `cinegenre data prepare …` that made a data set, plus one more label set.

    The folder of posters is written as `posters`, and the file of a label set as NAME.csv (except
    IMDb's), because the manifest does not contain their paths.
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
