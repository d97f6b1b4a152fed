"""The notebook runs from its first cell to its last on a table of films."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ..tiny.films import films, write_posters

NOTEBOOK = Path(__file__).parents[2] / "examples" / "quickstart.ipynb"


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    found: list[dict[str, Any]] = notebook["cells"]
    return found


def code_of(cells: list[dict[str, Any]]) -> dict[str, str]:
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def test_it_is_kept_without_outputs_and_with_stable_ids(cells: list[dict[str, Any]]) -> None:
    names = [cell["id"] for cell in cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z-]{1,64}", name) for name in names)
    for cell in cells:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            assert not re.search(r"^\s*[!%]", "".join(cell["source"]), re.M)  # plain Python
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"


def test_it_runs_on_a_table_of_films(
    cells: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    quick: None,
) -> None:
    with (tmp_path / "films.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("id", "title", "overview", "companies", "genres"))
        for film in write_posters(tmp_path / "posters", films(200)):
            lists = ("|".join(film.companies), "|".join(film.genres))
            table.writerow((film.id, film.title, film.overview, *lists))
    code = code_of(cells)
    code["settings"], changed = re.subn(r"EPOCHS = \d+", "EPOCHS = 2", code["settings"])
    assert changed == 1
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for cell, text in code.items():  # each in one namespace, as a notebook does
        exec(compile(text, cell, "exec"), names)
    said = capsys.readouterr().out
    assert re.search(r"train +1[56]\d films", said)
    assert "best epoch" in said
    assert re.search(r"macro_ap +0\.\d{3}, 95 %", said)
    assert "The Quiet Orbit →" in said
    assert (tmp_path / "quickstart" / "report" / "report.html").exists()
    assert (tmp_path / "quickstart" / "bundle" / "config.json").exists()


def test_an_installed_torch_is_kept(cells: list[dict[str, Any]]) -> None:
    """Colab's torch fits its GPU; pip is told to install around it."""
    calls: list[list[str]] = []
    code = code_of(cells)["install"].replace("subprocess.run(", "run(")
    code = code.replace("find_spec(name) is None", "find_spec(name) is not None")
    exec(code, {"run": lambda command, check: calls.append(command)})
    import torch

    [[*_, package, pinned]] = calls
    assert (package, pinned) == ("cinegenre[train]", f"torch=={torch.__version__}")
