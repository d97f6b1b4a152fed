"""A recipe: what is trained, on which films, how; a TOML file checked once, when loaded."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import UserError, unknown
from ..inputs import Cleaning
from ..movie import INPUTS
from ..tagger.sparing import checked
from ..taxonomy import taxonomy
from .config import from_table, limited, merge, parse_override


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which films of a prepared data set a recipe uses; what each choice drops is counted."""

    taxonomy: str = "tmdb"
    labels: str = ""  # a second label set of the data set; "" is the source's own
    languages: tuple[str, ...] = ()  # original languages kept; () keeps all
    drop_genres: tuple[str, ...] = ()  # films with one of these are left out
    need: tuple[str, ...] = ()  # inputs that every film must have
    test_need: tuple[str, ...] = ()  # of the films that a paper's row is scored on; () is `need`
    films: int = limited(0, at_least=0)  # at most so many for training, stratified; 0: all
    leave_out: str = ""  # "2/5": without the second fifth of the training films
    oversample: float = 0.0  # films of rare label sets repeated to this factor in training; 0: off

    def needed(self, split: str) -> tuple[str, ...]:
        """Inputs that every film of a split must have."""
        return self.test_need if split == "test" and self.test_need else self.need


@dataclass(frozen=True, kw_only=True)
class InputConfig:
    """One array a film. `kind` is one of

    - "words": cleaned by `cleaning`, the `vocabulary` most frequent of the training films;
    - "text": raw, by the tokenizer of the encoder's `model`, fields joined by `separator`;
    - "names": whole names of companies or people, the `vocabulary` most frequent; with `words` the
      words in them too, as tokens of their own;
    - "poster": pixels, `height` × `width`.
    """

    kind: str
    fields: tuple[str, ...] = ("overview",)
    max_tokens: int = limited(200, at_least=1)
    vocabulary: int = limited(50_000, at_least=3)  # padding and unknown are two
    words: bool = False
    whole_split: bool = False  # count words over all films of the split, not those selected
    cleaning: Cleaning = Cleaning()
    separator: str = " "
    height: int = limited(64, at_least=1)
    width: int = limited(64, at_least=1)

    @property
    def reads(self) -> tuple[str, ...]:
        """The inputs of a film that it is made from; `fields` are those of a text."""
        return ("poster",) if self.kind == "poster" else self.fields


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """How the encoders' outputs are joined and classified."""

    fusion: str = "concat"
    fusion_width: int = limited(
        0, at_least=0
    )  # the common width of "sum" and "gated"; 0 is the widest encoder's
    hidden: tuple[int, ...] = limited(
        (), at_least=1
    )  # widths of the fully connected layers after the fusion
    dropout: float = limited(0.0, at_least=0, below=1)  # after each of them
    feature_dropout: float = limited(0.0, at_least=0, below=1)  # of the encoders' outputs
    # With the fusion "sum": what each modality counts in each set of them, fitted on validation.
    weigh: bool = False
    # Modality → texts of a film beside all of which the bundle does not run its encoder: for speed.
    # poster_large = ["overview"]
    spare: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # The chance that a present modality is hidden in training.
    modality_dropout: float = limited(0.0, at_least=0, below=1)
    # Trained under every set of a film's modalities at once, the loss being the mean over sets.
    every_set: bool = False
    batch_norm: bool = False  # in each of them, before the ReLU
    loss: str = "binary_cross_entropy"
    positive_weights: bool = False  # binary cross-entropy with rare genres' positives weighed up


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The optimisation. Early stopping watches validation macro average precision."""

    learning_rate: float = limited(1e-3, above=0)  # the head's
    range_test: bool = False  # find the rate by a range test (Smith 2017) instead
    # The encoders' rates: their last part's as a multiple of the head's, each earlier part's as a
    # multiple of the next one's (ULMFiT, 3.2: 1/2.6).
    encoder_rate: float = limited(1.0, above=0)
    layer_decay: float = limited(1.0, above=0)
    # By modality, where an encoder's rate is another multiple than `encoder_rate`.
    encoder_rates: dict[str, float] = field(default_factory=dict)
    # Epochs after which the encoders' next part, from the last to the first, starts to learn;
    # the head does from the beginning (gradual unfreezing, ULMFiT 3.3). 0: all from the beginning.
    unfreeze_every: int = limited(0, at_least=0)
    schedule: str = limited("constant", of=("constant", "slanted_triangular"))
    betas: tuple[float, ...] = limited((0.9, 0.999), at_least=0, below=1)  # Adam's
    clip: float = limited(0.0, at_least=0)  # the gradient's largest norm; 0: any
    weight_decay: float = limited(0.0, at_least=0)
    # The decay a step of a running mean of the weights, which is what validation judges and what
    # is kept (Polyak and Juditsky 1992). 0: the weights as they are.
    average: float = limited(0.0, at_least=0, below=1)
    batch_size: int = limited(256, at_least=1)
    epochs: int = limited(30, at_least=1)
    patience: int = limited(5, at_least=0)
    # auto: 16 bits where the hardware has them (bfloat16; an older GPU, float16), else float32
    precision: str = limited("auto", of=("auto", "32-true", "bf16-mixed", "16-mixed"))
    checkpoint_minutes: float = limited(5.0, above=0)
    logger: str = limited("csv", of=("csv", "tensorboard"))
    # Batches sorted by length together; larger pads less, mixes less.
    pool_batches: int = limited(16, at_least=1)


@dataclass(frozen=True, kw_only=True)
class DistillConfig:
    """Soft targets from a teacher (Hinton et al. 2015), a recipe of its own.

    The teacher is trained `folds` times, each time without a part of the training films, which it
    then judges: of films that it has seen it would say what it remembers. The student's targets are
    `weight` × the teacher's probabilities + (1 - `weight`) × the labels.
    """

    recipe: str = ""  # a recipe's name or file; "" is no teacher
    weight: float = limited(0.5, at_least=0, below=1)
    folds: int = limited(5, at_least=2)
    # RUN/teacher/scores.npz of a run whose teacher, this one or another, has judged these films
    # already, on a machine with a GPU say: it is not trained anew.
    scores: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole recipe. `inputs` and `encoders` share their keys: the model's modalities."""

    name: str
    title: str = ""
    about: str = ""  # what the model card says of the data and its terms
    languages: tuple[str, ...] = ()  # of the overviews it learns to read, ISO 639-1; () any
    seed: int = limited(0, at_least=0, below=2**32)
    data: DataConfig = DataConfig()
    inputs: dict[str, InputConfig] = field(default_factory=dict)
    encoders: dict[str, dict[str, Any]] = field(default_factory=dict)
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    distill: DistillConfig = DistillConfig()
    modalities: tuple[str, ...] = ()  # those used, of `inputs`; () uses all
    # Modality → a finished run whose encoder of that name training starts from; in a paper's rows
    # the name of an earlier row.
    start: dict[str, str] = field(default_factory=dict)
    always: str = ""  # a genre that a paper's naive row gives every film: nothing is trained

    def __post_init__(self) -> None:
        taxonomy(self.data.taxonomy)
        for name in self.modalities:
            if name not in self.inputs:
                raise unknown("modality", name, self.inputs)
        for name in self.start:
            if name not in self.used:
                raise unknown("modality in [start]", name, self.used)
        if self.always and self.always not in self.genres:
            raise unknown("genre always given", self.always, self.genres)
        self._check_rates()
        if self.model.weigh and (self.model.fusion != "sum" or self.model.hidden):
            raise UserError(
                f"model.weigh is set with the fusion {self.model.fusion!r} and "
                f"{len(self.model.hidden)} hidden layers",
                'it goes with fusion = "sum" and without hidden layers',
            )
        self._check_inputs()
        reads = {name: self.inputs[name].reads for name in self.used}
        checked(self.model.spare, reads, f"recipe {self.name!r}")
        if self.data.leave_out and not _FOLD.fullmatch(self.data.leave_out):
            raise UserError(f"data.leave_out is {self.data.leave_out!r}", 'write it as "2/5"')
        if not (self.data.oversample == 0 or 1 <= self.data.oversample <= 100):
            raise UserError(
                f"data.oversample is {self.data.oversample}", "it must be 0 (off), or 1 to 100"
            )

    def _check_rates(self) -> None:
        for name, rate in self.train.encoder_rates.items():
            if name not in self.inputs:
                raise unknown("modality in train.encoder_rates", name, self.inputs)
            if not (math.isfinite(rate) and rate > 0):
                raise UserError(f"train.encoder_rates.{name} is {rate}", "it must be above 0")
        if len(self.train.betas) != 2:
            raise UserError(f"train.betas has {len(self.train.betas)} numbers", "give two")

    def _check_inputs(self) -> None:
        if not self.inputs:
            raise UserError(f"recipe {self.name!r} has no [inputs.…]", "name at least one")
        for name, spec in self.inputs.items():
            if spec.kind not in KINDS:
                raise unknown(f"kind of [inputs.{name}]", spec.kind, KINDS)
            if not spec.reads:
                raise UserError(f"[inputs.{name}] has no fields", 'write fields = ["overview"]')
            for read in spec.reads:
                if read not in KINDS[spec.kind]:
                    raise unknown(f"field of [inputs.{name}]", read, KINDS[spec.kind])
            if name not in self.encoders or "type" not in self.encoders[name]:
                raise UserError(f"recipe {self.name!r}: [inputs.{name}] has no encoder",
                                f'add [encoders.{name}] with type = "…"')  # fmt: skip

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres told apart, in the order of the scores."""
        return taxonomy(self.data.taxonomy)

    @property
    def used(self) -> tuple[str, ...]:
        """The modalities the model has, in the order of `inputs`."""
        return tuple(name for name in self.inputs if name in self.modalities or not self.modalities)

    def as_dict(self) -> dict[str, Any]:
        """Plain tables, as `Recipe` can be read from again."""
        return asdict(self)


_FOLD = re.compile(r"[1-9]\d?/([2-9]|[1-9]\d)")
TEXTS = tuple(name for name in INPUTS if name != "poster")
KINDS = {
    "words": TEXTS,
    "text": TEXTS,
    "names": ("companies", "people"),
    "poster": ("poster",),
}
"""The kinds of inputs, and the fields of a film that each may read."""
_FOLDER = resources.files(__package__) / "recipes"


def recipe_names() -> list[str]:
    """The recipes that come with the package."""
    return sorted(
        f.name.removesuffix(".toml") for f in _FOLDER.iterdir() if f.name.endswith(".toml")
    )


def read_recipe(name: str) -> dict[str, Any]:
    """The tables of a shipped recipe, or of a TOML file by its path."""
    if name in recipe_names():
        text = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    elif Path(name).suffix == ".toml":
        try:
            text = Path(name).read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(
                f"recipe {name} cannot be read ({error.strerror})", "check the path"
            ) from None
    else:
        raise unknown("recipe", name, recipe_names())
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"recipe {name} is no TOML ({error})", "mend that line") from None


def load_recipe(name: str, *, row: str = "", overrides: Iterable[str] = ()) -> Recipe:
    """A recipe with a row of its `[rows.…]` and `a.b=c` overrides laid on it, checked."""
    tables = read_recipe(name)
    rows = tables.pop("rows", {})
    for what in ("published", "report"):  # what stands beside the rows, and how they are shown
        tables.pop(what, None)
    if row:
        if row not in rows:
            raise unknown(f"row of recipe {name!r}", row, rows)
        title = f"{tables.get('title', name)}: {rows[row].get('title', row)}"
        tables = merge(tables, rows[row]) | {"title": title}
    for text in overrides:
        path, value = parse_override(text)
        for key in reversed(path):
            value = {key: value}
        tables = merge(tables, value)
    return from_table(Recipe, tables, "recipe")
