"""Further heads of a bundle: other genres, told by the same encoders.

A bundle lists them in config.json, and each has files of its own beside the bundle's, which
`cinegenre fit --add-to` writes:

head-NAME.safetensors   linear maps over the encoders' outputs and the logits of head.onnx
thresholds-NAME.json    calibration and thresholds, as in thresholds.json
head-NAME.md            the head's card
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import UserError, shown, unknown
from .bundle import Bundle
from .bundle_files import calibrations_in, file_in, genres_in
from .linear import LinearHead

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def with_head(bundle: Bundle, config: Mapping[str, Any], taxonomy: str) -> Bundle:
    """The bundle with the genres of its further head `taxonomy` in place of its own.

    `config` is its config.json. Raises `UserError` for a head that it does not have.
    """
    heads = config.get("heads", {})
    if taxonomy not in heads:
        raise _unknown(bundle, taxonomy)
    table = heads[taxonomy]
    genres = genres_in(table)
    fitted = config["head"]  # of a bundle from `fit`, whose own genres are not those of head.onnx
    base = config["id2label"] if isinstance(fitted, str) else fitted["base"]["genres"]
    width = sum(bundle.widths.values()) + len(base)
    path = file_in(bundle.folder, table["file"])
    calibrations = calibrations_in(bundle.folder, table["thresholds"])
    if any(each.genres != genres for each in calibrations.values()):
        raise ValueError(f"{table['thresholds']} is for other genres than the head {taxonomy}")
    return replace(
        bundle,
        genres=genres,
        linear=LinearHead.load(path, len(bundle.widths), width, len(genres)),
        calibrations=calibrations,
        activation="sigmoid",
        taxonomy=taxonomy,
    )


def head_file(name: str) -> str:
    """The file with the weights of a further head."""
    return f"head-{name}.safetensors"


def thresholds_file(name: str) -> str:
    """The file with the calibration and thresholds of a further head."""
    return f"thresholds-{name}.json"


def checked_name(name: str) -> str:
    """A name for a further head. Raises `UserError` for one that cannot be part of a file's."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"a taxonomy cannot be called {shown(name)}",
            "use small letters a to z, digits, - and _, as in --name imdb",
        )
    return name


def _unknown(bundle: Bundle, taxonomy: str) -> UserError:
    if bundle.taxonomies:
        what = unknown(f"taxonomy of {bundle.label}", taxonomy, bundle.taxonomies)
        return UserError(what.what, f"{what.cure}; leave --taxonomy out for its own genres")
    return UserError(
        f"{bundle.label} has no taxonomy {shown(taxonomy)}, only its own genres",
        "leave --taxonomy out, or add one with: cinegenre fit FILMS --add-to "
        f"{bundle.folder} --name {taxonomy}",
    )
