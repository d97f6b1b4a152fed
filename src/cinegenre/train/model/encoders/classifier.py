"""A pretrained poster model with a genre classifier, trained by itself before the other encoders.

Several models that are trained separately make different mistakes, so that their sum is better than
each of them; models that are trained together share their mistakes (Hansen and Salamon 1990).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ....errors import UserError
from ....inputs import PosterInput
from ...config import limited
from ...precision import device
from ...schedule import slanted_triangular
from .base import Column, Encoder
from .vision import Vision, VisionOptions


@dataclass(frozen=True, kw_only=True)
class ClassifierOptions:
    """`model`, `pool`, `last_stages` and `mirror` as of `vision`, one layer over it.

    AdamW trains it for `epochs`, with the rate as slanted triangles; features are dropped with
    `dropout`. `folds` as of `bag`. With `hidden` it has a second opinion, and gives the mean of
    both: the last stages as they came, with a layer of so many units over what each of them sees.
    """

    model: str
    pool: str = limited("average", of=("average", "max"))
    last_stages: int = limited(0, at_least=0)
    mirror: float = limited(0.5, at_least=0, below=1)
    epochs: int = limited(5, at_least=1)
    batch_size: int = limited(64, at_least=1)
    learning_rate: float = limited(1e-3, above=0)
    weight_decay: float = limited(0.05, at_least=0)
    dropout: float = limited(0.3, at_least=0, below=1)
    folds: int = limited(5, at_least=2)
    hidden: int = limited(0, at_least=0)


class Classifier(Encoder):
    """Pixels (batch, height, width, 3) in 0..255 to a logit per genre, (batch, genres).

    It also accepts the outputs of `stem` in place of pixels. Inputs that are logits already (those
    of training films, from `learn`) are returned unchanged.
    """

    Reads = PosterInput
    Options = ClassifierOptions
    learns_apart = True
    has_teacher = True

    def __init__(self, reads: PosterInput, options: ClassifierOptions, genres: int) -> None:
        super().__init__()
        self.options, self.out_dim = options, genres
        self.epochs, self.folds = options.epochs, options.folds
        self.body = Vision(
            reads,
            VisionOptions(
                model=options.model,
                frozen=False,
                pool=options.pool,
                last_stages=options.last_stages,
                mirror=options.mirror,
            ),
        )
        self.has_stem = self.body.has_stem
        self.dropout = nn.Dropout(options.dropout)
        self.classify = nn.Linear(self.body.out_dim, genres)
        self.second: Second | None = None
        if options.hidden:
            if not self.has_stem:
                raise UserError("hidden is set without last_stages", "set how many stages learn")
            self.second = Second(self.body, options.hidden, genres, reads)
        self.requires_grad_(False)  # it must not change in the training of the rest of the model

    def forward(self, inputs: Tensor) -> Tensor:
        if inputs.dim() == 2:
            return inputs
        if self.second is None:
            return self._first(inputs)
        maps = self.stem(inputs) if inputs.dtype == torch.uint8 else inputs
        second: Tensor = self.second(self.second.features(self.body, maps))
        return (self._first(maps) + second) / 2

    def _first(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.classify(self.dropout(self.body(inputs)))
        return logits

    def stem(self, inputs: Tensor) -> Tensor:
        """The inputs of the stages that learn, (batch, height, width, channels), from pixels."""
        return self.body.stem(inputs)

    @property
    def fingerprint(self) -> str:
        """A key for stored outputs of `stem`, which changes with its weights."""
        return self.body.fingerprint

    def learn(
        self,
        column: Column,
        target: np.ndarray,
        fold: np.ndarray | None,
        advance: Callable[[int], None] = lambda films: None,
    ) -> np.ndarray | None:
        """See `Encoder.learn`; `column` has posters, or the outputs of `stem` for them."""
        films, judged = np.flatnonzero(column.present), None
        if fold is not None:
            judged = np.zeros(target.shape, np.float32)
            start = copy.deepcopy(self.state_dict())
            for number in range(self.folds):
                self._fit(column, target, films[fold[films] != number], advance)
                outside = films[fold[films] == number]
                judged[outside] = self._judge(column, outside)
                self.load_state_dict(start)
        self._fit(column, target, films, advance)
        return judged

    def _fit(
        self,
        column: Column,
        target: np.ndarray,
        films: np.ndarray,
        advance: Callable[[int], None],
    ) -> None:
        """Train the model in place on the rows `films` of `column` and of `target` (films,
        genres).
        """
        options, size, where = self.options, self.options.batch_size, device()
        share = torch.from_numpy(target[films].mean(axis=0)).clamp(1e-3, 1 - 1e-3)
        self.classify.bias.copy_(torch.logit(share))
        self.classify.weight.mul_(0.1)  # so that it starts close to predicting each genre's share
        learning = [*self.body.tail_parameters(), *self.classify.parameters()]
        self.to(where).train()
        for part in learning:
            part.requires_grad_(True)
        optimizer = torch.optim.AdamW(
            learning, options.learning_rate, weight_decay=options.weight_decay
        )
        steps = options.epochs * -(-len(films) // size)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: slanted_triangular(min(step, steps - 1), steps)
        )
        for _ in range(options.epochs):
            order = films[torch.randperm(len(films)).numpy()]
            for start in range(0, len(order), size):
                rows = np.sort(
                    order[start : start + size]
                )  # in the order in which the disk has them
                logits = self._first(torch.from_numpy(column.batch(rows)).to(where))
                loss = functional.binary_cross_entropy_with_logits(
                    logits, torch.from_numpy(target[rows]).to(where)
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                advance(len(rows))
        self.requires_grad_(False)
        self.eval()
        if self.second is not None:
            features = [
                torch.cat(
                    [self._kept(column, rows, where, mirrored) for rows in self._parts(films)]
                )
                for mirrored in (False, True)
            ]
            self.second.fit(features, torch.from_numpy(target[films]), self.options.mirror)
        self.cpu()

    def _kept(
        self, column: Column, rows: np.ndarray, where: torch.device, mirrored: bool
    ) -> Tensor:
        """The second opinion's features, (films, width), on the CPU."""
        assert self.second is not None
        maps = torch.from_numpy(column.batch(rows)).to(where)
        maps = maps.flip(2) if mirrored else maps
        with torch.inference_mode():
            return self.second.features(self.body, maps).cpu()

    def _parts(self, films: np.ndarray) -> list[np.ndarray]:
        size = self.options.batch_size
        return [films[start : start + size] for start in range(0, len(films), size)]

    def _judge(self, column: Column, films: np.ndarray) -> np.ndarray:
        logits = [self(torch.from_numpy(column.batch(rows))).numpy() for rows in self._parts(films)]
        return np.concatenate([*logits, np.zeros((0, self.out_dim), np.float32)])


class Second(nn.Module):
    """A second network, on features (batch, width) of the pretrained, untuned last stages, to
    logits.

    The tuned stages make other mistakes than this network, so the mean of both is better. It gets
    the features of every stage, because genres also depend on colours and textures, which only the
    earlier stages represent.
    """

    epochs, batch_size, learning_rate, weight_decay, dropout = 20, 128, 1e-3, 0.05, 0.5

    def __init__(self, body: Vision, hidden: int, genres: int, reads: PosterInput) -> None:
        super().__init__()
        self.stages = nn.ModuleList(copy.deepcopy(list(body.last_stages())))
        black = torch.zeros(1, reads.height, reads.width, 3, dtype=torch.uint8)
        with torch.no_grad():
            width = self.features(body, body.stem(black)).shape[1]
        self.widen = nn.Linear(width, hidden)
        self.classify = nn.Linear(hidden, genres)

    def features(self, body: Vision, maps: Tensor) -> Tensor:
        """The pooled outputs of the stem and of each stage, side by side, (batch, width)."""
        return torch.cat(body.each_pooled(maps, self.stages), dim=1)

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.classify(self.widen(features).relu())
        return logits

    def train(self, mode: bool = True) -> Second:
        """As in any module, but the stages stay in eval mode, with their batch normalisation."""
        super().train(mode)
        self.stages.eval()
        return self

    def fit(self, features: Sequence[Tensor], target: Tensor, mirror: float) -> None:
        """Train the layers on features (films, width) of the films' posters, plain and mirrored."""
        mean = features[0].mean(dim=0)
        deviation = features[0].std(dim=0, unbiased=False) + 1e-3
        plain, mirrored = ((part - mean) / deviation for part in features)
        layers = nn.Sequential(
            nn.Dropout(self.dropout), self.widen, nn.ReLU(), nn.Dropout(self.dropout), self.classify
        ).cpu()
        learning = [*self.widen.parameters(), *self.classify.parameters()]
        for part in learning:
            part.requires_grad_(True)
        optimizer = torch.optim.AdamW(learning, self.learning_rate, weight_decay=self.weight_decay)
        steps = self.epochs * -(-len(plain) // self.batch_size)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: slanted_triangular(min(step, steps - 1), steps)
        )
        for _ in range(self.epochs):
            for rows in torch.randperm(len(plain)).split(self.batch_size):
                chosen = torch.rand(len(rows), 1) < mirror
                batch = torch.where(chosen, mirrored[rows], plain[rows])
                loss = functional.binary_cross_entropy_with_logits(layers(batch), target[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
        self.requires_grad_(False)
        with torch.no_grad():  # put the scaling of the features into the first layer
            self.widen.weight.div_(deviation)
            self.widen.bias.sub_(self.widen.weight @ mean)
