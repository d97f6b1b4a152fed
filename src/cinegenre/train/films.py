"""The films a recipe selects, and the inputs that are made for them."""

from __future__ import annotations

from ..data.dataset import PreparedSet
from ..data.select import select
from ..errors import UserError
from ..inputs import PosterInput, TextInput
from ..inputs.text import build_vocabulary, cleaned
from ..taxonomy import taxonomy
from .arrays import Films, cache_folder, config_key, load_films
from .recipe import InputConfig, Recipe


def load_split(data: PreparedSet, split: str, recipe: Recipe) -> tuple[Films, dict[str, int]]:
    """The films of a split that the recipe selects, and the counts of what it drops and why."""
    config = recipe.data
    fields = tuple(sorted({field for name in recipe.used for field in recipe.inputs[name].reads}))
    kept, counts = select(
        data.films(split, config.labels),
        taxonomy=taxonomy(config.taxonomy),
        languages=config.languages,
        need=config.need,
        any_of=fields,
    )
    sizes = {
        (spec.height, spec.width): PosterInput(height=spec.height, width=spec.width)
        for spec in (recipe.inputs[name] for name in recipe.used)
        if spec.kind == "poster"
    }
    key = {"data": data.fingerprint, "split": split, "select": config_key(config), "any": fields}
    films = load_films(kept, list(sizes.values()), cache_folder(data.folder, key))
    if not films.films:
        why = ", ".join(f"{count:,} {reason}" for reason, count in counts.items()) or "it is empty"
        raise UserError(
            f"no film of split {split!r} is left for {recipe.name!r} ({why})",
            "loosen the recipe's [data], or prepare the films with another split",
        )
    return films, dict(counts)


def make_inputs(recipe: Recipe, films: Films) -> dict[str, TextInput | PosterInput]:
    """The recipe's inputs; vocabularies are built from `films`, the training films."""
    return {name: _make_input(recipe.inputs[name], films) for name in recipe.used}


def _make_input(spec: InputConfig, films: Films) -> TextInput | PosterInput:
    if spec.kind == "poster":
        return PosterInput(height=spec.height, width=spec.width)
    rows = (cleaned(film, spec.fields, spec.cleaning) for film in films.films)
    return TextInput(
        fields=spec.fields,
        tokenizer=build_vocabulary(rows, spec.vocabulary),
        max_tokens=spec.max_tokens,
        cleaning=spec.cleaning,
    )
