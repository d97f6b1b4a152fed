"""The parts of the benchmarks of speed: the processor, what runs, the films, the bare script."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import cpu
from benchmarks.bundles import encoders_run, head_file, read_config
from benchmarks.common import timed
from benchmarks.older import Older
from benchmarks.predict import LARGE, LOOPS, named, read_films, turns, write_films
from benchmarks.startup import SHIPPED, floor
from cinegenre import Movie, Tagger

from ..tiny.planted import planted_bundle


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("fpu sse4_2 avx avx2 fma vaes", "AVX2"),
        ("avx2 avx512f avx512_vnni avx512_bf16 amx_tile amx_int8 amx_bf16",
         "AVX2, AVX-512, AVX-512 VNNI, AVX-512 BF16, AMX INT8, AMX BF16"),
        ("avx2 avx_vnni", "AVX2, AVX-VNNI"),
        ("fp asimd asimddp sve i8mm bf16", "NEON, DotProd, I8MM, BF16, SVE"),
        ("AdvSIMD FEAT_DotProd FEAT_I8MM FEAT_BF16", "NEON, DotProd, I8MM, BF16"),
        ("AVX1.0 AVX2", "AVX2"),
        ("", "not told"),
    ],
)  # fmt: skip
def test_instructions_have_one_name_on_every_system(flags: str, said: str) -> None:
    assert cpu.named(flags.split()) == said


@pytest.mark.parametrize(
    ("text", "model", "said"),
    [
        ("model name\t: AMD EPYC\nflags\t\t: fpu avx2\nflags\t\t: fpu avx2\n", "AMD EPYC", "AVX2"),
        ("processor\t: 0\nFeatures\t: fp asimd asimddp\n", None, "NEON, DotProd"),
    ],
)
def test_linux_tells_them(
    text: str, model: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "_cpuinfo", text.splitlines)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert cpu.instructions() == said
    assert model is None or cpu.model() == model


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"hw.optional": "hw.optional.AdvSIMD: 1\nhw.optional.arm.FEAT_DotProd: 1\n"
                         "hw.optional.arm.FEAT_BF16: 0\n"}, "NEON, DotProd"),
        ({"machdep.cpu.leaf7_features": "RDWRFSGS AVX2 BMI2\n"}, "AVX2"),
        ({}, "not told"),
    ],
)  # fmt: skip
def test_macos_tells_them(told: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_cpuinfo", list)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr(cpu, "_sysctl", lambda *words: told.get(words[-1], ""))
    assert cpu.instructions() == said


def test_the_encoders_that_run_are_those_that_the_tagger_runs(tmp_path: Path) -> None:
    tagger = Tagger.load(SHIPPED)
    config = read_config(SHIPPED)
    films = [Movie(title="Orbit"), Movie(companies=("Hammer",)), Movie(overview="A ghost.")]
    for film in films:
        ran = tagger.runtime.encode([film]).present[0]
        names = [name for name, has in zip(tagger.bundle.inputs, ran, strict=True) if has]
        assert encoders_run(config, film.inputs) == names
    assert encoders_run(config, ["poster"]) == ["poster_lite0", "poster_lite2"]
    with_text = ["text", "words", "languages", "poster_lite0"]
    assert encoders_run(config, ["poster", "overview"]) == with_text
    assert head_file(config) == head_file({"head": {"base": {"file": "head.onnx"}}}) == "head.onnx"


def test_the_bare_script_runs_a_films_encoders_and_the_head(tmp_path: Path) -> None:
    bundle = planted_bundle(tmp_path / "bundle")
    script, *files = floor(bundle)
    assert [Path(file).name for file in files] == [
        "encoder-text.onnx", "encoder-poster.onnx", "head.onnx",
    ]  # fmt: skip
    timed([sys.executable, script, *files])


def test_films_are_written_with_posters_as_they_are_or_larger(data: Path, tmp_path: Path) -> None:
    assert write_films(data, tmp_path / "small", 2) == 2
    assert write_films(data, tmp_path / "large", 3, (500, 750)) == 3
    films = read_films(tmp_path / "large", 4)
    assert films[0] == films[3]
    small = read_films(tmp_path / "small", 1)[0]
    for film in films:
        with Image.open(str(film["poster"])) as image:
            assert (image.format, image.size) == ("JPEG", (500, 750))
    assert {**small, "poster": None} == {**films[0], "poster": None}
    with Image.open(str(small["poster"])) as image:
        assert image.size != (500, 750)


def test_an_older_version_has_a_turn_after_each_of_ours(tmp_path: Path) -> None:
    older = Older("1fdafbb", "tiny 1", tmp_path / "src")
    commands = turns(tmp_path, SHIPPED, tmp_path, older)
    ours = ["ours", *map(named, LARGE)]
    assert list(commands) == [each for key in ours for each in (key, f"{key} before")] + [*LOOPS]
    for key in ours:
        (mine, here), (theirs, there) = commands[key], commands[f"{key} before"]
        assert mine == [*theirs, "--model", str(SHIPPED)]
        assert (here, there) == (None, tmp_path / "src")
    assert set(turns(tmp_path, SHIPPED, tmp_path, None)) == {*ours, *LOOPS}


def test_one_script_measures_every_version(data: Path, tmp_path: Path) -> None:
    write_films(data, tmp_path / "films", 2)
    bundle = planted_bundle(tmp_path / "bundle")
    command, _ = turns(tmp_path / "films", bundle, tmp_path, None)["ours"]
    command[command.index("--films") + 1] = "4"
    assert json.loads(timed(command).output)["films_per_second"] > 0
