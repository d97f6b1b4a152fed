from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cinegenre import Tagger

from ..explain.test_explain import film, poster
from ..tiny import broken
from ..tiny.planted import GENRES, planted_bundle
from .test_cli import call, failed

EVIL = "<script>alert('x')</script> & \"ghost\""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted_bundle(tmp_path_factory.mktemp("planted") / "bundle")


class Page(HTMLParser):
    """What a page holds: its tags with attributes, and its text, outside the style sheet."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.marked: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)
        if self.open[-1:] == ["mark"]:
            self.marked.append((data, self.tags[-1][1]["class"]))


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "explain", "--help")
    assert code == 0
    assert "Example" in out


def test_a_table_on_the_terminal(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    words = ("explain", "--title", "The ghost", "--overview", "A clown [b]", "--model", model)
    code, out, err = call(capsys, *words, "--genre", "Horror", "--genre", "Comedy")
    assert (code, err) == (0, "")
    assert "✓ Comedy 0.62, decided from 0.50" in out
    assert "  Horror 0.44, decided from 0.50" in out
    assert "ghost +2.50" in out
    assert "against  clown -0.75" in out
    assert out.index("Horror") < out.index("Comedy")


def test_json(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    code, out, _ = call(capsys, "explain", "--title", "Ghost", "--model", model, "--json")
    said = json.loads(out)
    assert code == 0
    [reasons] = said["explained"].values()
    assert list(said["explained"]) == said["genres"] == ["Horror"]
    [word] = reasons["words"]
    assert word["weight"] == 2.5
    assert reasons["poster"] is None
    assert reasons["inputs"]["title"]["without"] is None


def test_a_page_that_needs_nothing_else(
    capsys: pytest.CaptureFixture[str], model: Path, tmp_path: Path
) -> None:
    (tmp_path / "poster.png").write_bytes(poster())
    out = tmp_path / "new" / "page.html"
    code, said, err = call(
        capsys, "explain", "--title", EVIL, "--overview", "شبح ghost حب", "--company", "<b>Saddle",
        "--poster", tmp_path / "poster.png", "--model", model, "--out", out,
        "--genre", "Horror", "--genre", "Western",
    )  # fmt: skip
    assert (code, said, err) == (0, f"explanation: {out}\n", "")
    assert [path.name for path in out.parent.iterdir()] == ["page.html"]
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open
    names = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe"} & set(names)
    assert names.count("img") == 3  # the poster, and a heat map for each genre
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name == "src":
                assert value is not None
                assert value.startswith("data:image/png;base64,")
            if name == "href":
                assert value is not None
                assert value.startswith("#")
    assert "http" not in text
    assert EVIL in page.texts
    assert "<b>Saddle" in [data for data, _ in page.marked]
    assert ("ghost", "for") in page.marked
    assert [tag for tag, has in page.tags if has.get("dir") == "auto"].count("p") == 4
    assert "prefers-color-scheme: dark" in text


def test_text_beyond_what_is_read_is_pale(tmp_path: Path) -> None:
    tagger = Tagger.load(planted_bundle(tmp_path / "bundle", max_tokens=3))
    text = tagger.explain(film(), ["Horror"]).page()
    assert 'class="unread"' in text
    assert (
        'class="unread"'
        not in Tagger.load(planted_bundle(tmp_path / "long", max_tokens=40))
        .explain(film(), ["Horror"])
        .page()
    )


def test_one_film_of_a_table(
    capsys: pytest.CaptureFixture[str], model: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jpg").write_bytes(broken.truncated_jpeg())
    table = tmp_path / "films.jsonl"
    rows = [
        {"id": "1", "title": "The Ghost"},
        {"id": "2", "title": [1, 2]},
        {"id": "3", "title": "The Saddle", "poster": "bad.jpg"},
    ]
    table.write_text("\n".join(map(json.dumps, rows)))
    words = ("explain", table, "--model", model)
    code, out, err = call(capsys, *words, "--id", "1", "--json")
    assert (code, err) == (0, "films.jsonl: took id, title, poster\n")
    assert json.loads(out)["id"] == "1"
    code, out, err = call(capsys, *words, "--id", "3")
    assert code == 0
    assert "bad.jpg" in err
    assert "from title" in out
    assert "title is" in failed(capsys, *words, "--id", "2")
    assert 'holds no film "4"' in failed(capsys, *words, "--id", "4")
    assert "say which with --id" in failed(capsys, *words)
    one = tmp_path / "one.csv"
    one.write_text("title\nGhost\n")
    assert call(capsys, "explain", one, "--model", model)[0] == 0


def test_bad_input_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], model: Path, tmp_path: Path
) -> None:
    text = tmp_path / "poster.jpg"
    text.write_text("no picture")
    words = ("explain", "--model", model)
    said = failed(capsys, *words, "--title", "x", "--genre", "Horor")
    assert "did you mean 'Horror'" in said
    assert all(genre in said for genre in GENRES)
    assert "no input at all" in failed(capsys, *words)
    assert "without FILE" in failed(capsys, *words, "--title", "x", "--id", "1")
    assert "give one of the two" in failed(capsys, *words, "films.csv", "--title", "x")
    out = tmp_path / "page.html"
    for more in ((), ("--title", "x")):
        assert "is text" in failed(capsys, *words, *more, "--poster", text, "--out", out)
    assert not out.exists()
