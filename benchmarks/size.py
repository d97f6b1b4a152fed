"""What `pip install cinegenre` puts on a disk: a new environment, every distribution in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from .common import PROJECT, Failed, Options, Report, scratch
from .startup import SHIPPED

LIMIT = 300
LIST = """
import json
from importlib.metadata import distributions
print(json.dumps([
    [dist.name, dist.version, [[str(f), f.locate().stat().st_size] for f in dist.files or ()
                               if f.locate().is_file()]]
    for dist in distributions()
]))
"""


def run(options: Options) -> Report:
    """Megabytes (10⁶ bytes) of each distribution of the core, and of the model beside them."""
    with scratch() as folder:
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        _call(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
              "-c", str(PROJECT / "constraints.txt"), str(PROJECT))  # fmt: skip
        found = json.loads(_call(python, "-c", LIST))
    sizes: dict[str, float] = {}
    models = 0.0
    for name, number, files in found:
        if name in ("pip", "setuptools"):
            continue
        own = [(path, size) for path, size in files if name == "cinegenre" and _is_model(path)]
        models += sum(size for _, size in own) / 1e6
        sizes[f"{name} {number}"] = sum(s for _, s in files) / 1e6 - sum(s for _, s in own) / 1e6
    total = sum(sizes.values())
    ranked = sorted(sizes.items(), key=lambda item: -item[1])
    shown = [(name, f"{size:.1f}") for name, size in ranked if size >= 0.95]
    rest = [size for _, size in ranked[len(shown) :]]
    model = models or _folder(options.model or SHIPPED)
    return Report(
        ("distribution", "MB"),
        [
            *shown,
            (f"{len(rest)} smaller ones", f"{sum(rest):.1f}"),
            ("**total**", f"{total:.1f}"),
            ("target", f"{LIMIT:.1f}"),
            ("the model beside them", f"{model:.1f}" if model else "none"),
        ],
        {"total": total, "model": model, "distributions": dict(ranked)},
        [
            f"{len(sizes)} distributions with their compiled modules, without pip, for "
            f"{sys.platform}, Python {sys.version_info.major}.{sys.version_info.minor}."
        ],
    )


def _is_model(path: str) -> bool:
    return Path(path).parts[:2] == ("cinegenre", "models")


def _folder(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6


def _call(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or "nothing said").splitlines()[-1]
        raise Failed(f"`{Path(command[0]).name} {command[1]} {command[2]}` failed: {said}")
    return done.stdout
