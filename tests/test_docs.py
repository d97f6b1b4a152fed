"""What README and docs tell a person to type works."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from cinegenre import GenreMap
from cinegenre.errors import MissingExtra
from cinegenre.evaluate.published import published_rows
from cinegenre.taxonomy import TMDB
from cinegenre.train.recipe import load_recipe
from cinegenre.train.recipe_files import read_recipe

from .cli.test_cli import call

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")),
         ROOT / "src/cinegenre/models/default/README.md"]  # fmt: skip


def blocks(page: Path, language: str) -> list[str]:
    # All of them, lest the end of one is taken for the beginning of the next.
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    return [block for name, block in found if name == language]


def imports() -> list[str]:
    """Every line that imports from us, in a page, the notebook or a docstring."""
    notebook = json.loads((ROOT / "examples" / "quickstart.ipynb").read_text(encoding="utf-8"))
    texts = [block for page in PAGES for block in blocks(page, "python")]
    texts += ["".join(cell["source"]) for cell in notebook["cells"]]
    for path in (ROOT / "src").rglob("*.py"):
        shown = re.findall(r"^ *>>> (.*)$", path.read_text(encoding="utf-8"), re.M)
        texts.append("\n".join(shown))
    return sorted(
        {line.strip() for text in texts for line in text.splitlines()
         if re.match(r"\s*(from|import) cinegenre\b", line)}
    )  # fmt: skip


COMMANDS = sorted(
    {
        line.split("#")[0].split(">")[0].strip()
        for page in PAGES
        for block in blocks(page, "")
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("cinegenre ")
    }
)


def run(*words: str, cwd: Path = ROOT) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) > 8


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(re.sub(r"[\[\]…]", " ", command))[1:]
    depth = 2 if words[0] == "data" else 1
    code, help_text, _ = call(capsys, *words[:depth], "--help")
    assert code == 0
    for word in words[depth:]:
        if word.startswith("--"):
            assert word in help_text


@pytest.mark.parametrize("line", imports())
def test_what_people_are_told_to_import_is_there(line: str) -> None:
    try:
        exec(line, {})
    except (ModuleNotFoundError, MissingExtra) as error:  # an extra that is missing: by its text
        _, module, _, names = line.split(" ", 3)
        missing = error if isinstance(error, ModuleNotFoundError) else error.__cause__
        assert isinstance(missing, ModuleNotFoundError), error
        assert missing.name and not missing.name.startswith("cinegenre"), error
        source = ROOT.joinpath("src", *module.split(".")).with_suffix(".py").read_text("utf-8")
        for name in names.split(", "):
            assert re.search(rf"^(def|class) {name}\b", source, re.MULTILINE), name


@pytest.mark.parametrize("name", ["audit", "evaluate", "explain", "fit", "score", "tag"])
def test_a_command_is_a_function_at_one_level(name: str) -> None:
    """`cinegenre.fit` is a package, and a name cannot be a function too."""
    home = {"tag": "library"}.get(name, name)
    function = getattr(importlib.import_module(f"cinegenre.{home}"), name)
    assert inspect.isfunction(function)
    assert f"from cinegenre.{home} import" in (ROOT / "docs" / "design.md").read_text("utf-8")


def test_the_readmes_python_runs() -> None:
    [code] = blocks(ROOT / "README.md", "python")
    assert len(code.strip().splitlines()) <= 7
    genres = run("-c", code, cwd=ROOT / "examples" / "posters")
    assert genres.startswith("['")


def test_the_page_on_predictions_runs(tmp_path: Path) -> None:
    one, *_ = blocks(ROOT / "docs" / "predict.md", "python")
    failed, scores = (line for line in run("-c", one).splitlines() if not line.startswith("['"))
    assert "film 2 has no input at all" in failed
    assert "Science Fiction" in scores
    [text] = blocks(ROOT / "docs" / "predict.md", "yaml")
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    names = GenreMap.load(path, TMDB).names
    assert {"Sci-Fi", "Action"} <= set(names)
    assert {"TV Movie", "War", "Fantasy"}.isdisjoint(names)


def test_the_page_on_predictions_runs_in_many_processes() -> None:
    pytest.importorskip("joblib")  # the core is tested without it too
    *_, many = blocks(ROOT / "docs" / "predict.md", "python")
    assert run("-c", many).strip() == "[(100, 19), (100, 19)]"


def test_the_page_on_predictions_runs_on_data_frames() -> None:
    pytest.importorskip("pandas")
    _, frames, _ = blocks(ROOT / "docs" / "predict.md", "python")
    said = run("-c", frames)
    assert said.startswith("Science Fiction Series_Title")
    assert "[Drama, Documentary]" in said


def test_the_page_on_own_genres_runs_with_scikit_learn() -> None:
    pytest.importorskip("sklearn")
    _, search = blocks(ROOT / "docs" / "fit.md", "python")
    assert run("-c", search).strip() == "['Scary' 'Funny'] [[1 1]]"


def test_the_documented_recipe_loads_and_names_every_key(tmp_path: Path) -> None:
    [text] = blocks(ROOT / "docs" / "train.md", "toml")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    recipe = load_recipe(str(path))
    assert recipe.used == ("text", "poster")
    for part in (recipe, recipe.data, recipe.model, recipe.train, recipe.inputs["text"]):
        for field in fields(part):
            assert re.search(rf"\b{field.name}\b", text), field.name


def test_the_documented_sixth_paper_loads(tmp_path: Path) -> None:
    [text] = blocks(ROOT / "docs" / "papers.md", "toml")
    path = tmp_path / "sixth.toml"
    path.write_text(text, encoding="utf-8")
    tables = read_recipe(str(path))
    for row in tables["rows"]:
        load_recipe(str(path), row=row)
    named = {tables["report"]["main"], *tables["report"]["compare"][0], *published_rows(tables)}
    assert named <= set(tables["rows"])


def test_make_run_predicts_the_examples() -> None:
    shown = run("-m", "cinegenre", "predict", "examples/films.csv")
    for title in ("The Quiet Orbit", "Voices of the River"):
        assert title in shown
    assert shown.count("✓") >= 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
