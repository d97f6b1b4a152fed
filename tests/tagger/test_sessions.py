"""ONNX files are opened once, with their weights left in the file where that saves memory."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from cinegenre import Movie, Tagger
from cinegenre.errors import UserError
from cinegenre.tagger import mapped, sessions
from cinegenre.tagger.bundle_folder import default_folder, read_bundle
from cinegenre.tagger.mapped import without_weights
from cinegenre.tagger.sessions import Sessions

SHIPPED = default_folder()
ENCODERS = sorted(SHIPPED.glob("encoder-*.onnx"))
MAPPED = {"encoder-text.onnx", "encoder-languages.onnx"}
"""Those of the shipped files that are nearly all 8-bit weights."""
KINDS = {"tensor(int64)": np.int64, "tensor(uint8)": np.uint8}
FILM = Movie(title="The Long Orbit", overview="A crew wakes too early in deep space.")


def output(session: onnxruntime.InferenceSession) -> np.ndarray:
    """What a session says of made-up numbers."""
    [entry] = session.get_inputs()
    shape = [{"batch": 1, "length": 9}.get(axis, axis) for axis in entry.shape]
    numbers = np.random.default_rng(0).integers(3, 200, shape)
    return np.asarray(session.run(None, {entry.name: numbers.astype(KINDS[entry.type])})[0])


def read_whole(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options)


@pytest.mark.parametrize("path", ENCODERS, ids=lambda path: path.stem)
def test_a_session_says_the_same_as_of_the_file_read_whole(path: Path) -> None:
    light = without_weights(path)
    assert (light is not None) == (path.name in MAPPED)
    assert light is None or len(light) < 400_000
    session = Sessions(read_bundle(SHIPPED), "cpu").get(path)
    assert np.array_equal(output(session), output(read_whole(path)))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the shipped bundle in a folder with a space and an umlaut."""
    return shutil.copytree(SHIPPED, tmp_path / "ein Bündel")


def test_files_that_are_symlinks_out_of_the_bundle(bundle: Path, tmp_path: Path) -> None:
    """So does the cache of Hugging Face's hub keep them."""
    (tmp_path / "blobs").mkdir()
    for number, name in enumerate(sorted(MAPPED)):
        blob = (bundle / name).rename(tmp_path / "blobs" / str(number))
        try:
            (bundle / name).symlink_to(blob)
        except OSError:  # Windows without the right to make links
            shutil.copy(blob, bundle / name)
    [film], [usual] = (Tagger.load(each).predict([FILM]) for each in (bundle, SHIPPED))
    assert film.scores == usual.scores


@pytest.mark.parametrize("left", [0, 1, 1000, 5_000_000], ids="{} bytes".format)
@pytest.mark.parametrize("threads", [1, 4])
def test_a_file_that_is_cut_off_is_told(bundle: Path, left: int, threads: int) -> None:
    cut = bundle / "encoder-languages.onnx"
    cut.write_bytes(cut.read_bytes()[:left])
    assert without_weights(cut) is None
    tagger = Tagger.load(bundle, threads=threads)
    with pytest.raises(UserError, match=r"encoder-languages\.onnx is not an ONNX model"):
        list(tagger.predict([FILM]))


@pytest.mark.parametrize("at", range(0, 3000, 97))
def test_no_broken_file_ends_in_another_error(bundle: Path, at: int) -> None:
    broken = bundle / "encoder-text.onnx"
    content = bytearray(broken.read_bytes())
    content[at : at + 3] = b"\xff\xff\xff"
    broken.write_bytes(content)
    try:
        Sessions(read_bundle(bundle), "cpu").get(broken)
    except UserError as error:
        assert "is not an ONNX model" in str(error)


def test_a_file_of_one_endless_number_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "encoder-text.onnx"
    path.write_bytes(b"\xff" * 20_000_000)
    assert without_weights(path) is None


@pytest.mark.parametrize("name", [b"b\xfcndel", b"x" * 200 + b"/" + b"y" * 250 + b"/" + b"z" * 250
                                  + b"/" + b"a" * 250 + b"/" + b"b" * 100])  # fmt: skip
def test_folders_that_onnxruntime_cannot_be_told(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    try:
        folder.mkdir(parents=True)
    except OSError:
        pytest.skip("this system has no such names")
    shutil.copy(SHIPPED / "encoder-text.onnx", folder)
    assert without_weights(folder / "encoder-text.onnx") is None
    try:
        Sessions(read_bundle(SHIPPED), "cpu").get(folder / "encoder-text.onnx")
    except UserError as error:
        assert "is not an ONNX model" in str(error)


def test_no_file_that_is_open_is_mapped_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped.sys, "platform", "win32")
    assert without_weights(SHIPPED / "encoder-text.onnx") is None


def test_weights_of_32_bits_are_not_mapped(bundle: Path) -> None:
    config = json.loads((bundle / "config.json").read_text("utf-8"))
    (bundle / "config.json").write_text(json.dumps(config | {"weights": "float32"}))
    opened = Sessions(read_bundle(bundle), "cpu").get(bundle / "encoder-text.onnx")
    assert np.array_equal(output(opened), output(read_whole(SHIPPED / "encoder-text.onnx")))


def test_a_file_is_opened_once_however_many_threads_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    usual = onnxruntime.InferenceSession
    monkeypatch.setattr(
        onnxruntime, "InferenceSession", lambda *a, **k: made.append(a) or usual(*a, **k)
    )
    opened = Sessions(read_bundle(SHIPPED), "cpu")
    opened.open_ahead(ENCODERS, threads=4)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(opened.get, ENCODERS * 4))
    assert len(made) == len(ENCODERS) == len({id(session) for session in got})
    opened.open_ahead(ENCODERS, threads=4)
    assert opened.opened == set(ENCODERS) and len(made) == len(ENCODERS)


def test_one_thread_opens_nothing_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a thread was started")

    monkeypatch.setattr(sessions, "ThreadPoolExecutor", refused)
    opened = Sessions(read_bundle(SHIPPED), "cpu")
    opened.open_ahead(ENCODERS, threads=1)
    assert not opened.opened
    list(Tagger.load(threads=1).predict([FILM]))
