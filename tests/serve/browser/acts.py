"""What tests do with the page, and answers made up where the model's own would take long."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from PIL import Image

TEXT = "A detective hunts the killer of a judge through one long night."
GREEK = "Ένας ψαράς βρίσκει ένα γράμμα που δεν έφτασε ποτέ στην κόρη του."
"""A language that the shipped model does not read."""


def as_file(name: str, data: bytes, kind: str = "image/png") -> dict[str, Any]:
    """A file for a file field."""
    return {"name": name, "mimeType": kind, "buffer": data}


def csv_file(text: str, name: str = "films.csv") -> dict[str, Any]:
    return as_file(name, text.encode(), "text/csv")


def zipped(entries: Mapping[str, bytes], *, deflate: bool = True) -> bytes:
    """A zip of those entries."""
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def hand_over(page: Any, event: str, target: str, name: str, data: bytes, kind: str) -> None:
    """Drop or paste a file on `target`."""
    page.evaluate(
        """([event, target, name, data, kind]) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type: kind }));
            const how = { bubbles: true, cancelable: true };
            const made = event === "paste"
                ? new ClipboardEvent("paste", { clipboardData: transfer, ...how })
                : new DragEvent("drop", { dataTransfer: transfer, ...how });
            document.querySelector(target).dispatchEvent(made);
        }""",
        [event, target, name, base64.b64encode(data).decode(), kind],
    )


def asked(requests: list[Any], path: str) -> list[dict[str, Any]]:
    """The bodies of the requests to `path`."""
    return [json.loads(each.post_data) for each in requests if each.url.endswith(path)]


def listen(page: Any) -> list[Any]:
    """Every request from now on."""
    requests: list[Any] = []
    page.on("request", lambda request: requests.append(request))
    return requests


def sent_picture(body: Mapping[str, Any]) -> Image.Image:
    """The poster of a request."""
    return Image.open(io.BytesIO(base64.b64decode(body["poster"])))


def fail(
    route: Any, status: int, code: str, *, message: str = "it went wrong",
    field: str | None = None, retry_after: int | None = None,
) -> None:  # fmt: skip
    """Answer with an error in the service's shape."""
    error = {"status": status, "code": code, "message": message, "cure": "mend it", "field": field}
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    route.fulfill(status=status, json={"error": error}, headers=headers)


def explanation(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Made-up reasons: words weigh +0.6, −0.4, 0 in turn, and the upper left speaks for it."""
    genres = asked["genres"]
    words: list[dict[str, Any]] = []
    fields = {name: [asked[name]] for name in ("title", "overview") if name in asked}
    for name, texts in (fields | {"companies": asked.get("companies", [])}).items():
        for item, text in enumerate(texts):
            places = [(0, len(text))] if name == "companies" else _places(text)
            words += [
                {"field": name, "text": text[a:b], "start": a, "end": b, "item": item, "weight": w}
                for (a, b), w in zip(places, (0.6, -0.4, 0.0) * len(places), strict=False)
            ]
    inputs = [name for name in ("title", "overview", "companies", "poster") if name in asked]
    grid = {"rows": 9, "columns": 6, "weights": [[0.2] + [-0.01] * 5] + [[0.0] * 6] * 8}
    if asked.get("heat_map"):
        grid["heat_map"] = base64.b64encode(_dot()).decode()
    reasons = {
        "probability": 0.7, "threshold": 0.4, "decided": True, "words": words,
        "poster": grid if "poster" in asked else None,
        "inputs": {name: {"all": 0.7, "without": 0.5, "alone": None} for name in inputs},
    }  # fmt: skip
    return {
        "genres": ["Thriller"], "scores": dict.fromkeys(genres, 0.1) | {"Thriller": 0.7},
        "thresholds": dict.fromkeys(genres, 0.4), "inputs": inputs, "model": "made up",
        "explained": dict.fromkeys(genres, reasons),
    }  # fmt: skip


def explain_at_once(page: Any) -> list[dict[str, Any]]:
    """Explanations are made up from now on; returns the list of what is asked."""
    seen: list[dict[str, Any]] = []

    def answer(route: Any) -> None:
        seen.append(json.loads(route.request.post_data))
        route.fulfill(json=explanation(seen[-1]))

    page.route("**/v1/explain", answer)
    return seen


def violations(page: Any) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(source)  # the policy lets no script tag in
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}" for each in found]


def fits(page: Any) -> bool:
    """Whether nothing makes the page wider than its window."""
    wide = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def _places(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+", text)]


def _dot() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 6), "orange").save(out, "PNG")
    return out.getvalue()
