"""Many films: files in, progress, the table, the CSV that comes back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from ..running import poster
from .acts import as_file, asked, csv_file, fail, listen, zipped

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

FILMS = '''\
id,title,overview,companies,poster,year
a,War in the trenches,Soldiers wait for the whistle.,Casa Azul|Northlight,red.png,1999
b,"Kiss, then ""run""",A shy cook falls in love.,,,=1+1
c,,,,broken.png,-5
d,Ghosts,,,gone.png,@home
e,,,,,2001
'''
BROKEN = poster()[:40]


@pytest.fixture
def batch(page: Any) -> Any:
    page.click("#tab-batch")
    return page


def start(page: Any, text: str = FILMS, name: str = "films.csv") -> None:
    page.set_input_files("#batch-csv", csv_file(text, name))
    page.click("#batch-start")


def saved(page: Any, button: str = "#batch-save") -> str:
    with page.expect_download() as download:
        page.click(button)
    return Path(download.value.path()).read_bytes().decode("utf-8-sig")


def column(page: Any, place: int) -> list[str]:
    return list(page.locator(f"#batch-table tbody td:nth-child({place})").all_inner_texts())


@pytest.mark.parametrize("way", ["files", "stored zip", "deflated zip"])
def test_films_with_posters_and_failing_rows(batch: Any, way: str) -> None:
    pictures = {"posters/red.png": poster("red"), "posters/broken.png": BROKEN}
    if way == "files":
        given = [as_file(Path(name).name, data) for name, data in pictures.items()]
    else:
        packed = zipped(pictures | {"notes.txt": b"no picture"}, deflate=way == "deflated zip")
        given = [as_file("posters.zip", packed, "application/zip")]
    batch.set_input_files("#batch-posters", given)
    batch.set_input_files("#batch-csv", csv_file(FILMS))
    expect(batch.locator("#batch-csv-told")).to_have_text("5 films in 6 columns")
    expect(batch.locator("#batch-posters-told")).to_contain_text("2 posters, found for 2 of 5")
    batch.click("#batch-start")
    expect(batch.locator("#batch-status")).to_have_text("Done: 3 films tagged, 2 films failed.")
    expect(batch.locator("#batch-done")).to_have_text("5 of 5 films")
    assert batch.locator("#batch-bar").evaluate("e => [e.value, e.max]") == [5, 5]
    expect(batch.locator("#batch-table tbody tr")).to_have_count(5)
    remarks = column(batch, 6)
    assert column(batch, 5)[0] == "title, overview, companies, poster"
    assert "is a PNG picture that is damaged" in remarks[2]
    assert "gone.png is not among the files" in remarks[3]
    assert "no input at all" in remarks[4]


def test_the_csv_that_comes_back(batch: Any) -> None:
    start(batch)
    expect(batch.locator("#batch-status")).to_contain_text("Done")
    with batch.expect_download() as download:
        batch.click("#batch-save")
    assert download.value.suggested_filename == "films-genres.csv"
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert header[:7] == ["id", "title", "overview", "companies", "poster", "year", "genres"]
    assert header[-2:] == ["error", "note"] and len(header) == 6 + 1 + 19 + 2
    assert "Science Fiction" in header
    assert [row[0] for row in rows] == list("abcde")
    assert rows[1][1] == 'Kiss, then "run"'
    assert [row[5] for row in rows] == ["1999", "'=1+1", "-5", "'@home", "2001"]
    scores = [float(score) for score in rows[0][7:26]]
    assert len(scores) == 19 and all(0 <= score <= 1 for score in scores)
    tags = batch.locator("#batch-table tbody tr").first.locator(".tag").all_inner_texts()
    assert rows[0][6] == "|".join(tags)
    assert "no input" in rows[4][-2] and rows[4][6] == ""


def test_sorting_and_filtering(batch: Any) -> None:
    start(batch)
    expect(batch.locator("#batch-status")).to_contain_text("Done")
    expect(batch.locator("#batch-table tbody tr")).to_have_count(5)
    heads = batch.locator("#batch-table thead th")
    expect(heads.first).to_have_attribute("aria-sort", "ascending")
    title = batch.get_by_role("button", name="Title")
    title.press("Enter")
    assert column(batch, 2)[:2] == ["c", "e"]
    expect(heads.nth(1)).to_have_attribute("aria-sort", "ascending")
    expect(title).to_be_focused()
    title.press("Enter")
    expect(heads.nth(1)).to_have_attribute("aria-sort", "descending")
    assert column(batch, 2)[0] == "War in the trenches"
    batch.get_by_role("button", name="Highest").click()
    chances = [int("".join(filter(str.isdigit, text))) for text in column(batch, 4) if text != "–"]
    assert chances == sorted(chances, reverse=True)
    batch.select_option("#batch-filter", "!")
    expect(batch.locator("#batch-table tbody tr")).to_have_count(2)
    batch.select_option("#batch-filter", "War")
    assert column(batch, 2) == ["War in the trenches"]
    expect(batch.get_by_role("button", name="War")).to_be_visible()
    batch.select_option("#batch-filter", "")
    expect(batch.locator("#batch-table tbody tr")).to_have_count(5)


def test_parts_are_as_large_as_the_service_takes(open_page: Any, small_service: str) -> None:
    page = open_page(small_service)
    page.fill("#token", "open-sesame")
    page.press("#token", "Enter")
    page.click("#tab-batch")
    requests = listen(page)
    rows = "".join(f"Film {i},{'x' * (400 if i == 3 else 20)}\n" for i in range(5))
    start(page, "title,overview\n" + rows)
    expect(page.locator("#batch-status")).to_have_text("Done: 4 films tagged, 1 film failed.")
    sizes = [len(body["films"]) for body in asked(requests, "/v1/predict/batch")]
    assert sizes == [2, 2, 1]
    assert "characters of text, over 300" in column(page, 6)[3]


def test_a_part_that_is_too_large_is_halved(batch: Any) -> None:
    def answer(route: Any) -> None:
        if len(route.request.post_data_json["films"]) > 1:
            return fail(route, 413, "too_large")
        return route.continue_()

    batch.route("**/v1/predict/batch", answer)
    start(batch)
    expect(batch.locator("#batch-status")).to_contain_text("Done: 3 films tagged")


def test_a_busy_service_is_waited_for(batch: Any) -> None:
    seen: list[int] = []

    def answer(route: Any) -> None:
        seen.append(1)
        return fail(route, 429, "busy", retry_after=2) if len(seen) == 1 else route.continue_()

    batch.route("**/v1/predict/batch", answer)
    start(batch)
    expect(batch.locator("#batch-status")).to_have_text("The service is busy: waiting 2 s.")
    expect(batch.locator("#batch-status")).to_contain_text("Done: 3 films tagged")


def test_cancel_and_continue(open_page: Any, small_service: str) -> None:
    page = open_page(small_service)
    page.fill("#token", "open-sesame")
    page.press("#token", "Enter")
    page.click("#tab-batch")
    held: list[Any] = []

    def answer(route: Any) -> None:
        if route.request.post_data_json["films"][0]["title"] == "Film 2" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/predict/batch", answer)
    start(page, "title\n" + "".join(f"Film {i}\n" for i in range(6)))
    expect(page.locator("#batch-done")).to_have_text("2 of 6 films")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#batch-status")).to_contain_text("Cancelled")
    page.get_by_role("button", name="Continue (4 films left)").click()
    expect(page.locator("#batch-status")).to_contain_text("Done: 6 films tagged")
    expect(page.locator("#batch-cancel")).to_be_hidden()


def test_without_a_network_what_is_done_stays(batch: Any) -> None:
    batch.route("**/v1/predict/batch", lambda route: route.abort("connectionrefused"))
    start(batch)
    expect(batch.locator("#batch-banner")).to_contain_text("The service cannot be reached.")
    batch.unroute("**/v1/predict/batch")
    batch.click("#batch-start")
    expect(batch.locator("#batch-status")).to_contain_text("Done: 3 films tagged")
    expect(batch.locator("#batch-banner")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file has no rows."),
        ("title,overview\n", "The file has no films."),
        ("name of film;score\nx;1\n", "No column to read among “name of film”, “score”."),
        ('title\n"never closed\n', "opened in line 2 is never closed."),
        ("PK\x03\x04\x14\x00[Content_Types].xml", "The file is a workbook or a zip, no CSV."),
    ],
)
def test_a_csv_that_is_none(batch: Any, text: str, told: str) -> None:
    batch.set_input_files("#batch-csv", csv_file(text))
    expect(batch.locator("#batch-csv-error")).to_contain_text(told)
    expect(batch.locator("#batch-start")).to_be_disabled()
    batch.set_input_files("#batch-csv", csv_file(FILMS))
    expect(batch.locator("#batch-csv-error")).to_be_empty()
    expect(batch.locator("#batch-start")).to_be_enabled()


def test_a_row_with_too_many_cells_fails_alone(batch: Any) -> None:
    start(batch, "title,overview\nWar,in the trenches, at night\nKiss,in Porto\n")
    expect(batch.locator("#batch-status")).to_have_text("Done: 1 film tagged, 1 film failed.")
    assert "The row has 3 cells, the first row 2." in column(batch, 6)[0]


@pytest.mark.parametrize("data", [b"no zip at all", zipped({"a.png": poster()})[:-30]])
def test_a_zip_that_is_none(batch: Any, data: bytes) -> None:
    batch.set_input_files("#batch-posters", [as_file("posters.zip", data, "application/zip")])
    expect(batch.locator("#batch-posters-error")).to_contain_text(
        "“posters.zip” is not a complete zip"
    )


def test_a_zip_without_pictures(batch: Any) -> None:
    packed = zipped({"notes.txt": b"hello"})
    batch.set_input_files("#batch-posters", [as_file("posters.zip", packed, "application/zip")])
    expect(batch.locator("#batch-posters-error")).to_contain_text(
        "None of these files is a picture"
    )


def test_the_example_csv_can_be_tagged(batch: Any) -> None:
    start(batch, saved(batch, "#batch-example"))
    expect(batch.locator("#batch-status")).to_have_text("Done: 3 films tagged, none failed.")
