from __future__ import annotations

from typing import Any

import pytest

from benchmarks.papers import SHORT, _is_short


@pytest.mark.parametrize(
    ("paper", "row", "said", "short"),
    [
        ("irbaz", "text_vectors", {"training": {"seconds": SHORT - 1}}, True),
        ("irbaz", "text_vectors", {"training": {"seconds": SHORT}}, False),
        ("irbaz", "merged", {"training": {"seconds": 1.0}}, False),
        ("baveja_srinivasan", "naive", {}, False),
    ],
)
def test_rows_that_are_repeated(paper: str, row: str, said: dict[str, Any], short: bool) -> None:
    assert _is_short(paper, row, said) == short


def test_a_language_model_that_was_reused_counts() -> None:
    begun = {"text": {"from": "random weights", "seconds": SHORT, "reused": True}}
    said = {"training": {"seconds": 1.0, "begun": begun}}
    assert not _is_short("irbaz", "text_ulmfit", said)
    begun["text"]["seconds"] = 1.0
    assert _is_short("irbaz", "text_ulmfit", said)
