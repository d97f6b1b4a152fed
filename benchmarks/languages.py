"""Overviews in other languages: are they told from English, and does a model gain by them?

languages.csv has overviews of films in nine languages, written for this. With --data beside them:
the films' posters and genres, and every English overview of the set, among which alarms are false.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import NotGiven, Options, Report, python_module, timed

if TYPE_CHECKING:
    from cinegenre import Movie, Tagger

TABLE = Path(__file__).with_name("languages.csv")
SCRIPTS = {"ru": "Cyrillic letters", "ja": "Japanese"}
SHOWN = {
    "foreign text alone": ("overview",),
    "poster alone (text passed over)": ("poster",),
    "foreign text and poster": ("overview", "poster"),
    "English text alone": ("english",),
    "English text and poster": ("english", "poster"),
}
"""What is read of each film; `predict` does the second."""


def run(options: Options) -> Report:
    """Detection, and the scores of each way to read the films."""
    if options.data is None:
        raise NotGiven("give --data, a set prepared from The Movies Dataset with posters")
    words = [options.data, *([options.model] if options.model else [])]
    found = json.loads(timed(python_module("languages", *words)).output)
    rows = [
        (name, f"{f['micro_f1']:.3f}", f"{f['micro_ap']:.3f}", f"{f['macro_ap']:.3f}",
         f"{f['true']:.3f}", f"{f['false']:.3f}", _difference(f))
        for name, f in found["ways"].items()
    ]  # fmt: skip
    named = ", ".join(f"{name} {count}" for name, count in found["flagged"].items())
    return Report(
        ("read", "micro F1", "micro AP", "macro AP", "p(true)", "p(other)",
         "micro F1 less the poster's"),
        rows,
        found,
        [
            f"{found['films']} films of the test split in {found['languages']} languages, by "
            f"{found['model']}; p: mean probability of a film's own genres and of the others; "
            f"macro AP over the {found['genres']} genres with three films.",
            f"Told to be another language: {found['detected']} of {found['films']}, named "
            f"rightly {found['named']}.",
            f"Of the data's {found['overviews']:,} overviews {sum(found['flagged'].values())} are "
            f"said to be in another language ({found['share']:.2%}, more than the false alarms, "
            f"for some are): {named}.",
            f"{found['a_second']:,.0f} overviews a second of a core's time, the first of a process "
            f"{found['first']:.2f} s.",
        ],
    )  # fmt: skip


def _difference(figures: dict[str, Any]) -> str:
    value, low, high = figures["difference"]
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})" if value or low or high else ""


def main(data: Path, model: Path | None) -> None:
    """Print the figures as JSON."""
    from cinegenre import Tagger
    from cinegenre.data.dataset import PreparedSet
    from cinegenre.inputs import other_language
    from cinegenre.inputs.language import NAMES

    prepared = PreparedSet.open(data)
    with TABLE.open(encoding="utf-8", newline="") as file:
        written = {row["imdb_id"]: row for row in csv.DictReader(file)}
    started = time.process_time()
    said = {id: other_language(row["overview"], ("en",)) for id, row in written.items()}
    first = time.process_time() - started
    right = {id: SCRIPTS.get(row["language"]) or NAMES[row["language"]]
             for id, row in written.items()}  # fmt: skip
    test = {film.id: film for film in prepared.films("test")}
    films = [test[id] for id in written if id in test and test[id].poster and test[id].genres]
    overviews = [film.overview or "" for split in prepared.manifest.films
                 for film in prepared.films(split) if "overview" in film.inputs]  # fmt: skip
    started = time.process_time()
    flagged = Counter(name for text in overviews if (name := other_language(text, ("en",))))
    seconds = time.process_time() - started
    tagger = Tagger.load(model)
    foreign = [str(written[str(film.id)]["overview"]) for film in films]
    print(json.dumps({
        "model": tagger.name,
        "films": len(films),
        "languages": len({written[str(film.id)]["language"] for film in films}),
        "detected": sum(said[str(film.id)] is not None for film in films),
        "named": sum(said[str(film.id)] == right[str(film.id)] for film in films),
        "overviews": len(overviews),
        "flagged": dict(flagged.most_common()),
        "share": sum(flagged.values()) / max(len(overviews), 1),
        "a_second": len(overviews) / seconds,
        "first": first,
        **ways(tagger, films, foreign),
    }))  # fmt: skip


def ways(tagger: Tagger, films: Sequence[Movie], foreign: Sequence[str]) -> dict[str, Any]:
    """Figures of each way to read `films`, whose overviews in other languages are `foreign`."""
    import numpy as np

    from cinegenre.metrics.arrays import truth_of
    from cinegenre.metrics.bootstrap import paired
    from cinegenre.metrics.decisions import averages, macro
    from cinegenre.metrics.ranking import average_precision

    truth = truth_of(films, tagger.genres)
    decided: dict[str, Any] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name, read in SHOWN.items():
        some = [
            replace(film, title=None, companies=(), people=(),
                    overview=text if "overview" in read
                    else film.overview if "english" in read else None,
                    poster=film.poster if "poster" in read else None)
            for film, text in zip(films, foreign, strict=True)
        ]  # fmt: skip
        predictions = list(tagger.predict(some, any_language=True))
        scores = np.array([list(said.scores.values()) for said in predictions])
        decided[name] = np.array([[g in said.genres for g in tagger.genres]
                                  for said in predictions])  # fmt: skip
        figures[name] = {
            "micro_f1": averages(truth, decided[name])["micro"]["f1"],
            "micro_ap": float(average_precision(truth.reshape(-1, 1), scores.reshape(-1, 1))[0]),
            "macro_ap": macro(average_precision(truth, scores), truth.sum(axis=0), 3),
            "true": float(scores[truth].mean()),
            "false": float(scores[~truth].mean()),
        }

    def micro_f1(name: str, rows: Any) -> float:
        return float(averages(truth[rows], decided[name][rows])["micro"]["f1"])

    poster = list(SHOWN)[1]
    for name in SHOWN:
        apart = paired(lambda rows: micro_f1(poster, rows),
                       lambda rows, name=name: micro_f1(name, rows), len(films))  # type: ignore[misc]  # fmt: skip
        figures[name]["difference"] = [apart.difference, apart.low, apart.high]
    return {"ways": figures, "genres": int((truth.sum(axis=0) >= 3).sum())}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
