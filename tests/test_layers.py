"""A module imports only from stages to its left, and from the root's plain modules."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
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
    "base64_text",
    "entities",
    "files",
    "images",
    "pictures",
    "genre_map",
    "genre_names",
    "install",
    "jsonl",
    "pixels",
    "progress",
    "records",
    "version",
}
"""Root modules that any stage may import; they import no stage themselves."""

BACK = {Path("tagger/tagger.py"): {"explain"}}
"""`Tagger.explain` is the one step back: a method where its users look for it."""

ROOMS = ("model", "data", "loop")
"""Of `train`, in the order in which they may import each other; beside them stand plain modules."""

KNOTLESS = ("train", "export", "sweep", "reproduce")
"""Stages without a circle of imports, and without an import of ours inside a function."""

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


def targets(path: Path) -> set[Path]:
    """Our modules that one imports, at its top or inside a function."""
    package = path.parent.parts
    found = set()
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - (node.level - 1)]
            base = Path(*above, *(node.module or "").split("."))
            for alias in node.names:
                tries = (base / f"{alias.name}.py", base / alias.name / "__init__.py",
                         base.with_suffix(".py"), base / "__init__.py")  # fmt: skip
                found.add(next(one for one in tries if (SOURCE / one).exists()))
    return found - {path}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_looks_to_its_right(path: Path) -> None:
    stage = path.parts[0] if len(path.parts) > 1 else path.stem
    if stage in STAGES:
        allowed = PLAIN | set(STAGES[: STAGES.index(stage) + 1])
        assert imported(path) - BACK.get(path, set()) <= allowed
    elif stage in PLAIN:
        assert imported(path) <= PLAIN


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "train"], ids=str)
def test_no_room_of_training_looks_to_its_right(path: Path) -> None:
    read = {one.parts[1] for one in targets(path) if one.parts[0] == "train"} & set(ROOMS)
    inside = path.parts[1] in ROOMS
    assert read <= set(ROOMS[: ROOMS.index(path.parts[1]) + 1] if inside else ())


def test_training_goes_one_way() -> None:
    """Not even by an import inside a function, or for a type checker."""
    own = {path for path in MODULES if path.parts[0] in KNOTLESS}
    TopologicalSorter({path: targets(path) & own for path in own}).prepare()


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] in KNOTLESS], ids=str)
def test_functions_import_only_what_is_not_ours(path: Path) -> None:
    """What is late hides who reads whom; heavy packages of others may be."""
    tree = ast.parse((SOURCE / path).read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            late = [node for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
            assert not [node.module for node in late if node.level]


def test_the_check_sees_imports() -> None:
    train = targets(Path("train/loop/train.py"))
    assert {Path("train/loop/distill.py"), Path("data/dataset.py"), Path("version.py")} <= train
    assert Path("train/model/encoders/__init__.py") in targets(Path("train/model/model.py"))
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


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_functions_are_short(path: Path) -> None:
    """A reader has a function whole before the eyes; ruff counts its branches (C901)."""
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name
