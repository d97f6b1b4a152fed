"""Joins several bundles into one, with the encoders of all and the sum of their logits."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ..data.dataset import PreparedSet
from ..errors import UserError, shown
from ..files import read_json, whole, write_json, write_text
from ..inputs import TextInput
from ..metrics.arrays import truth_of
from ..movie import Movie
from ..tagger.bundle import Bundle
from ..tagger.bundle_files import check_out
from ..tagger.bundle_folder import ONNX_HEAD, read_bundle, version_for, write_thresholds
from ..tagger.runtime import Runtime
from ..tagger.speaking import is_read, spoken
from ..train.model.fusion import Sum
from ..train.model.model import Head
from ..train.recipe import ModelConfig
from .calibrate import calibrate
from .card import model_card
from .convert import known_films, recipe_of
from .onnx import write_head
from .parts import Part, only, parts_of
from .result import ExportReport, Origin
from .weigh import fit_shares


def join(
    bundles: Sequence[Path],
    out: Path,
    data: PreparedSet,
    *,
    also: Sequence[PreparedSet] = (),
    take: Mapping[Path, Sequence[str]] | None = None,
    name: str = "",
    version: str = "1",
) -> ExportReport:
    """Write one bundle with the encoders of `bundles` to `out`; return the report for its card.

    Of a bundle that is in `take`, only the encoders that it lists there are taken over.
    The weight of each modality, calibration and thresholds are fitted on the validation films of
    `data`. If texts are in another language than the first bundle's, those of `also`, which may be
    the same films in other languages, are used as well. Texts go to the encoders of those bundles
    that read their language. Further heads are left out (see `ExportReport.heads`). Raises
    `UserError` if the bundles have different genres, a modality of the same name, or different
    weights, or if a head is not a sum of contributions of its modalities.
    """
    whole_bundles = [read_bundle(folder) for folder in bundles]
    chosen = [(take or {}).get(old.folder) for old in whole_bundles]
    olds = list(map(only, whole_bundles, chosen))
    configs = [read_json(old.folder / "config.json", "model bundle") for old in olds]
    check_out(out)
    _check(olds)
    parts = _parts(whole_bundles, olds)
    films, *more = _validation((data, *also), olds, configs[0]["data"])
    with whole(out) as staged:
        staged.mkdir()
        config = _config(olds, configs, staged) | {"name": name or out.name, "version": version}
        write_json(staged / "config.json", config)
        write_thresholds(staged, {})
        head = _head(parts, len(olds[0].genres))
        widths = [len(part.weight) for part in parts.values()]
        write_head(head, list(parts), widths, staged)
        runtime = Runtime(read_bundle(staged))
        abroad = [film for each in more for film in each if _is_abroad(runtime.bundle, film)]
        shares = _weigh(head, runtime, films, abroad)
        write_head(head, list(parts), widths, staged)
        runtime = Runtime(read_bundle(staged))
        modes = calibrate(runtime, films, abroad)
        write_thresholds(staged, {mode.situation: mode.calibration for mode in modes})
        report = ExportReport(
            name=config["name"],
            version=version,
            info=Origin(_parameters(olds), config["data"], config["films"], config["epochs"]),
            joined=tuple(old.label for old in olds),
            taken=tuple(tuple(names or ()) for names in chosen),
            heads=tuple(dict.fromkeys(head for old in olds for head in old.taxonomies)),
            weights=olds[0].weights,
            lost=None,
            shares=shares,
            modes=modes,
        )
        sources = [entry for each in configs for entry in (each, *each.get("joined", ()))]
        recipe, *others = dict.fromkeys(map(recipe_of, sources))
        write_text(staged / "README.md", model_card(recipe, read_bundle(staged), report, others))
    return report


def _validation(
    sets: Sequence[PreparedSet], bundles: Sequence[Bundle], selected: Mapping[str, Any]
) -> list[list[Movie]]:
    """The validation films of each data set that have an input of one of the bundles."""
    fields = tuple(dict.fromkeys(field for bundle in bundles for field in bundle.fields))
    return [known_films(each, bundles[0], selected, fields) for each in sets]


def _parts(bundles: Sequence[Bundle], taken: Sequence[Bundle]) -> dict[str, Part]:
    """What each encoder that is taken of a bundle contributes to its logits."""
    parts: dict[str, Part] = {}
    for bundle, some in zip(bundles, taken, strict=True):
        found = parts_of(Runtime(bundle))
        parts |= {name: found[name] for name in some.inputs}
    return parts


def _check(bundles: Sequence[Bundle]) -> None:
    first = bundles[0]
    seen: dict[str, Bundle] = {}
    for bundle in bundles:
        if bundle.linear is not None:
            raise UserError(
                f"{bundle.folder} is a head fitted on a model", "join the model it stands on"
            )
        for what in ("genres", "weights", "activation", "optimized"):
            ours, theirs = getattr(first, what), getattr(bundle, what)
            if ours != theirs:
                raise UserError(
                    f"{bundle.folder} has {what} {shown(theirs)}, {first.folder} {shown(ours)}",
                    "export or convert both alike",
                )
        for name in bundle.inputs:
            if name in seen:
                raise UserError(
                    f"{bundle.folder} and {seen[name].folder} both have a modality {name!r}",
                    "take it from one of them alone (--take), or rename it in one of the recipes",
                )
            seen[name] = bundle


def _is_abroad(bundle: Bundle, film: Movie) -> bool:
    """Whether a film's texts are read as being in another than the home language."""
    language = spoken(bundle, film)
    return language is not None and is_read(bundle, language)


def _config(
    bundles: Sequence[Bundle], configs: Sequence[Mapping[str, Any]], folder: Path
) -> dict[str, Any]:
    """The config.json of the joined bundle; copies encoders and tokenizers into `folder`."""
    inputs: dict[str, Any] = {}
    encoders: dict[str, Any] = {}
    spared: dict[str, Any] = {}
    apart = len({bundle.languages for bundle in bundles if bundle.languages}) > 1
    for bundle, config in zip(bundles, configs, strict=True):
        for name in bundle.inputs:
            table = config["inputs"][name]
            kept = dict(table)
            if "tokenizer" in table:
                kept["tokenizer"] = f"tokenizer-{name}{Path(table['tokenizer']).suffix}"
                shutil.copyfile(bundle.folder / table["tokenizer"], folder / kept["tokenizer"])
            if apart and {"title", "overview"} & set(table.get("fields", ())):
                kept.setdefault("languages", list(bundle.languages))
            inputs[name] = kept
            encoder = dict(config["encoders"][name])
            encoders[name] = encoder
            shutil.copyfile(bundle.folder / encoder["file"], folder / encoder["file"])
        spared |= {name: list(texts) for name, texts in bundle.spared.items()}
    return {
        **{key: value for key, value in configs[0].items() if key != "heads"},
        "format_version": version_for(inputs, ONNX_HEAD),
        "inputs": inputs,
        "encoders": encoders,
        "head": "head.onnx",
        "languages": list(dict.fromkeys(code for each in bundles for code in each.languages)),
        "spared": spared,
        "joined": [
            entry
            for bundle, config in zip(bundles, configs, strict=True)
            for entry in config.get("joined") or [_origin(bundle, config)]
        ],
    }  # fmt: skip


def _origin(bundle: Bundle, config: Mapping[str, Any]) -> dict[str, Any]:
    """Where a bundle's encoders come from, as the joined bundle's config.json says it."""
    return {
        "name": bundle.label,
        "recipe": config.get("recipe", ""),
        "films": config["films"],
        "data": config["data"],
    }


def _head(parts: Mapping[str, Part], genres: int) -> Head:
    """A head that adds up `parts`, with equal weights until those are fitted."""
    widths = {name: len(part.weight) for name, part in parts.items()}
    head = Head(widths, genres, ModelConfig(fusion="sum", fusion_width=genres, weigh=True)).eval()
    fusion, last = head.fusion, head.classify[-1]
    assert isinstance(fusion, Sum) and isinstance(last, nn.Linear)
    with torch.no_grad():
        last.weight.copy_(torch.eye(genres))
        last.bias.zero_()
        for layer, part in zip(fusion.project, parts.values(), strict=True):
            assert isinstance(layer, nn.Linear)
            layer.weight.copy_(torch.from_numpy(part.weight.T.copy()))
            layer.bias.copy_(torch.from_numpy(part.bias.copy()))
    return head


def _weigh(
    head: Head, runtime: Runtime, films: Sequence[Movie], abroad: Sequence[Movie]
) -> dict[str, dict[str, float]]:
    """Fit what each modality counts; films `abroad` count where no home language is read."""
    bundle = runtime.bundle
    everyone = [*films, *abroad]
    encoded = runtime.encode(everyone, tuple(bundle.inputs))
    truth = truth_of(everyone, bundle.genres)
    home = slice(len(films))
    at_home = {name: part[home] for name, part in encoded.features.items()}
    shares = fit_shares(head, at_home, encoded.present[home], truth[home])
    if abroad:
        texts = {
            name: reads for name, reads in bundle.inputs.items() if isinstance(reads, TextInput)
        }
        theirs = {name for name, reads in texts.items() if reads.languages not in ((), bundle.home)}
        ours = {name for name, reads in texts.items() if reads.languages == bundle.home}
        shares |= fit_shares(
            head, encoded.features, encoded.present, truth,
            wanted=lambda names: not theirs.isdisjoint(names) and ours.isdisjoint(names),
        )  # fmt: skip
    return shares


def _parameters(bundles: Sequence[Bundle]) -> int:
    """The count of numbers in the graphs of encoders and heads."""
    import onnx

    paths = [path for bundle in bundles for path in (*bundle.encoders.values(), bundle.head)]
    graphs = [onnx.load(path).graph for path in paths]
    return sum(int(np.prod(tensor.dims)) for graph in graphs for tensor in graph.initializer)
