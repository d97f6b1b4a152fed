"""The recipes that come with the package, and others in files: their text, before it is checked."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import UserError, unknown

_FOLDER = resources.files(__package__) / "recipes"


def recipe_names() -> list[str]:
    """The names of the recipes that come with the package."""
    files = [Path(file.name) for file in _FOLDER.iterdir()]
    return sorted(file.stem for file in files if file.suffix == ".toml")


def scores_file(name: str) -> Path:
    """A teacher's scores: those that come with a recipe of this name, else the file."""
    shipped = _FOLDER / f"{name}.npz"
    return Path(str(shipped)) if name in with_scores() else Path(name)


def with_scores() -> list[str]:
    """The names of the recipes that come with a teacher's scores."""
    return [name for name in recipe_names() if (_FOLDER / f"{name}.npz").is_file()]


def recipe_text(name: str) -> str:
    """A shipped recipe, or a TOML file by its path, as it is written."""
    if name in recipe_names():
        return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    if Path(name).suffix != ".toml":
        raise unknown("recipe", name, recipe_names())
    try:
        return Path(name).read_text(encoding="utf-8-sig")  # Notepad puts a mark before it
    except UnicodeDecodeError:
        raise UserError(f"recipe {name} is not UTF-8 text", "save it as UTF-8") from None
    except OSError as fault:
        raise UserError(
            f"recipe {name} cannot be read ({fault.strerror})", "check the path"
        ) from None


def read_recipe(name: str) -> dict[str, Any]:
    """The tables of a shipped recipe, or of a TOML file by its path."""
    try:
        return tomllib.loads(recipe_text(name))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"recipe {name} is not valid TOML ({error})", "correct that line") from None
