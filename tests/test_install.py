"""The cures that errors print name what this cinegenre came from."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cinegenre import MissingExtra, install
from cinegenre.install import Origin, of_direct_url, quoted, with_extra

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
GIT = {"vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT}}
WHEEL = "cinegenre-0.2.0-py3-none-any.whl"


@pytest.fixture
def came_from(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let an installer have written this beside the package (None: it came from an index)."""

    def said(found: dict[str, Any] | None) -> None:
        text = None if found is None else json.dumps(found)
        monkeypatch.setattr(install, "_is_source", lambda folder: False)
        monkeypatch.setattr(
            install, "distribution", lambda name: SimpleNamespace(read_text=lambda file: text)
        )

    return said


def words_of(cure: str) -> list[str]:
    """What the shell makes of a cure, without the Python that runs pip."""
    before, _, command = cure.partition("run: ")
    assert before == ""
    words = shlex.split(command)
    return words[words.index("install") + 1 :]


def test_a_checkout_is_installed_again_with_its_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "__file__", str(ROOT / "src" / "cinegenre" / "install.py"))
    command = ["-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[train]"]
    assert install.origin() == Origin(folder=ROOT, editable=True)
    if sys.platform != "win32":
        assert words_of(with_extra("train")) == command


@pytest.mark.parametrize("pins", [True, False])
@pytest.mark.parametrize("editable", [True, False])
def test_a_folder(tmp_path: Path, pins: bool, editable: bool) -> None:
    folder = tmp_path / "it's a folder"
    folder.mkdir()
    if pins:
        (folder / "constraints.txt").touch()
    info = {"editable": True} if editable else {}
    found = of_direct_url({"url": folder.as_uri(), "dir_info": info})
    assert found.path == folder
    assert found.requirement("data") == [
        *(["-c", str(folder / "constraints.txt")] if pins else []),
        *(["-e"] if editable else []),
        f"{folder}[data]",
    ]


@pytest.mark.parametrize(
    ("found", "requirement"),
    [
        (
            {"url": f"https://example.org/{WHEEL}", "archive_info": {"hash": "sha256=00"}},
            f"cinegenre[data] @ https://example.org/{WHEEL}",
        ),
        (
            {"url": "https://example.org/films.git", **GIT},
            f"cinegenre[data] @ git+https://example.org/films.git@{COMMIT}",
        ),
        (
            {"url": "ssh://git@example.org/films.git", "subdirectory": "genres", **GIT},
            f"cinegenre[data] @ git+ssh://git@example.org/films.git@{COMMIT}#subdirectory=genres",
        ),
        (None, "cinegenre[data]"),
    ],
)
def test_an_address_or_an_index(
    came_from: Any, found: dict[str, Any] | None, requirement: str
) -> None:
    came_from(found)
    assert words_of(str(MissingExtra("arro3-io", "data")).partition(": ")[2]) == [requirement]


def test_a_file_that_is_still_there_and_one_that_is_gone(came_from: Any, tmp_path: Path) -> None:
    path = tmp_path / WHEEL
    came_from({"url": path.as_uri(), "archive_info": {}})
    assert with_extra("data").startswith(f"put {path} back, which this cinegenre was installed")
    path.touch()
    assert words_of(with_extra("data")) == [f"cinegenre[data] @ {path.as_uri()}"]


def test_without_any_distribution_an_index_is_meant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(name: str) -> None:
        raise install.PackageNotFoundError(name)

    monkeypatch.setattr(install, "distribution", none)
    monkeypatch.setattr(install, "__file__", str(tmp_path / "src/cinegenre/install.py"))
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "theirs"\n', encoding="utf-8")
    assert install.origin() == Origin()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "cinegenre"\n', encoding="utf-8")
    assert install.origin() == Origin(folder=tmp_path, editable=True)


@pytest.mark.parametrize(
    ("found", "newer", "exactly"),
    [
        (None, "install --upgrade cinegenre", "install cinegenre==0.1.0"),
        ({"url": "https://example.org/x.git", **GIT}, "cinegenre @ git+https://example.org/x.git",
         "install cinegenre 0.1.0"),
        ({"url": "https://example.org/x.whl", "archive_info": {}}, "install a newer cinegenre",
         "install cinegenre 0.1.0"),
    ],
)  # fmt: skip
def test_another_version(
    came_from: Any, found: dict[str, Any] | None, newer: str, exactly: str
) -> None:
    came_from(found)
    assert newer in install.newer()
    assert COMMIT not in install.newer()
    assert exactly in install.exactly("0.1.0")


def test_a_checkout_is_pulled_and_a_folder_that_is_none_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "origin", lambda: Origin(folder=tmp_path, editable=True))
    assert install.newer() == "install a newer cinegenre"
    (tmp_path / ".git").mkdir()
    assert install.newer() == f"run: {quoted('git', '-C', str(tmp_path), 'pull')}"


def test_words_are_quoted_for_the_shell() -> None:
    words = ("pip", "install", "-c", "a b/c.txt", "x[train]", "x @ file:///a.whl")
    assert shlex.split(quoted(*words, windows=False)) == list(words)
    assert quoted(r"C:\Program Files\python.exe", "-m", r"C:\films[train]", windows=True) == (
        r'"C:\Program Files\python.exe" -m "C:\films[train]"'
    )
    assert quoted(r"C:\venv\python.exe", "a==1", "x @ file:///C:/a.whl", windows=True) == (
        r'C:\venv\python.exe a==1 "x @ file:///C:/a.whl"'
    )


def test_the_environment_that_runs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/an env/bin/python3")
    assert install.pip("install", "x") == "'/an env/bin/python3' -m pip install x"
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/an env/bin/{name}")
    assert install.pip("install", "x") == "python3 -m pip install x"
    assert install.instead("a", "b") == (
        "run: python3 -m pip uninstall --yes a, then: python3 -m pip install b"
    )
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    assert install.pip("install", "x") == "uv pip install --python python3 x"


def brings(extra: str, package: str) -> bool:
    for requirement in EXTRAS[extra]:
        if requirement.startswith("cinegenre["):
            named = requirement.removeprefix("cinegenre[").rstrip("]").split(",")
            if any(brings(name, package) for name in named):
                return True
        elif requirement.startswith(f"{package}>"):
            return True
    return False


def test_who_installs_torch_hears_of_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    with_torch = [extra for extra in EXTRAS if extra != "dev" and brings(extra, "torch")]
    assert sorted(install.WITH_TORCH) == sorted(with_torch)
    monkeypatch.setattr(install, "find_spec", lambda name: None if name == "torch" else name)
    monkeypatch.setattr(sys, "platform", "linux")
    assert "gigabytes of CUDA packages" in str(MissingExtra("lightning", "train"))
    assert "CUDA" not in str(MissingExtra("arro3-io", "data"))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "CUDA" not in str(MissingExtra("lightning", "train"))


def extras_named() -> set[str]:
    """The extra of every `MissingExtra(package, extra)` and `require(module, package, extra)`."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                last = node.args[-1] if node.args else None
                if node.func.id in ("MissingExtra", "require") and isinstance(last, ast.Constant):
                    found.add(last.value)
    return found


def test_every_extra_that_an_error_names_exists() -> None:
    assert {"data", "train", "serve"} <= extras_named() <= EXTRAS.keys()


def test_nothing_on_the_way_to_a_prediction_imports_it() -> None:
    code = "import sys, cinegenre.cli, cinegenre.tagger; print('cinegenre.install' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
