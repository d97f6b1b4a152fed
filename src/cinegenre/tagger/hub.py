"""Bundles on the Hugging Face Hub: fetched once into its cache, and put there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import UserError, shown

FILES = ("*.json", "*.onnx", "*.safetensors", "*.txt", "*.md")
"""What a bundle may hold; folders in a repository are left alone."""
TORCH_WEIGHTS = "model.safetensors"
_HUB_ID = re.compile(r"(?P<id>[\w-][\w.-]*/[\w-][\w.-]*)(@(?P<revision>[\w./-]+))?")


def is_hub_id(model: str) -> bool:
    """Whether `model` has the form "org/name" or "org/name@revision"."""
    return _HUB_ID.fullmatch(model) is not None


def fetch(model: str) -> Path:
    """The folder of "org/name" or "org/name@revision" (a branch, tag or commit) in the Hub's cache.

    Looks for a newer version when the Hub can be reached, and else takes the cached one. Raises
    `UserError` where there is neither.
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
    except Exception as error:  # its own, the system's, and those of the HTTP library it has
        raise UserError(
            f"no folder {shown(model)} here, and the Hub does not give it ({_first(error)})", cure
        ) from None


def push(folder: Path, name: str, *, private: bool | None, token: str | None, message: str) -> str:
    """Put the files of the bundle in `folder` into the repository "org/name"; return its address.

    A new repository is made where there is none. Raises `UserError` where the Hub refuses.
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
