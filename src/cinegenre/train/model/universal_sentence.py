"""The convolutional Universal Sentence Encoder for many languages (Yang et al. 2019).

Word pieces are embedded. Their n-grams of two, three and five pieces pass through two convolutions
each with a residual connection. The sum over a text, divided by the square root of its length,
passes through four layers. The third version reads Arabic, Chinese, Dutch, English, French, German,
Italian, Japanese, Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish.

Most of the weights are embeddings. They are frozen, and stored in four bits.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

ARCHITECTURE = "universal_sentence_encoder_multilingual_3"
"""Its name in the config.json of a folder with these weights."""
EMBEDDING, BRANCH, OUT = 512, 256, 512
N_GRAMS = ((2, 0), (3, 1), (5, 2))
"""The length of an n-gram, and how many of its pieces come before the one it belongs to."""
_HIDDEN = 320
_EPS = 1e-6
_SCALES = 2
"""The number of scales of a row: each is for half of its numbers."""
_STEP, _LEAST = 16, -16
"""A scale is a power of 2, whose exponent is its byte divided by the first, plus the second."""


class UniversalSentence(nn.Module):
    """Piece numbers (batch, length) and a mask of those present → (batch, 512), each in -1..1.

    `pieces` are the packed embeddings, uint8 (vocabulary, 258), as made by `packed`.
    """

    pieces: Tensor

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.register_buffer(
            "pieces", torch.zeros(vocabulary, _SCALES + EMBEDDING // 2, dtype=torch.uint8)
        )
        width = BRANCH * len(N_GRAMS)
        self.project = nn.Linear(EMBEDDING, width)
        self.project_norm = nn.LayerNorm(width, _EPS)
        self.first = nn.ModuleList(nn.Linear(n * BRANCH, BRANCH) for n, _ in N_GRAMS)
        self.second = nn.ModuleList(nn.Linear(n * BRANCH, BRANCH) for n, _ in N_GRAMS)
        self.norm = nn.LayerNorm(EMBEDDING + width, _EPS)
        self.pool = nn.Linear(EMBEDDING + width, OUT)
        self.down = nn.Linear(OUT, _HIDDEN, bias=False)
        self.across = nn.Linear(_HIDDEN, _HIDDEN, bias=False)
        self.skip_down = nn.Linear(OUT, _HIDDEN, bias=False)
        self.up = nn.Linear(_HIDDEN, OUT, bias=False)
        self.last = nn.Linear(OUT, OUT, bias=False)
        self.skip_up = nn.Linear(_HIDDEN, OUT, bias=False)

    def forward(self, tokens: Tensor, there: Tensor) -> Tensor:
        kept = there.unsqueeze(-1).float()  # (batch, length, 1)
        embedded = unpacked(self.pieces[tokens])
        narrow = self.project_norm(self.project(embedded)) * kept
        parts = [embedded]
        layers = zip(N_GRAMS, narrow.split(BRANCH, dim=-1), self.first, self.second, strict=True)
        for (n, before), part, first, second in layers:
            # Beyond the ends of a text there are zeros, before the first convolution and after it.
            part = (functional.relu(first(_windows(part, n, before))) + part) * kept
            parts.append(functional.relu(second(_windows(part, n, before))) + part)
        steps = self.norm(torch.cat(parts, dim=-1)) * kept
        length = kept.sum(dim=1).clamp(min=1)
        return self._deep(self.pool(steps.sum(dim=1) / length) * length.sqrt())

    def _deep(self, pooled: Tensor) -> Tensor:
        narrow = self.across(functional.relu(self.down(pooled))) + self.skip_down(pooled)
        narrow = functional.relu(narrow)
        return torch.tanh(self.last(functional.relu(self.up(narrow))) + self.skip_up(narrow))


def _windows(steps: Tensor, n: int, before: int) -> Tensor:
    """Each step's n-gram, (batch, length, n × width), so that a matrix product computes the
    convolution, which is faster with integers.
    """
    length = steps.shape[1]
    padded = functional.pad(steps, (0, 0, before, n - 1 - before))
    return torch.cat([padded[:, at : at + length] for at in range(n)], dim=-1)


def packed(embeddings: Tensor) -> Tensor:
    """Pack embeddings (vocabulary, 512) into four bits per number and a byte per scale, uint8.

    The scales of each row are those with the smallest error.
    """
    halves = embeddings.float().unflatten(1, (_SCALES, EMBEDDING // 2))
    largest = halves.abs().amax(dim=-1, keepdim=True).clamp(min=2.0**_LEAST)
    best = torch.full_like(largest, torch.inf)
    scale_codes = torch.zeros_like(largest)
    for part in torch.linspace(0.5, 1, 11):
        codes = ((largest * part / 7.5).log2().sub(_LEAST) * _STEP).round().clamp(0, 255)
        scale = _scale(codes)
        wrong = (_levels(halves, scale).sub(7.5).mul(scale) - halves).square().sum(-1, keepdim=True)
        scale_codes = torch.where(wrong < best, codes, scale_codes)
        best = torch.minimum(wrong, best)
    low, high = _levels(halves, _scale(scale_codes)).unbind(dim=1)
    return torch.cat([scale_codes.squeeze(-1), low + 16 * high], dim=1).to(torch.uint8)


def unpacked(rows: Tensor) -> Tensor:
    """Unpack rows made by `packed`, uint8 (…, 258), to float32 (…, 512)."""
    numbers = rows.float()  # in floats from here on, because not every ONNX runtime can shift bytes
    scales, both = numbers[..., :_SCALES], numbers[..., _SCALES:]
    high = torch.floor(both / 16)
    low = both - 16 * high
    first, second = _scale(scales).split(1, dim=-1)
    return torch.cat([(low - 7.5) * first, (high - 7.5) * second], dim=-1)


def _scale(codes: Tensor) -> Tensor:
    return torch.exp2(codes / _STEP + _LEAST)


def _levels(numbers: Tensor, scale: Tensor) -> Tensor:
    return (numbers / scale + 7.5).round().clamp(0, 15)
