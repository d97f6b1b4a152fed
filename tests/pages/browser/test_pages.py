"""Every page we write, in a browser: axe-core finds nothing, it fits a phone, asks for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cinegenre import Movie, Tagger
from cinegenre.audit import audit
from cinegenre.evaluate.report import PICTURES, write_report
from cinegenre.evaluate.result import Result
from cinegenre.reproduce.report import write_report as write_paper
from cinegenre.score.review import Candidate, as_entry
from cinegenre.score.sheet import HTML, write_sheets

from ...audit.test_audit import spoilt, told
from ...evaluate.test_plots import scored
from ...evaluate.test_report import result_of
from ...explain.test_explain import film, poster
from ...reproduce.made import outcome
from ...serve.browser.acts import fits, violations
from ...tiny.planted import planted_bundle

pytestmark = pytest.mark.browser


def report(out: Path) -> Path:
    plots = [out / f"{name}.png" for name in PICTURES]
    for plot in plots:
        plot.write_bytes(poster(20))
    write_report(out, Result.from_dict(result_of(scored())), plots)
    return out / "report.html"


def paper(out: Path) -> Path:
    write_paper(outcome(), out)
    return out / "report.html"


def explanation(out: Path) -> Path:
    tagger = Tagger.load(planted_bundle(out / "bundle"), threads=1)
    (out / "page.html").write_text(tagger.explain(film(), tagger.genres).page(), encoding="utf-8")
    return out / "page.html"


def suspects(out: Path) -> Path:
    films, _, _ = spoilt(told())
    films[5:40] = [replace(each, poster=poster()) for each in films[5:40]]
    found = audit(films, model=planted_bundle(out / "bundle"), keep=False)
    (out / "page.html").write_text(found.page(12), encoding="utf-8")
    return out / "page.html"


def review(out: Path) -> Path:
    tagger = Tagger.load(planted_bundle(out / "bundle"), threads=1)
    films = [film(), Movie(id="x" * 200, title="y" * 300)]
    entries = [
        as_entry(Candidate(number=i, film=each, prediction=said, existing=(), doubt=1.0,
                           disagreement=0.2, conflict=0.3, clash=("Horror by the poster",)))
        for i, (each, said) in enumerate(zip(films, tagger.predict(films), strict=True))
    ]  # fmt: skip
    write_sheets(out, entries, tagger.name)
    return out / HTML


PAGES: dict[str, Callable[[Path], Path]] = {
    "report": report, "paper": paper, "explanation": explanation, "suspects": suspects,
    "review": review,
}  # fmt: skip
# Colours do not depend on the window: each of both is looked at once, for axe takes its time.
WINDOWS = {"phone": (360, 800, "dark"), "desktop": (1280, 900, "light")}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in PAGES.items()}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_read_it(
    browser: Any, written: dict[str, Path], name: str, window: str
) -> None:
    width, height, scheme = WINDOWS[window]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(written[name].as_uri())
    assert violations(page) == []
    assert fits(page)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
