"""One film: every way in, the bars, and what goes back out."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from ..running import poster
from .acts import GREEK, TEXT, as_file, asked, hand_over, listen, sent_picture

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect


def percent(p: float) -> str:
    return "<1 %" if 0 < p < 0.005 else f"{round(p * 100)} %"


def test_typing_gives_bars_with_thresholds(page: Any, service: str) -> None:
    page.fill("#overview", TEXT)
    said = httpx.post(f"{service}/v1/predict", json={"overview": TEXT}, timeout=120).json()
    first = page.locator(".bars li").first
    expect(first).to_have_attribute("data-genre", said["genres"][0])
    decided = page.locator(".bars li.decided")
    expect(decided).to_have_count(len(said["genres"]))
    expect(first.locator(".name")).to_contain_text("✓")  # not by colour alone
    for genre in said["genres"]:
        row = page.locator(f'.bars li[data-genre="{genre}"]')
        expect(row.locator(".chance")).to_have_text(percent(said["scores"][genre]))
        assert row.locator(".tick").evaluate("e => e.style.insetInlineStart") == (
            f"{said['thresholds'][genre] * 100:g}%"
        )
        expect(row.locator(".name")).to_contain_text(
            f"decided, from {percent(said['thresholds'][genre])}"
        )
    expect(page.locator("#summary")).to_contain_text("from overview")
    expect(page.locator(".bars li")).to_have_count(8)
    page.click("#more")
    expect(page.locator(".bars li")).to_have_count(19)


def test_the_model_is_not_asked_for_every_key(page: Any) -> None:
    requests = listen(page)
    page.locator("#overview").press_sequentially(TEXT, delay=15)
    expect(page.locator("#summary")).to_contain_text("from overview")
    bodies = asked(requests, "/v1/predict")
    assert len(bodies) <= 5 and bodies[-1]["overview"] == TEXT


def test_a_slow_answer_does_not_replace_a_newer_one(page: Any) -> None:
    held: list[Any] = []

    def answer(route: Any) -> None:
        body = json.loads(route.request.post_data)
        if body["title"] == "slow":
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/predict", answer)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    with page.expect_request("**/v1/predict"):
        page.fill("#title", "slow")
    page.fill("#title", "War in the trenches")
    expect(page.locator(".bars li").first).to_be_visible()
    before = page.locator("#bars").inner_text()
    assert failed == ["net::ERR_ABORTED"]
    held[0].fulfill(json={"genres": ["Music"], "scores": {"Music": 1}, "thresholds": {"Music": 0.5},
                          "inputs": ["title"], "model": "m"})  # fmt: skip
    page.wait_for_timeout(200)
    assert page.locator("#bars").inner_text() == before


@pytest.mark.parametrize("way", ["choose", "photograph", "drop", "paste"])
def test_a_poster_comes_in(page: Any, way: str) -> None:
    data = poster("darkred", (200, 300))
    if way in ("drop", "paste"):
        hand_over(page, way, "#main", "dark.png", data, "image/png")
    else:
        field = "#poster-file" if way == "choose" else "#poster-photo"
        page.set_input_files(field, as_file("dark.png", data))
    expect(page.locator("#poster-image")).to_be_visible()
    expect(page.locator("#summary")).to_contain_text("from poster")
    page.click("#poster-remove")
    expect(page.locator("#poster-image")).to_be_hidden()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#drop")).to_be_focused()


def test_the_photograph_opens_the_camera_on_a_phone(open_page: Any) -> None:
    phone = open_page(width=360, height=800, has_touch=True, is_mobile=True)
    expect(phone.locator("#photo")).to_be_visible()
    assert phone.get_attribute("#poster-photo", "capture") == "environment"
    with phone.expect_file_chooser() as chosen:
        phone.click("#photo")
    assert chosen.value.element.get_attribute("id") == "poster-photo"


def test_a_large_poster_is_shrunk_before_it_is_sent(page: Any) -> None:
    requests = listen(page)
    page.set_input_files("#poster-file", as_file("big.png", poster("teal", (2000, 3000))))
    expect(page.locator("#summary")).to_contain_text("from poster")
    [body] = asked(requests, "/v1/predict")
    width, height = sent_picture(body).size
    assert width * height <= 1_010_000
    assert width / height == pytest.approx(2 / 3, abs=0.01)


def test_a_small_poster_is_sent_as_it_is(page: Any) -> None:
    requests = listen(page)
    data = poster("teal", (100, 150))
    page.set_input_files("#poster-file", as_file("small.png", data))
    expect(page.locator("#summary")).to_contain_text("from poster")
    [body] = asked(requests, "/v1/predict")
    assert sent_picture(body).format == "PNG"


def test_companies_are_added_and_taken_away_by_keys(page: Any) -> None:
    requests = listen(page)
    field, chips = page.locator("#companies"), page.locator("#companies-chips li")
    field.press_sequentially("Casa Azul")
    field.press("Enter")
    field.press_sequentially("Northlight Pictures,")
    field.press_sequentially("Casa Azul,")  # twice is once
    expect(chips).to_have_count(2)
    expect(page.locator("#summary")).to_contain_text("from companies")
    assert asked(requests, "/v1/predict")[-1]["companies"] == ["Casa Azul", "Northlight Pictures"]
    field.press("Backspace")
    expect(chips).to_have_count(1)
    page.get_by_role("button", name="remove Casa Azul").press("Enter")
    expect(chips).to_have_count(0)
    expect(field).to_be_focused()
    expect(page.locator("#empty")).to_be_visible()


def test_an_input_that_is_switched_off_shows_what_changes(page: Any, service: str) -> None:
    page.fill("#title", "Ghost Wedding")
    page.fill("#overview", TEXT)
    expect(page.locator("#summary")).to_contain_text("from title and overview")
    expect(page.locator("#use-poster")).to_be_hidden()  # there is none to switch off
    page.get_by_role("switch", name="Use the overview").click()
    expect(page.locator("#summary")).to_contain_text("from title, without overview")
    ask = {"title": "Ghost Wedding"}
    now = httpx.post(f"{service}/v1/predict", json=ask, timeout=120).json()
    all_of_it = ask | {"overview": TEXT}
    before = httpx.post(f"{service}/v1/predict", json=all_of_it, timeout=120).json()
    genre = max(now["scores"], key=lambda name: abs(now["scores"][name] - before["scores"][name]))
    if not page.locator(f'.bars li[data-genre="{genre}"]').count():
        page.click("#more")
    row = page.locator(f'.bars li[data-genre="{genre}"]')
    difference = round((now["scores"][genre] - before["scores"][genre]) * 100)
    expect(row.locator(".delta")).to_contain_text(f"{difference:+d}".replace("-", "−"))
    expect(row.locator(".ghost")).to_be_visible()
    width = row.locator(".ghost").evaluate("e => parseFloat(e.style.inlineSize)")
    assert width == pytest.approx(before["scores"][genre] * 100, abs=0.01)
    page.get_by_role("switch", name="Use the title").click()
    expect(page.locator("#empty")).to_contain_text("Every input is switched off")
    page.get_by_role("switch", name="Use the title").click()
    page.get_by_role("switch", name="Use the overview").click()
    expect(page.locator("#summary")).to_contain_text("from title and overview.")
    expect(page.locator(".ghost:visible")).to_have_count(0)


def test_examples_fill_the_form_with_one_click(page: Any) -> None:
    buttons = page.locator("#examples button")
    assert buttons.count() >= 4
    buttons.first.click()
    expect(page.locator("#summary")).to_contain_text("title, overview, companies and poster")
    expect(page.locator("#summary")).to_contain_text("Science Fiction")
    page.click("#clear")
    expect(page.locator("#title")).to_have_value("")
    expect(page.locator("#bars li")).to_have_count(0)


def test_right_to_left_text_and_the_language_note(page: Any) -> None:
    requests = listen(page)
    page.click("[data-example=house]")
    expect(page.locator("#summary")).to_contain_text("in Arabic letters")
    expect(page.locator("#note")).to_be_hidden()
    for field in ("#title", "#overview", "#companies-chips li span"):
        direction = page.locator(field).first.evaluate("e => getComputedStyle(e).direction")
        assert direction == "rtl"
    page.fill("#overview", GREEK)
    expect(page.locator("#note")).to_contain_text("Greek")
    expect(page.locator("#summary")).to_contain_text("from companies and poster")
    page.get_by_label("Read the text anyway").check()
    expect(page.locator("#summary")).to_contain_text("title, overview")
    assert asked(requests, "/v1/predict")[-1]["any_language"] is True
    page.get_by_label("Read the text anyway").uncheck()
    expect(page.locator("#summary")).to_contain_text("from companies and poster")


def test_copies(open_page: Any) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.fill("#overview", TEXT)
    page.click("#copy-nfo")
    expect(page.locator("#copied")).to_have_text("Copied.")
    genres = page.locator(".bars li.decided").evaluate_all("all => all.map(e => e.dataset.genre)")
    tags = page.evaluate("navigator.clipboard.readText()")
    assert tags == "".join(f"<genre>{genre}</genre>\n" for genre in genres)
    page.click("#copy-json")
    expect(page.locator("#copy-json")).to_have_text("Copied ✓")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["genres"] == genres and len(copied["scores"]) == 19


def test_copying_works_without_the_clipboard_api(page: Any) -> None:
    """As on a page of another host without TLS."""
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.fill("#overview", TEXT)
    page.click("#copy-nfo")
    expect(page.locator("#copied")).to_have_text("Copied.")
    page.fill("#title", "")
    page.focus("#title")
    page.keyboard.press("Control+V")
    assert page.input_value("#title").startswith("<genre>")


def test_nfo_tags_are_escaped(page: Any) -> None:
    tags = page.evaluate(
        "async () => (await import('/static/copy.js')).asNfo({genres: ['R&B <live>']})"
    )
    assert tags == "<genre>R&amp;B &lt;live&gt;</genre>\n"


def test_the_model_dialog(page: Any) -> None:
    page.click("#open-model")
    dialog = page.locator("#model-dialog")
    expect(dialog).to_contain_text("cinegenre-default")
    expect(dialog).to_contain_text("English")
    expect(dialog.get_by_role("link")).to_have_attribute("href", "docs")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#open-model")).to_be_focused()
    expect(page.locator('[data-field="people"]')).to_be_visible()  # the model reads them
