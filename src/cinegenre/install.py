"""Commands that a person can paste to install an extra of cinegenre, or another version.

They install from where this cinegenre came, because a package index may not have it, or may have a
stranger's package of that name. Import this module only when an error is raised: it takes 50 ms.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

_NAME = "cinegenre"
WITH_TORCH = ("train", "transformers", "gensim")


@dataclass(frozen=True)
class Origin:
    """What cinegenre was installed from; without a folder and a URL, it was a package index.

    `url` has the form that pip takes (`git+https://…`); `commit` is the one that was installed from
    a repository.
    """

    folder: Path | None = None
    editable: bool = False
    url: str = ""
    commit: str = ""
    subdirectory: str = ""

    @property
    def path(self) -> Path | None:
        """The folder or file on this machine that pip would install from, if there is one."""
        if self.url.startswith("file:"):
            return _path(self.url)
        return self.folder

    def requirement(self, extra: str) -> list[str]:
        """The arguments that make pip install cinegenre with an extra from where it came."""
        wanted = f"[{extra}]"
        if self.folder:
            pins = self.folder / "constraints.txt"
            pinned = ["-c", str(pins)] if pins.is_file() else []
            return [*pinned, *(["-e"] if self.editable else []), f"{self.folder}{wanted}"]
        if not self.url:
            return [f"{_NAME}{wanted}"]
        commit = f"@{self.commit}" if self.commit else ""
        part = f"#subdirectory={self.subdirectory}" if self.subdirectory else ""
        return [f"{_NAME}{wanted} @ {self.url}{commit}{part}"]


def origin() -> Origin:
    """What the running cinegenre was installed from."""
    root = Path(__file__).resolve().parents[2]
    if _is_source(root):
        return Origin(folder=root, editable=True)
    try:
        text = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        text = None
    return of_direct_url(json.loads(text)) if text else Origin()


def of_direct_url(record: dict[str, Any]) -> Origin:
    """Read the record that an installer left (PEP 610): a folder, an archive or a repository."""
    url, part = record["url"], record.get("subdirectory", "")
    if "dir_info" in record:
        editable = bool(record["dir_info"].get("editable"))
        return Origin(folder=_path(url) / part, editable=editable)
    if "vcs_info" in record:
        info = record["vcs_info"]
        return Origin(url=f"{info['vcs']}+{url}", commit=info["commit_id"], subdirectory=part)
    return Origin(url=url, subdirectory=part)


def with_extra(extra: str) -> str:
    """The cure for a missing extra."""
    came_from = origin()
    run = f"run: {pip('install', *came_from.requirement(extra))}"
    if came_from.path and not came_from.path.exists():
        return f"put {came_from.path} back, which this {_NAME} was installed from, then {run}"
    return run


def torch_is_heavy(extra: str) -> str:
    """A warning for extras that install torch; empty if torch is installed already."""
    if extra not in WITH_TORCH or sys.platform != "linux" or find_spec("torch"):
        return ""
    return (
        " (on Linux pip takes a torch with gigabytes of CUDA packages, unless a CPU build of it is "
        "installed first)"
    )


def newer() -> str:
    """The cure for a file written by a newer cinegenre."""
    came_from = origin()
    if came_from.folder and (came_from.folder / ".git").exists():
        return f"run: {quoted('git', '-C', str(came_from.folder), 'pull')}"
    if came_from.commit:
        return f"run: {pip('install', '--upgrade', f'{_NAME} @ {came_from.url}')}"
    if came_from.path or came_from.url:
        return f"install a newer {_NAME}"
    return f"run: {pip('install', '--upgrade', _NAME)}"


def exactly(version: str) -> str:
    """The cure for work that was begun by another version."""
    if origin() == Origin():
        return f"run: {pip('install', f'{_NAME}=={version}')}"
    return f"install {_NAME} {version}"


def instead(old: str, new: str) -> str:
    """The cure if `new` is needed but `old` is installed, and both install the same modules."""
    return f"run: {pip('uninstall', old)}, then: {pip('install', new)}"


def pip(verb: str, *words: str) -> str:
    """A pip command for the running environment, whether it is activated or not."""
    python = sys.executable or "python"
    if shutil.which(Path(python).name) == python:
        python = Path(python).name
    if find_spec("pip") is None:  # uv makes environments without it
        return quoted("uv", "pip", verb, "--python", python, *words)
    sure = ["--yes"] if verb == "uninstall" else []
    return quoted(python, "-m", "pip", verb, *sure, *words)


def quoted(*words: str, windows: bool = os.name == "nt") -> str:
    """A command line of `words`, quoted for this system's shell."""
    if not windows:
        return shlex.join(words)
    return " ".join(w if re.fullmatch(r"[\w.:\\/=-]+", w) else f'"{w}"' for w in words)


def _path(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def _is_source(folder: Path) -> bool:
    """Whether a folder is a checkout of cinegenre, and not a project that vendors it."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        return bool(project["project"]["name"] == _NAME)
    except (OSError, ValueError, KeyError):
        return False
