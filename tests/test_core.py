"""The core works with nothing installed but its own requirements."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cinegenre.cli.commands import COMMANDS as REGISTRY

CORE = """
import importlib, importlib.metadata as metadata, json, pkgutil, re, sys

def required(name, seen):
    if name in seen:
        return
    seen.add(name)
    for text in metadata.requires(name) or []:
        # Requirements of extras carry a marker that names the extra.
        if "extra ==" not in text:
            dependency = re.match(r"[\\w.-]+", text)[0].lower().replace("_", "-")
            try:
                metadata.version(dependency)
            except metadata.PackageNotFoundError:
                continue  # for another system
            required(dependency, seen)

core = set()
required("cinegenre", core)
blocked = {
    module
    for module, distributions in metadata.packages_distributions().items()
    if not any(d.lower().replace("_", "-") in core for d in distributions)
}

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is no requirement of the core", name=name)

sys.meta_path.insert(0, Blocker())
import cinegenre

NEEDS_AN_EXTRA = re.compile(
    r"cinegenre\\.(train\\.(?!config$|recipe$|schedule$)|export\\.(?!card$)|sweep\\.(?!axes$)"
    r"|reproduce\\.(rows|reproduce)$|serve\\.(?!settings$)|sklearn$|__main__)"
)
imported = []
for module in pkgutil.walk_packages(cinegenre.__path__, "cinegenre."):
    if not NEEDS_AN_EXTRA.match(module.name):
        importlib.import_module(module.name)
        imported.append(module.name)
from cinegenre import Movie, Tagger
[prediction] = Tagger.load(sys.argv[1]).predict([Movie(title="The Ghost")])
print(json.dumps({"imported": imported, "blocked": sorted(blocked), "genres": prediction.genres,
                  "loaded": sorted(set(sys.modules) & {"torch", "scipy", "matplotlib"})}))
"""


def test_every_core_module_imports_and_predicts_without_the_extras(bundle: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", CORE, str(bundle)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert {"torch", "matplotlib", "arro3", "sklearn", "lightning"} <= set(found["blocked"])
    assert {"cinegenre.cli", "cinegenre.data.prepare", "cinegenre.tagger.tagger"} <= set(
        found["imported"]
    )
    assert found["genres"]
    assert found["loaded"] == []


def test_importing_the_package_is_cheap() -> None:
    """`from cinegenre import Movie` loads neither onnxruntime nor numpy."""
    code = "import sys; from cinegenre import Movie; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "onnxruntime", "PIL", "tokenizers", "sentencepiece"} & set(
        run.stdout.split()
    )


POSTER = Path(__file__).parents[1] / "examples" / "posters" / "orbit.jpg"
FILM = ("--title", "The Ghost", "--overview", "A ghost is seen in the old house by the sea.",
        "--poster", str(POSTER), "--company", "A24")  # fmt: skip
TYPER = {"typer", "annotated_doc", "shellingham", "click", "colorama", "typing_extensions"}
"""It and what it needs; its older versions and those for Windows need the last three."""
MODEL = {"numpy", "onnxruntime", "tokenizers", "sentencepiece", "PIL", "stop_words"}
COMMANDS = {
    "version": (("--version",), set()),
    # rich looks for attrs where it is installed.
    "help": (("--help",), {"rich", "attr", "attrs"}),
    "predict": (("predict", *FILM), MODEL),
    "predict as JSON": (("predict", *FILM, "--json"), MODEL),
    "predict texts": (("predict", *FILM[:4]), MODEL - {"PIL"}),
}
LOADED = """
import json, sys
before = set(sys.modules)
from cinegenre.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_only_what_it_needs(name: str) -> None:
    """The command line starts fast: pydantic alone takes 0.15 s to import, torch seconds."""
    words, needs = COMMANDS[name]
    command = [sys.executable, "-c", LOADED, *words]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert run.stdout
    loaded = json.loads(run.stderr.splitlines()[-1])
    packages = {module.partition(".")[0] for module in loaded} - {"cinegenre"}
    # Cython's own modules are made by the packages that it compiled.
    strange = {name for name in packages - sys.stdlib_module_names if "cython" not in name}
    assert strange <= TYPER | needs
    ours = {module.rpartition(".")[2] for module in loaded if module.startswith("cinegenre.cli.")}
    assert ours & {module for module, _ in REGISTRY.values()} <= {words[0]}
    # These cost a command 5 to 50 ms each.
    slow = {"cinegenre.genre_map", "cinegenre.install", "cinegenre.readers", "importlib.metadata"}
    assert not slow & set(loaded)


def test_the_list_of_the_cores_tests_names_what_there_is() -> None:
    """.ci/release runs that list, and pytest runs nothing if one of its paths is not there."""
    root = Path(__file__).parents[1]
    paths = (root / "tests" / "core.txt").read_text().split()
    assert not [each for each in paths if not (root / each.removeprefix("--ignore=")).exists()]
