"""A bundle on disk: a folder of ONNX files and JSON. Nothing in it is ever unpickled.

config.json        format_version, name, genres, inputs (preprocessing and, if encoders read
                   different languages, which ones each reads), encoders, head, and the languages
                   of overviews that the model reads (none listed: any language); if it applies,
                   `spared` (encoders that are skipped beside certain texts), `optimized` and
                   `heads` (further heads for other genres, each with files of its own: `heads.py`)
encoder-NAME.onnx  one per modality, run only if a film has its input
head.onnx          fusion and classifier over the encoders' outputs
head.safetensors   in a bundle from `cinegenre fit`: linear maps over those outputs and the logits
tokenizer*.json    one per text input (the `tokenizers` format), or
tokenizer*.model   the same as a SentencePiece model, if it can be one (`inputs/pieces.py`)
thresholds.json    calibration and thresholds per genre and per set of inputs
README.md          the model card
model.safetensors  the weights for torch, if training is to continue from them
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import UserError, shown, unknown
from ..files import read_json
from ..inputs import Cleaning, LateTokenizer, NamesInput, PosterInput, TextInput
from ..inputs.pieces import SUFFIX, PieceTokenizer, around_of, as_pieces
from ..inputs.text import PAD
from ..metrics.arrays import ACTIVATIONS
from ..metrics.calibration import Calibration
from .bundle import OTHER_LANGUAGE, Bundle
from .bundle_files import calibrations_in, file_in, genres_in
from .heads import with_head
from .linear import LinearHead
from .sparing import checked

FORMAT_VERSION = 3
"""The newest version that can be read. Version 2 may have a linear head in head.safetensors,
version 3 tokenizers that are SentencePiece models."""

ONNX_HEAD, LINEAR_HEAD, PIECES = 1, 2, 3
THRESHOLDS = "thresholds.json"
_PICKLES = {".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".joblib", ".npy", ".npz"}


def default_folder() -> Path:
    """The bundle that comes with the package."""
    return Path(__file__).parents[1] / "models" / "default"


def read_bundle(folder: Path, taxonomy: str = "") -> Bundle:
    """Read and check a bundle, with its own genres or those of its further head `taxonomy`.

    Raises `UserError` with the name of the file that is wrong, and for an unknown taxonomy.
    """
    if not folder.is_dir():
        raise UserError(f"no model bundle at {folder}", "check the path, or run: cinegenre export")
    config = read_json(folder / "config.json", "model bundle (config.json)")
    if not isinstance(config, dict):
        raise UserError(f"{folder / 'config.json'} holds {shown(config)}", "export the bundle anew")
    version = config.get("format_version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        from ..install import newer

        raise UserError(
            f"bundle {folder} has format_version {shown(version)}, this cinegenre reads up to "
            f"{FORMAT_VERSION}",
            newer(),
        )
    for path in sorted(folder.rglob("*")):
        if path.suffix in _PICKLES:
            raise UserError(
                f"bundle {folder} holds {path.name}, which may be a pickle",
                "remove that file; a bundle has only JSON, ONNX, safetensors, Markdown "
                "and SentencePiece models",
            )
    try:
        bundle = _bundle(folder, config)
        return with_head(bundle, config, taxonomy) if taxonomy else bundle
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"bundle {folder} is not complete ({type(error).__name__}: {error})",
            "export the bundle anew",
        ) from error


def write_config(
    folder: Path,
    name: str,
    version: str,
    genres: tuple[str, ...],
    inputs: Mapping[str, TextInput | PosterInput],
    widths: Mapping[str, int],
    about: Mapping[str, Any],
) -> None:
    """Write config.json and the tokenizers; the items of `about` (data, versions) are added to
    it.
    """
    from ..files import write_json

    texts = [key for key, reads in inputs.items() if isinstance(reads, TextInput)]
    tables: dict[str, Any] = {}
    for key, reads in inputs.items():
        if isinstance(reads, PosterInput):
            tables[key] = {"kind": "poster", "height": reads.height, "width": reads.width}
        else:
            stem = "tokenizer" if len(texts) == 1 else f"tokenizer-{key}"
            tables[key] = {
                "kind": reads.kind,
                "fields": list(reads.fields),
                "max_tokens": reads.max_tokens,
                "separator": reads.separator,
                "cleaning": vars(reads.cleaning) if reads.cleaning else None,
                **_save_tokenizer(reads, folder / stem),
                "pad_token": reads.pad_token,
                "words": isinstance(reads, NamesInput) and reads.words,
                **({"languages": list(reads.languages)} if reads.languages else {}),
            }
    config = {
        "format_version": version_for(tables, ONNX_HEAD),
        "name": name,
        "version": version,
        "problem_type": "multi_label_classification",
        "id2label": {str(i): genre for i, genre in enumerate(genres)},
        "label2id": {genre: i for i, genre in enumerate(genres)},
        "inputs": tables,
        "encoders": {
            key: {"file": f"encoder-{key}.onnx", "out_dim": width} for key, width in widths.items()
        },
        "head": "head.onnx",
    }
    write_json(folder / "config.json", config | dict(about))


def version_for(inputs: Mapping[str, Mapping[str, Any]], least: int) -> int:
    """The `format_version` of a bundle with those inputs that otherwise needs the version `least`.

    A cinegenre that is too old for it then says so.
    """
    models = any(str(table.get("tokenizer", "")).endswith(SUFFIX) for table in inputs.values())
    return max(least, PIECES) if models else least


def write_thresholds(
    folder: Path, calibrations: Mapping[tuple[str, ...], Calibration], file: str = THRESHOLDS
) -> None:
    """Write thresholds.json, or the thresholds of a further head to its own file."""
    from ..files import write_json

    sets = [
        {"inputs": [name for name in key if name != OTHER_LANGUAGE]}
        | ({"texts": OTHER_LANGUAGE} if OTHER_LANGUAGE in key else {})
        | fitted.to_json()
        for key, fitted in calibrations.items()
    ]
    write_json(folder / file, {"format_version": ONNX_HEAD, "sets": sets})


def _save_tokenizer(reads: TextInput, stem: Path) -> dict[str, Any]:
    """Write the tokenizer of an input; return what config.json says of it."""
    path = stem.with_name(stem.name + SUFFIX)
    pieces: PieceTokenizer | None = None
    if reads.kind == "text":
        given: Any = reads.tokenizer
        if isinstance(given, LateTokenizer):
            given = given.opened()
        pieces = given if isinstance(given, PieceTokenizer) else as_pieces(given, {reads.pad_token})
    if pieces is None:
        path = stem.with_name(stem.name + ".json")
        reads.tokenizer.save(str(path), pretty=False)
        return {"tokenizer": path.name}
    pieces.save(str(path))
    around = {key: list(tokens) for key, tokens in vars(pieces.around).items()}
    return {"tokenizer": path.name, "around": around}


def _bundle(folder: Path, config: dict[str, Any]) -> Bundle:
    genres = genres_in(config)
    encoders = config["encoders"]
    widths = {name: int(table["out_dim"]) for name, table in encoders.items()}
    head, linear = _head(folder, config["head"], widths, len(genres))
    inputs = {name: _input(folder, name, table) for name, table in config["inputs"].items()}
    return Bundle(
        folder=folder,
        name=str(config["name"]),
        version=str(config.get("version", "")),
        genres=genres,
        inputs=inputs,
        encoders={name: file_in(folder, table["file"]) for name, table in encoders.items()},
        widths=widths,
        head=head,
        calibrations=calibrations_in(folder, THRESHOLDS),
        weights=str(config.get("weights", "float32")),
        activation=_known_activation(folder, config.get("activation", "sigmoid")),
        languages=_languages(folder, config.get("languages")),
        spared=checked(
            config.get("spared", {}),
            {name: reads.fields for name, reads in inputs.items()},
            f"bundle {folder}",
        ),
        optimized=bool(config.get("optimized", False)),
        linear=linear,
        taxonomies=tuple(config.get("heads", {})),
    )


def _head(
    folder: Path, entry: Any, widths: Mapping[str, int], genres: int
) -> tuple[Path, LinearHead | None]:
    """The path of head.onnx, and the linear head over it if `cinegenre fit` wrote the bundle."""
    if isinstance(entry, str):
        return file_in(folder, entry), None
    if entry["kind"] != "linear":
        raise unknown(f"kind of head in {folder}", entry["kind"], ("linear",))
    width = sum(widths.values()) + len(entry["base"]["genres"])
    linear = LinearHead.load(file_in(folder, entry["file"]), len(widths), width, genres)
    return file_in(folder, entry["base"]["file"]), linear


def _known_activation(folder: Path, name: str) -> str:
    if name not in ACTIVATIONS:
        raise unknown(f"activation of {folder}", name, ACTIVATIONS)
    return name


def _languages(folder: Path, codes: Any) -> tuple[str, ...]:
    if codes is None:
        return ()
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise UserError(
            f"languages of {folder} is {shown(codes)}", 'write a list of codes such as ["en"]'
        )
    return tuple(codes)


def _input(folder: Path, name: str, table: dict[str, Any]) -> TextInput | PosterInput:
    if table["kind"] == "poster":
        return PosterInput(height=int(table["height"]), width=int(table["width"]))
    if table["kind"] not in ("words", "text", "names"):
        known = ("poster", "text", "words", "names")
        raise unknown(f"kind of input {name!r} in {folder}", table["kind"], known)
    if table["tokenizer"].endswith(SUFFIX) and (table["kind"] != "text" or table["cleaning"]):
        raise UserError(
            f"input {name!r} in {folder} reads words, and {table['tokenizer']} reads texts",
            "export the bundle anew",
        )
    around = around_of(table.get("around", {}))
    shared: dict[str, Any] = {
        "fields": tuple(table["fields"]),
        "tokenizer": LateTokenizer(file_in(folder, table["tokenizer"]), around=around),
        "max_tokens": int(table["max_tokens"]),
        "separator": str(table.get("separator", " ")),
        "cleaning": Cleaning(**table["cleaning"]) if table["cleaning"] else None,
        "pad_token": str(table.get("pad_token", PAD)),  # older bundles do not have it
        "languages": _languages(folder, table.get("languages")),
    }
    if table["kind"] == "names":
        return NamesInput(**shared, words=bool(table.get("words", False)))
    return TextInput(**shared)
