"""The peer of our prediction: torch, transformers and Pillow, a film at a time, in float32.

MiniLM over title and overview, the image models that are named over the poster, all as they come;
no bags, no head, no calibration. What it says is not compared, only how long it takes.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from PIL import Image
from transformers import AutoModel, AutoTokenizer

from cinegenre.train.model.pretrained import load_body, pixel_scale

from .predict import read_films

HEIGHT, WIDTH, TOKENS = 256, 192, 160
"""As the shipped bundle reads."""


def main() -> None:
    """One JSON object with films a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("images", nargs="+", help="their folders in `weights`")
    parser.add_argument("--films", type=int, required=True)
    given = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(given.weights / "minilm")
    texts = AutoModel.from_pretrained(given.weights / "minilm").eval()
    images = [load_body(str(given.weights / name)) for name in given.images]
    scale, shift, _ = pixel_scale(str(given.weights / given.images[0]))
    by, minus = torch.tensor(scale).view(3, 1, 1), torch.tensor(shift).view(3, 1, 1)
    films = read_films(given.folder, given.films + 3)

    def features(film: dict[str, object]) -> torch.Tensor:
        text = f"{film['title']}: {film['overview']}"
        tokens = tokenizer(text, truncation=True, max_length=TOKENS, return_tensors="pt")
        said = texts(**tokens).last_hidden_state.mean(dim=1)
        with Image.open(str(film["poster"])) as image:
            small = image.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
        pixels = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
        batch = pixels.view(1, HEIGHT, WIDTH, 3).permute(0, 3, 1, 2).float() * by - minus
        seen = [image(batch).last_hidden_state.mean(dim=(2, 3)) for image in images]
        return torch.cat([said, *seen], dim=1)

    with torch.inference_mode():
        for film in films[:3]:
            features(film)
        started = time.perf_counter()
        for film in films[3:]:
            features(film)
        seconds = time.perf_counter() - started
    print(json.dumps({"films_per_second": given.films / seconds}))


if __name__ == "__main__":
    main()
