"""A module imports only from stages to its left, and from the root's plain modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "cinegenre"
STAGES = ("pages", "readers", "data", "inputs", "metrics", "tagger", "explain", "fit", "audit",
          "train", "export", "sweep", "evaluate", "reproduce", "library", "serve",
          "score")  # fmt: skip
PLAIN = {
    "movie",
    "faults",
    "taxonomy",
    "errors",
    "files",
    "images",
    "genre_map",
    "install",
    "progress",
    "records",
    "version",
}
"""Root modules that any stage may import; they import no stage themselves."""

BACK = {Path("tagger/tagger.py"): {"explain"}}
"""`Tagger.explain` is the one step back: a method where its users look for it."""

MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The first part, under cinegenre, of everything that a module imports relatively."""
    found = set()
    package = path.parent.parts
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - (node.level - 1)]
            target = (*above, *(node.module or "").split("."))
            names = [alias.name for alias in node.names] if not node.module and not above else []
            found |= set(names) if names else {target[0]}
    return found - {""}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_looks_to_its_right(path: Path) -> None:
    stage = path.parts[0] if len(path.parts) > 1 else path.stem
    if stage in STAGES:
        allowed = PLAIN | set(STAGES[: STAGES.index(stage) + 1])
        assert imported(path) - BACK.get(path, set()) <= allowed
    elif stage in PLAIN:
        assert imported(path) <= PLAIN


def test_the_check_sees_imports() -> None:
    assert imported(Path("evaluate/evaluate.py")) >= {"data", "errors", "tagger", "metrics"}
    assert imported(Path("cli/predict.py")) >= {"readers", "genre_map", "tagger", "cli"}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_files_are_short(path: Path) -> None:
    """One idea a file; past 300 lines two names tell the reader more."""
    assert len((SOURCE / path).read_text(encoding="utf-8").splitlines()) <= 300


TYPED = {"pages", "readers", "data", "inputs", "metrics", "tagger", "explain", "fit", "audit",
         "evaluate", "reproduce"}  # fmt: skip
"""Stages whose results have types; the others have yet to follow."""


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] in TYPED], ids=str)
def test_a_result_is_no_dict_of_anything(path: Path) -> None:
    """A caller sees what it gets (`records.Record`); `as_dict` is for JSON."""
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.returns and not node.name.startswith("_"):
            loose = "dict[str, Any]" in ast.unparse(node.returns)
            assert not loose or node.name in ("as_dict", "to_json"), node.name
