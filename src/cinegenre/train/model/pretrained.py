"""Loads pretrained models (weights, tokenizer, pixel scales) from a folder or Hub id: those of
`transformers`, EfficientNet-Lite in timm's format, and the multilingual Universal Sentence Encoder.

Only safetensors and JSON are read: nothing is unpickled, and no code that comes with weights runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn

from ...errors import MissingExtra, UserError, shown
from ...files import read_json
from . import efficientnet_lite, universal_sentence

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of red, green and blue in 0..1, for models without values of their own."""
DROPOUTS = ("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout", "attention_dropout")
"""The names of dropout in the models' configurations."""
_LAID_OUT = {"universal_sentence": "examples/get_universal_sentence.py"}
"""Names of models that are on no hub, each with the script that makes a folder of it."""
_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


def resolve(model: str) -> Path:
    """The folder of `model`, which is a folder, or an id of the Hugging Face Hub that is downloaded
    once.

    Raises `UserError` for a folder without config.json, an id that cannot be downloaded, and the
    name of a model that is on no hub.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise UserError(f"{folder} has no config.json", "name the folder of a whole model")
        return folder
    if model in _LAID_OUT:
        raise UserError(
            f"{model!r} stands for a folder that is not named yet",
            f"make it with `python {_LAID_OUT[model]} --out FOLDER`, "
            "and give --set encoders.NAME.model=FOLDER",
        )
    cure = "name a folder with config.json and model.safetensors, or an id of huggingface.co"
    if not _HUB_ID.fullmatch(model):
        raise UserError(f"no pretrained model at {shown(model)}", cure)
    _transformers()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:  # only the top folder: the weights for other libraries are in folders of their own
        return Path(
            snapshot_download(
                model, allow_patterns=["*.json", "*.safetensors", "*.txt"], ignore_patterns=["*/*"]
            )
        )
    except LocalEntryNotFoundError:
        raise UserError(
            f"{shown(model)} is not a folder here, and huggingface.co cannot be reached", cure
        ) from None
    except (OSError, HFValidationError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(f"{shown(model)} cannot be fetched ({first})", cure) from None


def load_body(model: str, dropout: float | None = None, attention: str = "") -> nn.Module:
    """The model's weights in float32, in eval mode, without a pooler of its own.

    `dropout` replaces all of the model's own, `attention` the implementation that `transformers`
    chooses. Raises `UserError` if `transformers` does not know the model or weights are missing.
    """
    folder = resolve(model)
    lite = efficientnet_lite.size_of(_config(folder))
    if lite:
        return _load_lite(folder, lite)
    if _config(folder).get("architecture") == universal_sentence.ARCHITECTURE:
        return _load_universal_sentence(folder)
    transformers = _transformers()
    try:
        with _quiet(transformers), torch.random.fork_rng(devices=[]):
            config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
            for name in DROPOUTS if dropout is not None else ():
                if hasattr(config, name):
                    setattr(config, name, dropout)
            body, found = transformers.AutoModel.from_pretrained(
                folder, config=config, attn_implementation=attention or None, dtype=torch.float32,
                local_files_only=True, use_safetensors=True, output_loading_info=True,
            )  # fmt: skip
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(
            f"{folder} cannot be loaded ({first})",
            "name a model of transformers with config.json and model.safetensors",
        ) from None
    missing = sorted(key for key in found["missing_keys"] if not key.startswith("pooler."))
    if missing:
        raise UserError(
            f"the weights in {folder} lack {len(missing)} of the model's ({missing[0]})",
            "fetch them anew",
        )
    pooler = getattr(body, "pooler", None)
    if pooler is not None and any(True for _ in pooler.parameters()):
        body.pooler = None  # not used here, and random if the weights have none
    loaded: nn.Module = body
    return loaded.eval()


def load_tokenizer(model: str) -> Tokenizer:
    """The model's own tokenizer: tokenizer.json, else the fast one that `transformers` makes."""
    folder = resolve(model)
    path = folder / "tokenizer.json"
    try:
        if path.is_file():
            return Tokenizer.from_file(str(path))
        fast = _transformers().AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return Tokenizer.from_str(fast.backend_tokenizer.to_str())
    except UserError:
        raise
    except Exception as error:  # the libraries also raise plain Exceptions
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(
            f"the tokenizer in {folder} cannot be read ({first})", "add its tokenizer.json"
        ) from None


def pad_token(model: str, tokenizer: Tokenizer) -> str:
    """The padding token, from whose number the model's positions may be counted."""
    number = _config(resolve(model)).get("pad_token_id")
    token = tokenizer.id_to_token(number) if isinstance(number, int) and number >= 0 else None
    if token is None:
        raise UserError(
            f"{model} has no padding token (pad_token_id is {shown(number)})",
            "name a model of the BERT family",
        )
    return str(token)


def pixel_scale(model: str) -> tuple[list[float], list[float], bool]:
    """`scale` and `shift` by channel (the model reads pixels × scale - shift), and whether it reads
    blue, green, red. They come from preprocessor_config.json, else from timm's `pretrained_cfg` in
    config.json, else from `IMAGENET`.
    """
    path = resolve(model) / "preprocessor_config.json"
    table = read_json(path, "preprocessor_config.json") if path.is_file() else {}
    timm = _config(resolve(model)).get("pretrained_cfg", {})
    factor = table.get("rescale_factor", 1 / 255) if table.get("do_rescale", True) else 1.0
    mean = table.get("image_mean", timm.get("mean", IMAGENET[0]))
    std = table.get("image_std", timm.get("std", IMAGENET[1]))
    if not table.get("do_normalize", True):
        mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    try:
        scale = [float(factor) / float(part) for part in std]
        shift = [float(part) / float(by) for part, by in zip(mean, std, strict=True)]
    except (TypeError, ValueError, ZeroDivisionError):
        scale = shift = []
    if len(scale) != 3:
        raise UserError(f"{path} has no three means and deviations", "mend it, or remove it")
    return scale, shift, bool(table.get("do_flip_channel_order", False))


def depths(body: nn.Module) -> list[list[nn.Parameter]]:
    """The parameters by depth: those before the layers, then each layer, the last together with
    those after it. The layers are the longest list of modules in `body`.
    """
    lists = [(name, part) for name, part in body.named_modules() if isinstance(part, nn.ModuleList)]
    if not lists:
        return [list(body.parameters())]
    name, layers = max(lists, key=lambda pair: len(pair[1]))
    parts: list[list[nn.Parameter]] = [[], *([] for _ in layers)]
    at = 0
    for key, parameter in body.named_parameters():
        if key.startswith(f"{name}."):
            at = int(key.removeprefix(f"{name}.").partition(".")[0]) + 1
        parts[at].append(parameter)
    return [part for part in parts if part]


def fingerprint(model: str, body: nn.Module, *settings: str) -> str:
    """A hash of the weights, the model's config.json and all else that its outputs depend on."""
    digest = hashlib.sha256(body.__class__.__name__.encode())
    digest.update((resolve(model) / "config.json").read_bytes())
    for setting in settings:
        digest.update(b"\0" + setting.encode())
    for name, part in sorted(body.state_dict().items()):
        digest.update(name.encode())
        digest.update(part.detach().cpu().contiguous().numpy())
    return digest.hexdigest()


def _config(folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = read_json(folder / "config.json", "model's config.json")
    return table


def _load_lite(folder: Path, size: str) -> nn.Module:
    try:
        return efficientnet_lite.load(size, load_file(folder / "model.safetensors")).eval()
    except (OSError, RuntimeError, SafetensorError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(
            f"{folder} cannot be loaded ({first})",
            f"name a folder with timm's tf_efficientnet_{size}, config.json and model.safetensors",
        ) from None


def _load_universal_sentence(folder: Path) -> nn.Module:
    try:
        weights = load_file(folder / "model.safetensors")
        body = universal_sentence.UniversalSentence(len(weights["pieces"]))
        body.load_state_dict(weights)
    except (OSError, RuntimeError, KeyError, SafetensorError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(
            f"{folder} cannot be loaded ({first})",
            "lay the folder out anew: python examples/get_universal_sentence.py --out FOLDER",
        ) from None
    return body.eval()


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingExtra("transformers", "transformers") from None
    return transformers


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Silences the progress bar of `transformers`, and its table of unused weights."""
    log = transformers.utils.logging
    level, bar = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bar:
            log.enable_progress_bar()
