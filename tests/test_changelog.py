"""The version stands in one place, and the changelog tells what is in it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import cinegenre
from cinegenre import version

ROOT = Path(__file__).parents[1]
RELEASES = re.findall(
    r"^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
)


def test_the_newest_release_is_this_version() -> None:
    assert RELEASES[0][0] == cinegenre.__version__ == version.__version__


def test_releases_have_dates_and_stand_newest_first() -> None:
    assert len(RELEASES) > 1
    days = [date.fromisoformat(day) for _, day in RELEASES]
    numbers = [tuple(map(int, number.split("."))) for number, _ in RELEASES]
    assert days == sorted(days, reverse=True)
    assert numbers == sorted(set(numbers), reverse=True)
    assert all(len(number) == 3 for number in numbers)


def test_headings_are_those_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= kinds
    assert len(re.findall(r"^## ", text, re.M)) == len(RELEASES) + text.count("## [Unreleased]\n")


def test_the_version_stands_nowhere_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"] and project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "src/cinegenre/version.py"}
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"version\(['\"]cinegenre['\"]\)", text), path
        assert path.name == "version.py" or f'"{cinegenre.__version__}"' not in text, path
