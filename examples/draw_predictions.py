"""Draws docs/images/predictions.png: the example films and what the default model says of them.

Run `python examples/draw_predictions.py` (needs matplotlib, so the extra `[data]`).
"""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from cinegenre import Movie, Tagger
from cinegenre.readers import table

HERE = Path(__file__).parent
OUT = HERE.parent / "docs" / "images" / "predictions.png"
SHOWN = 6


def main() -> None:
    """Four films with posters, each with its six likeliest genres; decided ones in green."""
    films = [f for f in table.read(HERE / "films.csv") if isinstance(f, Movie) and f.poster]
    figure = Figure(figsize=(11, 6), layout="constrained")
    axes = figure.subplots(2, 4, width_ratios=[1, 1.15] * 2)
    for i, (film, prediction) in enumerate(zip(films, Tagger.load().predict(films), strict=True)):
        picture, bars = axes.reshape(-1, 2)[i]
        picture.imshow(Image.open(film.poster))  # type: ignore[arg-type]
        picture.axis("off")
        ranked = sorted(prediction.scores.items(), key=lambda item: -item[1])[:SHOWN][::-1]
        genres, scores = zip(*ranked, strict=True)
        colours = ["#1a9850" if genre in prediction.genres else "#bbbbbb" for genre in genres]
        bars.barh(genres, scores, color=colours)
        bars.bar_label(bars.containers[0], fmt="%.2f", padding=3, fontsize=9)
        bars.set(xlim=(0, 1.1), title=film.title, xticks=())
        bars.tick_params(length=0)
        bars.spines[["top", "right", "bottom"]].set_visible(False)
    figure.savefig(OUT, dpi=110)


if __name__ == "__main__":
    main()
