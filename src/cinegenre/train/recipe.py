"""Recipes: what is trained, on which films and how. A TOML file that is checked when it is
loaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import UserError, unknown
from ..inputs import Cleaning
from ..movie import INPUTS
from ..tagger.sparing import checked
from ..taxonomy import taxonomy
from .config import from_table, is_part, limited, merge, parse_override
from .recipe_files import read_recipe


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which films of a prepared data set a recipe uses; what each choice drops is counted."""

    taxonomy: str = "tmdb"
    labels: str = ""  # a second label set of the data set; "" for the labels of the source
    languages: tuple[str, ...] = ()  # original languages that are kept; () keeps all
    drop_genres: tuple[str, ...] = ()  # films with one of these are left out
    need: tuple[str, ...] = ()  # inputs that every film must have
    test_need: tuple[str, ...] = ()  # the same for the films that are scored; () is `need`
    films: int = limited(0, at_least=0)  # the most films for training, stratified; 0 for all
    leave_out: str = ""  # "2/5" leaves out the second fifth of the training films
    oversample: float = 0.0  # repeat films with rare label sets up to this factor; 0 for off

    def needed(self, split: str) -> tuple[str, ...]:
        """The inputs that every film of a split must have."""
        return self.test_need if split == "test" and self.test_need else self.need


@dataclass(frozen=True, kw_only=True)
class InputConfig:
    """An input of the model: one array per film. `kind` is one of

    - "words": words cleaned by `cleaning`, the `vocabulary` most frequent in the training films;
    - "text": raw text, with the tokenizer of the encoder's `model`, fields joined by `separator`;
    - "names": whole names of companies or people, the `vocabulary` most frequent; with `words` also
      the words in them, as tokens of their own;
    - "poster": pixels, `height` × `width`.
    """

    kind: str
    fields: tuple[str, ...] = ("overview",)
    max_tokens: int = limited(200, at_least=1)
    vocabulary: int = limited(50_000, at_least=3)  # includes padding and the unknown word
    words: bool = False
    whole_split: bool = False  # count words in all films of the split
    cleaning: Cleaning = Cleaning()
    separator: str = " "
    height: int = limited(64, at_least=1)
    width: int = limited(64, at_least=1)

    @property
    def reads(self) -> tuple[str, ...]:
        """The inputs of a film that it is made from; for a text these are `fields`."""
        return ("poster",) if self.kind == "poster" else self.fields


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """How the encoders' outputs are joined and classified."""

    fusion: str = "concat"
    fusion_width: int = limited(
        0, at_least=0
    )  # the common width of "sum" and "gated"; 0 for that of the widest encoder
    hidden: tuple[int, ...] = limited(
        (), at_least=1
    )  # widths of the fully connected layers after the fusion
    dropout: float = limited(0.0, at_least=0, below=1)  # after each of them
    feature_dropout: float = limited(0.0, at_least=0, below=1)  # of the encoders' outputs
    # With the fusion "sum": fit a weight for each modality in each set of them on validation films.
    weigh: bool = False
    # Modality → texts: for speed, the bundle skips its encoder for films that have all of them.
    # poster_large = ["overview"]
    spare: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # The probability that a present modality is hidden in training.
    modality_dropout: float = limited(0.0, at_least=0, below=1)
    # Train on every subset of a film's modalities at once; the loss is the mean over the subsets.
    every_set: bool = False
    batch_norm: bool = False  # in each of them, before the ReLU
    # The random numbers that layers start from, in the head and in the encoders that are trained
    # from scratch: torch's, or those of Keras (keras_init.py).
    init: str = limited("torch", of=("torch", "keras"))
    loss: str = "binary_cross_entropy"
    positive_weights: bool = False  # give positives of rare genres more weight in the loss


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The optimisation. Early stopping watches validation macro average precision."""

    learning_rate: float = limited(1e-3, above=0)  # the head's
    range_test: bool = False  # find the rate by a range test (Smith 2017) instead
    # Learning rates of the encoders: that of their last part as a multiple of the head's, that of
    # each earlier part as a multiple of the next part's (ULMFiT, 3.2: 1/2.6).
    encoder_rate: float = limited(1.0, above=0)
    layer_decay: float = limited(1.0, above=0)
    # By modality, for encoders with another multiple than `encoder_rate`.
    encoder_rates: dict[str, float] = field(default_factory=dict)
    # Gradual unfreezing (ULMFiT 3.3): after this many epochs each, one more part of the encoders
    # starts to learn, from the last to the first. 0: all learn from the beginning, as the head
    # does.
    unfreeze_every: int = limited(0, at_least=0)
    schedule: str = limited("constant", of=("constant", "slanted_triangular"))
    betas: tuple[float, ...] = limited((0.9, 0.999), at_least=0, below=1)  # Adam's
    clip: float = limited(0.0, at_least=0)  # largest norm of the gradient; 0 for no limit
    weight_decay: float = limited(0.0, at_least=0)
    # Decay per step of a running mean of the weights (Polyak and Juditsky 1992), which is used for
    # validation and stored. 0: the weights themselves.
    average: float = limited(0.0, at_least=0, below=1)
    batch_size: int = limited(256, at_least=1)
    epochs: int = limited(30, at_least=1)
    patience: int = limited(5, at_least=0)
    # auto: 16 bits if the hardware supports them (bfloat16, or float16 on an older GPU), else
    # float32
    precision: str = limited("auto", of=("auto", "32-true", "bf16-mixed", "16-mixed"))
    checkpoint_minutes: float = limited(5.0, above=0)
    logger: str = limited("csv", of=("csv", "tensorboard"))
    # Number of batches that are sorted by length together: larger means less padding, less mixing.
    pool_batches: int = limited(16, at_least=1)


@dataclass(frozen=True, kw_only=True)
class DistillConfig:
    """Soft targets from a teacher (Hinton et al. 2015), a recipe of its own.

    The teacher is trained `folds` times, each time without one fold of the training films, and then
    predicts that fold: for films that it was trained on, it would only repeat their labels. The
    student's targets are `weight` × the teacher's probabilities + (1 - `weight`) × the labels.
    """

    recipe: str = ""  # a recipe's name or file; "" for no teacher
    weight: float = limited(0.5, at_least=0, below=1)
    folds: int = limited(5, at_least=2)
    # RUN/teacher/scores.npz of a run whose teacher has predicted these films already, for example
    # on a machine with a GPU; then no teacher is trained. Or a recipe that comes with its scores.
    scores: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A complete recipe. `inputs` and `encoders` have the same keys, the model's modalities."""

    name: str
    title: str = ""
    about: str = ""  # the model card's text about the data and its terms
    languages: tuple[str, ...] = ()  # languages of its overviews, ISO 639-1; () for any
    seed: int = limited(0, at_least=0, below=2**32)
    data: DataConfig = DataConfig()
    inputs: dict[str, InputConfig] = field(default_factory=dict)
    encoders: dict[str, dict[str, Any]] = field(default_factory=dict)
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    distill: DistillConfig = DistillConfig()
    modalities: tuple[str, ...] = ()  # those of `inputs` that are used; () uses all
    # Modality → a finished run; training starts from the weights of its encoder of that name. In a
    # paper's rows, the name of an earlier row.
    start: dict[str, str] = field(default_factory=dict)
    always: str = ""  # the genre that a paper's naive row predicts for all films, without training

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
        if self.data.leave_out and not is_part(self.data.leave_out):
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
        """The genres that the model predicts, in the order of the scores."""
        return taxonomy(self.data.taxonomy)

    @property
    def used(self) -> tuple[str, ...]:
        """The modalities that the model has, in the order of `inputs`."""
        return tuple(name for name in self.inputs if name in self.modalities or not self.modalities)

    def as_dict(self) -> dict[str, Any]:
        """Plain tables, from which the recipe can be read again."""
        return asdict(self)


TEXTS = tuple(name for name in INPUTS if name != "poster")
KINDS = {
    "words": TEXTS,
    "text": TEXTS,
    "names": ("companies", "people"),
    "poster": ("poster",),
}
"""The kinds of inputs, each with the fields of a film that it may read."""


def load_recipe(name: str, *, row: str = "", overrides: Iterable[str] = ()) -> Recipe:
    """Load and check a recipe; a row of its `[rows.…]` and overrides `a.b=c` replace its values."""
    tables = read_recipe(name)
    rows = tables.pop("rows", {})
    for what in ("published", "report"):  # these are for `reproduce` alone
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
