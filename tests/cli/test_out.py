"""Every command that writes a folder looks at once whether there can be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.cli.commands import COMMANDS, whole

from .test_cli import failed

TABLE = str(Path(__file__).parents[2] / "examples" / "films.csv")
WORDS = {
    "fit": ["{table}"],
    "train": ["cnn_lstm_slides", "--data", "{data}"],
    "export": ["{run}"],
    "convert": ["{bundle}", "--data", "{data}"],
    "join": ["{bundle}", "{bundle}", "--data", "{data}"],
    "evaluate": ["{bundle}", "--data", "{data}"],
    "reproduce": ["dave", "--data", "{data}"],
    "score": ["{table}"],
    "sweep": ["dave", "--data", "{data}", "--try", "seed=1,2"],
    "rate": ["dave", "--data", "{data}"],
    "data prepare": ["table", "{table}"],
    "data posters": ["{table}"],
    "data describe": ["{data}"],
}
"""What each of these commands needs besides --out."""


def with_a_folder() -> set[str]:
    """The commands whose --out is a folder, by the word that stands for it in the help."""
    names = [name.split() for name in COMMANDS if name != "data"]
    commands = {" ".join(name): whole(name[0]) for name in names}
    commands |= {f"data {name}": each for name, each in whole("data").commands.items()}
    return {
        name
        for name, command in commands.items()
        for option in command.params
        if "--out" in option.opts and option.metavar in ("DIR", "RUN", "BUNDLE", "REPORT")
    }


def test_all_of_them_are_known() -> None:
    assert with_a_folder() == set(WORDS)


@pytest.mark.parametrize("command", WORDS)
def test_a_file_in_its_place_stays(
    command: str, bundle: Path, run: Path, data: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TMDB_API_KEY", "0" * 32)
    place = tmp_path / "place"
    place.write_text("mine")
    given = {"table": TABLE, "data": data, "run": run, "bundle": bundle}
    words = [word.format(**given) for word in WORDS[command]]
    said = failed(capsys, *command.split(), *words, "--out", str(place))
    assert f"{place} is a file: name a " in said
    assert place.read_text() == "mine" and [*tmp_path.iterdir()] == [place]
