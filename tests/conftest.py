"""A tiny data set, a run trained on it and its bundle, made once a test session."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from .quick import exports, intervals, pictures
from .tiny.films import films, write_the_movies_dataset

if TYPE_CHECKING:
    from cinegenre.data.dataset import PreparedSet

# A test process a core runs beside others: threads that wait for each other cost many times what
# they save. Set before torch is imported, and handed on to the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SMALL = (
    "data.taxonomy=tmdb",
    "data.need=[]",
    "inputs.text.fields=['title','overview']",
    "inputs.text.vocabulary=300",
    "inputs.poster.height=32",
    "inputs.poster.width=32",
    "encoders.text.embedding=32",
    "encoders.text.units=32",
    "encoders.text.layers=1",
    "encoders.text.dropout=0.0",
    "encoders.poster.filters=[8,16]",
    "encoders.poster.out=16",
    "encoders.poster.dropout=0.0",
    "model.hidden=[32]",
    "model.dropout=0.0",
    "model.modality_dropout=0.3",
    "train.batch_size=16",
    "train.learning_rate=1e-2",
    "train.epochs=14",
)
"""Overrides that make the slides' recipe fast enough for tests.

It learns text and poster, each alone too, whatever the seed and the precision: two layers, or text
and poster always together, leave the text unread as often as not.
"""


def pytest_configure(config: pytest.Config) -> None:
    """All tests need the dev extra; a screen of import errors would not say so."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS and find_spec("torch") is None:
        raise pytest.UsageError(
            "not all that the tests need is installed: run: "
            "pip install -c constraints.txt -e '.[dev]', or the core's tests alone: "
            "python -m pytest @tests/core.txt"
        )


def pytest_collection() -> None:
    """What collecting imports stays: a million objects that need not be looked at for garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Ctrl-C means the same in every test and in what it starts.

    A shell has its background jobs ignore it, and Lightning does from its first one on.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def quick() -> Iterator[None]:
    """Exports, evaluations and trainings in less time, for tests of what is not spared."""
    with pytest.MonkeyPatch.context() as patch:
        for spare in (exports, intervals, pictures):
            spare(patch)
        gc.freeze()
        yield


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Movies Dataset's layout with 240 tiny films."""
    folder = tmp_path_factory.mktemp("source")
    write_the_movies_dataset(folder, films(240))
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Those films as a prepared data set."""
    from cinegenre.data.prepare import prepare

    out = tmp_path_factory.mktemp("prepared") / "data"
    prepare(
        "the_movies_dataset",
        source / "movies_metadata.csv",
        out,
        posters=source / "posters",
        proportions=(0.6, 0.2, 0.2),
    )
    return out


@pytest.fixture(scope="session")
def prepared(data: Path) -> PreparedSet:
    """That data set, opened."""
    from cinegenre.data.dataset import PreparedSet

    return PreparedSet.open(data)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy of the folder `name`, which the first test process that needs it makes for all."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(base / f"{name}.lock"):
        if not (base / name).exists():
            staged = factory.mktemp(name) / name
            make(staged)
            staged.rename(base / name)
    return shutil.copytree(base / name, factory.mktemp(name) / name)


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedSet) -> Path:
    """A small joined model trained on them."""

    def make(out: Path) -> None:
        from cinegenre.train.loop.train import train
        from cinegenre.train.recipe import load_recipe

        train(load_recipe("cnn_lstm_slides", overrides=SMALL), prepared, out)

    return made_once(tmp_path_factory, "run", make)


@pytest.fixture(scope="session")
def bundle(
    tmp_path_factory: pytest.TempPathFactory, run: Path, prepared: PreparedSet, quick: None
) -> Path:
    """That model's bundle."""

    def make(out: Path) -> None:
        from cinegenre.export.export import export

        export(run, out, data=prepared, torch_weights=True)

    return made_once(tmp_path_factory, "tiny", make)
