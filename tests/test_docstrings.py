"""The examples in the public names' docstrings do what they show."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

import cinegenre

EXAMPLES = [
    test
    for name in cinegenre.__all__
    for test in doctest.DocTestFinder().find(getattr(cinegenre, name), name, globs={})
    if test.examples
]


def test_the_names_people_use_have_examples() -> None:
    assert {"Movie", "Tagger", "GenreMap"} <= {test.name.partition(".")[0] for test in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda test: test.name)
def test_examples_are_true(example: Any) -> None:
    said: list[str] = []
    found = doctest.DocTestRunner().run(example, out=said.append)
    assert found.attempted > 0
    assert found.failed == 0, "".join(said)
