"""Every error is told where it belongs, and the page goes on."""

from __future__ import annotations

from typing import Any

import pytest

from ..running import poster
from .acts import TEXT, as_file, fail, hand_over

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect


def test_a_broken_poster_is_told_at_its_field_by_the_service(page: Any) -> None:
    page.set_input_files("#poster-file", as_file("broken.png", poster()[:40]))
    error = page.locator("#poster-error")
    expect(error).to_contain_text("is a PNG picture that is damaged")
    expect(error).to_have_attribute("role", "alert")
    page.click("#poster-remove")
    expect(error).to_be_empty()
    page.fill("#title", "War in the trenches")
    expect(page.locator("#summary")).to_contain_text("from title")


def test_a_file_that_is_no_image_is_told_at_once(page: Any) -> None:
    hand_over(page, "drop", "#drop", "notes.txt", b"hello", "text/plain")
    expect(page.locator("#poster-error")).to_have_text(
        "“notes.txt” is not an image. Choose a JPEG, PNG or WebP."
    )
    page.set_input_files("#poster-file", as_file("empty.png", b""))
    expect(page.locator("#poster-error")).to_contain_text("is empty (0 bytes)")
    expect(page.locator("#drop")).to_contain_text("Choose a poster")
    page.set_input_files("#poster-file", as_file("red.png", poster()))
    expect(page.locator("#poster-error")).to_be_empty()


def test_a_text_that_is_too_long_is_told_at_its_field(page: Any) -> None:
    page.fill("#overview", "word " * 4100)
    expect(page.locator("#overview-error")).to_contain_text("20500 characters of text, over 20000")
    expect(page.locator("#overview")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#overview-count")).to_contain_text("20,500 of 20,000 characters")
    page.fill("#overview", TEXT)
    expect(page.locator("#overview-error")).to_be_empty()
    expect(page.locator("#overview")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#summary")).to_contain_text("from overview")


@pytest.mark.parametrize(
    ("status", "code", "field", "place"),
    [
        (422, "invalid_input", "title", "#title-error"),
        (422, "invalid_input", "companies.3", "#companies-error"),
        (422, "invalid_input", None, "#banner"),
        (422, "no_input", None, "#banner"),
        (422, "unreadable_poster", "poster", "#poster-error"),
        (413, "too_large", None, "#poster-error"),
        (422, "too_large", "poster", "#poster-error"),
        (422, "text_too_long", "overview", "#overview-error"),
        (422, "too_many_films", "films", "#banner"),
        (422, "unknown_genre", "genres", "#banner"),
        (422, "poster_url_refused", "poster_url", "#poster-error"),
        (422, "poster_url_failed", "poster_url", "#poster-error"),
        (422, "invalid_json", None, "#banner"),
        (400, "invalid_request", None, "#banner"),
        (404, "not_found", None, "#banner"),
        (405, "method_not_allowed", None, "#banner"),
        (408, "timeout", None, "#banner"),
        (415, "unsupported_media_type", None, "#banner"),
        (500, "internal", None, "#banner"),
        (503, "busy", None, "#banner"),
    ],
)
def test_every_error_of_the_service(
    page: Any, status: int, code: str, field: str | None, place: str
) -> None:
    page.route("**/v1/predict", lambda route: fail(route, status, code, field=field))
    page.set_input_files("#poster-file", as_file("red.png", poster()))
    told = page.locator(place)
    expect(told).to_contain_text("It went wrong. Mend it.")
    expect(told).to_have_attribute("role", "alert")
    expect(page.locator("#busy")).to_be_hidden()
    expect(page.locator("#copies")).to_be_hidden()


def test_a_busy_service_is_asked_again_when_it_says(page: Any) -> None:
    seen: list[int] = []

    def answer(route: Any) -> None:
        seen.append(1)
        if len(seen) > 1:
            return route.continue_()
        return fail(route, 429, "busy", message="the queue is full", retry_after=2)

    page.route("**/v1/predict", answer)
    page.fill("#title", "War in the trenches")
    expect(page.locator("#banner")).to_contain_text("The queue is full.")
    expect(page.locator("#banner")).to_contain_text("Trying again in")
    expect(page.locator("#summary")).to_contain_text("from title")
    expect(page.locator("#banner")).to_be_hidden()
    assert len(seen) == 2


def test_without_a_network(page: Any) -> None:
    page.fill("#title", "War in the trenches")
    expect(page.locator("#summary")).to_contain_text("from title")
    page.route("**/v1/predict", lambda route: route.abort("connectionrefused"))
    page.fill("#overview", TEXT)
    expect(page.locator("#banner")).to_contain_text("The service cannot be reached.")
    expect(page.locator("#bars")).to_have_class("stale")  # the old answer is no answer to this
    page.unroute("**/v1/predict")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#summary")).to_contain_text("from title and overview")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#bars")).not_to_have_class("stale")


def test_an_answer_that_is_no_json(page: Any) -> None:
    page.route("**/v1/predict", lambda route: route.fulfill(status=502, body="<h1>Bad gateway"))
    page.fill("#title", "War in the trenches")
    expect(page.locator("#banner")).to_contain_text("no usable answer (status 502)")


def test_the_token_is_asked_for_and_kept_in_memory_alone(
    open_page: Any, small_service: str
) -> None:
    page = open_page(small_service)
    dialog, field = page.locator("#token-dialog"), page.locator("#token")
    expect(dialog).to_be_visible()
    expect(field).to_be_focused()
    field.press("Enter")
    expect(page.locator("#token-error")).to_have_text("Enter the token.")
    field.fill("wrong")
    field.press("Enter")
    expect(page.locator("#token-error")).to_contain_text("not accepted")
    field.fill("open-sesame")
    page.get_by_role("button", name="Use it").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#foot-model")).to_contain_text("cinegenre-default")
    page.fill("#title", "War in the trenches")
    expect(page.locator("#summary")).to_contain_text("from title")
    kept = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert "sesame" not in page.evaluate(kept)
    page.reload()
    expect(dialog).to_be_visible()


def test_who_gives_no_token_can_do_so_later(open_page: Any, small_service: str) -> None:
    page = open_page(small_service)
    page.get_by_role("button", name="Not now").click()
    page.fill("#title", "War in the trenches")
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#banner")).to_contain_text("No valid token.")
    page.get_by_role("button", name="Enter a token").click()
    page.locator("#token").fill("open-sesame")
    page.locator("#token").press("Enter")
    expect(page.locator("#summary")).to_contain_text("from title")
