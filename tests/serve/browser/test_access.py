"""Everyone can use it: axe-core, the keyboard alone, small windows, colours, right to left."""

from __future__ import annotations

from typing import Any

import pytest

from ..running import poster
from .acts import GREEK, TEXT, as_file, csv_file, explain_at_once, fits, violations

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

PHONE = {"width": 360, "height": 800, "is_mobile": True, "has_touch": True}
DESKTOP = {"width": 1280, "height": 900}


# Colours do not depend on the window: each of both is looked at once, for axe takes its time.
@pytest.mark.parametrize(
    ("window", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"]
)
def test_axe_finds_nothing(open_page: Any, window: dict[str, Any], scheme: str) -> None:
    page = open_page(**window, color_scheme=scheme)
    explain_at_once(page)
    assert page.locator("html").get_attribute("data-theme") == scheme
    expect(page.locator("#foot-model")).to_contain_text("cinegenre-default")
    found = {"empty": violations(page)}
    page.click("[data-example=house]")
    expect(page.locator("#summary")).to_contain_text("in Arabic letters")
    page.fill("#overview", GREEK)
    expect(page.locator("#note")).to_be_visible()
    found["result"] = violations(page)
    page.get_by_role("switch", name="Use the companies").click()
    expect(page.locator(".comparing")).to_be_visible()
    found["switched off"] = violations(page)
    page.get_by_label("Read the text anyway").check()
    expect(page.locator("#summary")).to_contain_text("overview")
    page.locator(".why-button").first.click()
    expect(page.locator("#why mark").first).to_be_visible()
    found["why"] = violations(page)
    assert fits(page)
    page.set_input_files("#poster-file", as_file("broken.png", poster()[:40]))
    expect(page.locator("#poster-error")).not_to_be_empty()
    found["error"] = violations(page)
    page.click("#open-model")
    expect(page.locator("#model-dialog dl")).to_be_visible()
    found["model"] = violations(page)
    page.keyboard.press("Escape")
    page.click("#tab-batch")
    found["batch"] = violations(page)
    page.set_input_files("#batch-csv", csv_file(f"title,overview\nNight,{TEXT}\n,\n,No\n"))
    page.click("#batch-start")
    expect(page.locator("#batch-status")).to_contain_text("Done")
    expect(page.locator("#batch-table .tag").first).to_be_visible()
    found["batch done"] = violations(page)
    assert fits(page)
    assert {state: faults for state, faults in found.items() if faults} == {}


def test_a_film_by_keyboard_alone(page: Any) -> None:
    explain_at_once(page)
    press = page.keyboard.press
    press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press("Tab")
    expect(page.locator("#tab-film")).to_be_focused()
    for _ in range(2 + 6):  # the model, the colours; the examples
        press("Tab")
    expect(page.locator("[data-example=house]")).to_be_focused()
    press("Shift+Tab")
    press("Enter")  # the example before it
    expect(page.locator("#title")).to_have_value("The Seventh Witness")
    expect(page.locator("#summary")).to_contain_text("poster")
    walk = []
    for _ in range(24):
        press("Tab")
        walk.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    for stop in ("drop", "use-poster", "poster-remove", "title", "use-title", "companies",
                 "overview", "use-overview", "copy-json", "copy-nfo", "why-button"):  # fmt: skip
        assert stop in walk, stop
    page.focus("#use-poster")
    press("Space")
    expect(page.locator("#summary")).to_contain_text("without poster")
    page.locator(".why-button").first.focus()
    press("Enter")
    expect(page.locator("#why mark").first).to_be_visible()
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    with page.expect_file_chooser():
        page.locator("#drop").press("Enter")  # focuses it too: the page may move the focus


def test_the_skip_link_leads_to_the_content(page: Any) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#examples button").first).to_be_focused()


def test_tabs_follow_the_pattern(page: Any) -> None:
    page.focus("#tab-film")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-batch")).to_be_focused()
    expect(page.locator("#tab-batch")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel-batch")).to_be_visible()
    expect(page.locator("#panel-film")).to_be_hidden()
    page.keyboard.press("ArrowRight")  # round
    expect(page.locator("#panel-film")).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("#panel-batch")).to_be_visible()
    assert page.locator("#tab-film").get_attribute("tabindex") == "-1"
    page.keyboard.press("Home")
    expect(page.locator("#tab-film")).to_be_focused()


def test_the_colours_follow_the_system_until_one_chooses(open_page: Any) -> None:
    page = open_page(color_scheme="dark")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Dark colours").click()
    expect(html).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")


def test_a_phone_sees_the_genres_while_typing(open_page: Any) -> None:
    page = open_page(**PHONE)
    page.fill("#overview", TEXT)
    peek = page.locator("#peek")
    expect(peek).to_contain_text("Thriller")
    expect(peek).to_be_in_viewport()
    peek.click()
    expect(page.locator("#summary")).to_be_in_viewport()
    expect(peek).to_be_hidden()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_window(open_page: Any, width: int) -> None:
    page = open_page(width=width, height=800)
    page.click("[data-example=burrow]")
    expect(page.locator(".bars li").first).to_be_visible()
    assert fits(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert fits(page)
    fill, track = page.locator(".bars .fill").first, page.locator(".bars .track").first
    assert fill.bounding_box()["x"] + fill.bounding_box()["width"] == pytest.approx(
        track.bounding_box()["x"] + track.bounding_box()["width"], abs=1
    )
    page.click("#tab-batch")
    assert fits(page)


def test_motion_is_only_for_those_who_want_it(page: Any) -> None:
    page.fill("#title", "War in the trenches")
    moving = "e => getComputedStyle(e).transitionDuration"
    fill = page.locator(".fill").first
    assert fill.evaluate(moving) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert "0.3s" in fill.evaluate(moving)


def test_nothing_comes_from_another_host(open_page: Any, service: str) -> None:
    page = open_page("about:blank")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(service)
    page.click("[data-example=ridge]")
    expect(page.locator("#summary")).to_contain_text("poster")
    assert len(seen) > 20
    assert [url for url in seen if not url.startswith((service, "data:", "blob:"))] == []
