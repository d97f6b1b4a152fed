"""An older version of this project, to be measured in turns with the present one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .common import PROJECT, Failed, NotGiven, scratch, timed


@dataclass(frozen=True)
class Older:
    """Its revision as it was given, the name of the model it ships, and its `src`."""

    revision: str
    model: str
    source: Path

    @property
    def label(self) -> str:
        """As tables name it."""
        return f"{self.revision} ({self.model})"


@contextmanager
def older(revision: str | None, project: Path = PROJECT) -> Iterator[Older | None]:
    """The `src` of a revision, unpacked for as long as this lasts; None where none was asked for.

    Its processes get it as `PYTHONPATH`. Raises `NotGiven` for a revision that this checkout does
    not have.
    """
    if revision is None:
        yield None
        return
    if _git(project, "rev-parse", "--git-dir") is None:
        raise NotGiven(f"--before {revision}: {project} is no git checkout: git clone it")
    wanted = f"{revision}^{{commit}}"
    commit = _git(project, "rev-parse", "--verify", "--end-of-options", wanted)
    if commit is None:
        raise NotGiven(f"--before {revision}: not in this checkout's history: "
                       "git fetch --unshallow, or name another revision")  # fmt: skip
    packed = _git(project, "archive", "--format=tar", commit.decode().strip(), "src")
    if packed is None:
        raise NotGiven(f"--before {revision}: it has no src: name a later revision")
    with scratch() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(folder, filter="data")
        shipped = folder / "src" / "cinegenre" / "models" / "default" / "config.json"
        if not shipped.is_file():
            raise NotGiven(f"--before {revision}: it ships no model: name a later revision")
        said = timed([sys.executable, "-c", "import cinegenre; print(cinegenre.__file__)"],
                     folder / "src").output  # fmt: skip
        if folder.resolve() not in Path(said).resolve().parents:
            raise Failed(f"Python takes cinegenre from {said}, whatever PYTHONPATH says")
        config = json.loads(shipped.read_text(encoding="utf-8"))
        yield Older(revision, f"{config['name']} {config['version']}", folder / "src")


def _git(project: Path, *words: str) -> bytes | None:
    """What git says; None where it fails or is not installed."""
    try:
        done = subprocess.run(["git", *words], cwd=project, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout
