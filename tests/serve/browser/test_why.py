"""Why: words, the heat map, what the inputs do."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ..running import poster
from .acts import as_file, explain_at_once, explanation, fail

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
draw_page = import_module("examples.draw_page")  # needs playwright


def test_the_models_own_reasons(page: Any) -> None:
    seen: list[Any] = []
    page.on("request", lambda request: seen.append(request) if "explain" in request.url else None)
    page.click("[data-example=orbit]")
    expect(page.locator("#summary")).to_contain_text("poster")
    page.get_by_role("button", name="Why? Science Fiction").click()
    why = page.locator("#why")
    expect(why.locator("mark.for").first).to_be_visible(timeout=120_000)
    expect(why.get_by_role("heading", name="Why Science Fiction?")).to_be_visible()
    expect(why).to_contain_text("decided (from")
    expect(why.locator(".top-words").first).to_contain_text("Most for it:")
    expect(why.locator(".effects tbody th")).to_have_text(
        ["title", "overview", "companies", "poster"]
    )
    expect(why.locator(".heat canvas")).to_be_visible()
    coloured = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, i) => i % 4 === 3 && value > 60);
    }"""
    assert why.locator(".heat canvas").evaluate(coloured)
    why.get_by_role("button", name="Thriller").click()
    expect(why.get_by_role("heading", name="Why Thriller?")).to_be_visible()
    assert len(seen) == 1  # all genres came at once


def test_words_are_marked_where_they_stand(page: Any) -> None:
    explain_at_once(page)
    page.fill("#title", "👩‍🚀🎬 Orbit سلام")
    page.fill("#overview", "One two three.")
    page.locator("#companies").press_sequentially("Casa Azul,")
    page.locator(".why-button").first.click()
    why = page.locator("#why")
    expect(why.locator("mark")).to_have_text(
        ["Orbit+ (for)", "سلام− (against)", "One+ (for)", "two− (against)", "Casa Azul+ (for)"]
    )
    expect(why.locator("mark.against").first).to_have_attribute("title", "−0.40")
    style = "e => getComputedStyle(e).textDecorationStyle"
    assert why.locator("mark.for").first.evaluate(style) == "solid"
    assert why.locator("mark.against").first.evaluate(style) == "dotted"
    assert why.locator("p[dir=auto]").first.inner_text().startswith("👩‍🚀🎬 Orbit")
    expect(why.locator(".effects tbody tr").first).to_contain_text("+20")
    expect(why.locator(".heat")).to_have_count(0)


def test_it_closes_and_gives_the_focus_back(page: Any) -> None:
    explain_at_once(page)
    page.fill("#title", "War in the trenches")
    button = page.locator(".why-button").first
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.locator("#why").get_by_role("button", name="Close").click()
    expect(page.locator("#why")).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    page.click("[data-example=porto]")
    expect(page.locator("#why")).to_be_hidden()


def test_it_follows_the_film(page: Any) -> None:
    seen = explain_at_once(page)
    page.fill("#title", "War in the trenches")
    page.fill("#overview", "Soldiers wait for the whistle.")
    page.locator(".why-button").first.click()
    expect(page.locator("#why mark").first).to_be_visible()
    page.get_by_role("switch", name="Use the overview").click()
    expect(page.locator("#why .effects tbody th")).to_have_text(["title"])
    assert "overview" in seen[0] and "overview" not in seen[-1]


def test_a_busy_service_is_asked_again(page: Any) -> None:
    seen: list[int] = []

    def answer(route: Any) -> None:
        seen.append(1)
        if len(seen) == 1:
            return fail(route, 429, "busy", message="4 explanations wait already", retry_after=1)
        return route.fulfill(json=explanation(route.request.post_data_json))

    page.route("**/v1/explain", answer)
    page.fill("#title", "War in the trenches")
    page.locator(".why-button").first.click()
    expect(page.locator("#why")).to_contain_text("explanations wait already")
    expect(page.locator("#why mark").first).to_be_visible()


def test_the_heat_map_goes_over_the_poster_and_off_again(page: Any) -> None:
    explain_at_once(page)
    page.set_input_files("#poster-file", as_file("red.png", poster("red", (120, 180))))
    page.locator(".why-button").first.click()
    canvas = page.locator("#why .heat canvas")
    expect(canvas).to_be_visible()
    expect(page.locator("#why figcaption")).to_contain_text("Most for it: upper left")
    at = "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]"
    orange = canvas.evaluate(at, [4, 4])
    assert orange[0] > 200 and orange[2] < 40 and orange[3] > 150
    assert canvas.evaluate(at, [100, 170])[3] == 0
    page.get_by_label("Heat map").uncheck()
    expect(canvas).to_be_hidden()


def test_a_poster_that_only_the_service_can_read(page: Any) -> None:
    seen = explain_at_once(page)
    tiff = poster("red", (120, 180), "TIFF")
    page.set_input_files("#poster-file", as_file("red.tif", tiff, "image/tiff"))
    expect(page.locator("#drop")).to_contain_text("red.tif: no preview here")
    expect(page.locator("#summary")).to_contain_text("from poster")
    page.locator(".why-button").first.click()
    expect(page.locator("#why .heat img")).to_be_visible()
    assert seen[-1]["heat_map"] is True and len(seen[-1]["genres"]) == 1


def test_the_picture_in_the_docs_can_be_taken(page: Any, tmp_path: Path) -> None:
    draw_page.photograph(page, tmp_path / "page.png")
    with Image.open(tmp_path / "page.png") as picture:
        assert picture.width >= 1000 and picture.height > picture.width
