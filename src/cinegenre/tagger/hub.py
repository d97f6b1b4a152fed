"""Fetches bundles from the Hugging Face Hub into its cache, and uploads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import UserError, shown

FILES = ("*.json", "*.onnx", "*.safetensors", "*.model", "*.txt", "*.md")
"""Patterns of a bundle's files; other files and folders in a repository are ignored."""
TORCH_WEIGHTS = "model.safetensors"
_HUB_ID = re.compile(r"(?P<id>[\w-][\w.-]*/[\w-][\w.-]*)(@(?P<revision>[\w./-]+))?")


def folder_of(model: str | Path | None, default: Path) -> tuple[Path, bool]:
    """The folder of the bundle `model`, and whether it came from the Hub."""
    folder = default if model in (None, "default") else Path(str(model))
    if isinstance(model, str) and not folder.is_dir() and is_hub_id(model):
        return fetch(model), True
    return folder, False


def is_hub_id(model: str) -> bool:
    """Whether `model` has the form "org/name" or "org/name@revision"."""
    return _HUB_ID.fullmatch(model) is not None


def fetch(model: str) -> Path:
    """The folder of "org/name" or "org/name@revision" (a branch, tag or commit) in the Hub's cache.

    Looks for a newer version if the Hub can be reached, and takes the cached one otherwise. Raises
    `UserError` if there is neither.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    match = _HUB_ID.fullmatch(model)
    assert match is not None
    cure = "check the path, or name a bundle of huggingface.co: org/name or org/name@revision"
    try:
        return Path(
            snapshot_download(
                match["id"], revision=match["revision"], allow_patterns=list(FILES),
                ignore_patterns=["*/*", TORCH_WEIGHTS],
            )
        )  # fmt: skip
    except LocalEntryNotFoundError:
        raise UserError(
            f"no folder {shown(model)} here, and the Hub cannot be reached", cure
        ) from None
    except Exception as error:  # huggingface_hub raises its own, the system's and httpx' errors
        raise UserError(
            f"no folder {shown(model)} here, and the Hub does not give it ({_first(error)})", cure
        ) from None


def push(folder: Path, name: str, *, private: bool | None, token: str | None, message: str) -> str:
    """Upload the bundle in `folder` to the repository "org/name" and return its address.

    The repository is created if it does not exist. Raises `UserError` if the Hub refuses.
    """
    from huggingface_hub import HfApi

    if not is_hub_id(name) or "@" in name:
        raise UserError(f"{shown(name)} names no repository", "write org/name")
    api = HfApi(token=token, library_name="cinegenre")
    try:
        address: Any = api.create_repo(name, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=name, folder_path=folder, allow_patterns=list(FILES), ignore_patterns=["*/*"],
            commit_message=message,
        )  # fmt: skip
    except Exception as error:
        raise UserError(
            f"{shown(name)} could not be put on the Hub ({_first(error)})",
            "log in with: hf auth login, or give token=; you need the right to write there",
        ) from None
    return str(address)


def _first(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
