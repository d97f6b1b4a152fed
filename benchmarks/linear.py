"""TF-IDF and logistic regression on the films of each paper's row that reads overviews alone.

What a model without word order, word vectors or pretraining makes of the same training films, to
tell whether a row is limited by its films or by its model.
"""

from __future__ import annotations

from .common import NotGiven, Options, Report, extra

ROWS = {
    "mavromatakis": ("overview",),
    "baveja_srinivasan": ("bert",),
    "cnn_lstm_slides": ("model_1_text", "model_1_all"),
    "irbaz": ("text",),
}
"""Those rows, by paper; `model_1_all` has posters too, and is here for its more films."""
STRENGTHS = (1.0, 3.0, 10.0, 30.0)
"""C of scikit-learn's logistic regression; the best on validation films is taken."""


def run(options: Options) -> Report:
    """A line a row: its films, the chosen C, and the figures on its test films."""
    if options.data is None:
        raise NotGiven("give --data, a data set prepared with --labels imdb=…")
    extra("sklearn", "dev")
    extra("torch", "train")
    from cinegenre.data.dataset import PreparedSet

    data = PreparedSet.open(options.data)
    rows, figures = [], {}
    for paper, names in ROWS.items():
        for name in names:
            found = _scored(data, paper, name)
            figures[f"{paper}: {name}"] = found
            rows.append([paper, name, f"{found['films']:,.0f}", f"{found['test']:,.0f}",
                         f"{found['C']:g}", f"{found['macro_ap']:.3f}",
                         f"{found['roc_auc']:.3f}"])  # fmt: skip
    head = ("paper", "row", "training films", "test films", "C", "macro AP", "macro ROC-AUC")
    notes = ["Words and pairs of words of the overview that two training films have, a logistic "
             "regression per genre; C by macro AP on validation films."]  # fmt: skip
    return Report(head, rows, figures, notes)


def _scored(data: object, paper: str, row: str) -> dict[str, float]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score, roc_auc_score

    from cinegenre.metrics.arrays import truth_of
    from cinegenre.train.data.films import load_split
    from cinegenre.train.recipe import load_recipe

    recipe = load_recipe(paper, row=row, overrides=("modalities=['text']",))
    films = {split: load_split(data, split, recipe)[0].films  # type: ignore[arg-type]
             for split in ("train", "validation", "test")}  # fmt: skip
    truth = {split: truth_of(some, recipe.genres) for split, some in films.items()}
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    x = {"train": words.fit_transform([film.overview for film in films["train"]])}
    x |= {split: words.transform([film.overview for film in films[split]])
          for split in ("validation", "test")}  # fmt: skip
    tried: list[tuple[float, float, np.ndarray]] = []
    for strength in STRENGTHS:
        scores = {split: np.zeros(truth[split].shape) for split in ("validation", "test")}
        for genre in np.flatnonzero(truth["train"].any(axis=0)):
            model = LogisticRegression(C=strength, max_iter=300)
            model.fit(x["train"], truth["train"][:, genre])
            for split, part in scores.items():
                part[:, genre] = model.predict_proba(x[split])[:, 1]
        there = truth["validation"].any(axis=0)
        precision = average_precision_score(
            truth["validation"][:, there], scores["validation"][:, there], average="macro"
        )
        tried.append((float(precision), strength, scores["test"]))
    _, strength, scored = max(tried, key=lambda each: each[0])
    there = truth["test"].any(axis=0)
    known = truth["test"][:, there], scored[:, there]
    return {
        "films": len(films["train"]),
        "test": len(films["test"]),
        "C": strength,
        "macro_ap": float(average_precision_score(*known, average="macro")),
        "roc_auc": float(roc_auc_score(*known, average="macro")),
    }
