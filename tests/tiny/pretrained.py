"""Tiny pretrained models with random weights, saved as `transformers` saves them."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from cinegenre.train.model.universal_sentence import (
    ARCHITECTURE,
    EMBEDDING,
    UniversalSentence,
    packed,
)

WORDS = [f"word{i}" for i in range(50)]
BERT = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
ROBERTA = ("<s>", "<pad>", "</s>", "<unk>")
"""Special tokens in the order of their numbers; RoBERTa's and MPNet's padding is 1."""
_SIZE = {
    "vocab_size": 60,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def tokenizer(special: tuple[str, ...] = BERT, words: list[str] = WORDS) -> Tokenizer:
    """Whole words in lower case; a text is put between the first and last token of its kind."""
    first, last, unknown = (
        ("[CLS]", "[SEP]", "[UNK]") if special == BERT else ("<s>", "</s>", "<unk>")
    )
    made = Tokenizer(
        models.WordLevel({word: i for i, word in enumerate((*special, *words))}, unk_token=unknown)
    )
    made.add_special_tokens(list(special))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [(token, made.token_to_id(token)) for token in (first, last)]
    made.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=ends
    )
    return made


def save_text(folder: Path, family: str = "bert", words: list[str] = WORDS) -> Path:
    """A model of the family "bert", "roberta", "mpnet" or "distilbert" that reads `tokenizer`."""
    torch.manual_seed(0)
    special = ROBERTA if family in ("roberta", "mpnet") else BERT
    size = dict(_SIZE, pad_token_id=special.index("<pad>") if special == ROBERTA else 0)
    if family == "distilbert":
        config = transformers.DistilBertConfig(
            vocab_size=60, dim=32, n_layers=2, n_heads=2, hidden_dim=64, max_position_embeddings=34
        )
    else:
        kind = {"bert": "BertConfig", "roberta": "RobertaConfig", "mpnet": "MPNetConfig"}[family]
        config = getattr(transformers, kind)(**size, max_position_embeddings=34)
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    # As those of sentence encoders are often saved: padded and cut for someone else.
    made = tokenizer(special, words)
    made.enable_padding(
        length=12, pad_id=size["pad_token_id"], pad_token=special[size["pad_token_id"]]
    )
    made.enable_truncation(5)
    made.save(str(folder / "tokenizer.json"))
    return folder


def save_universal_sentence(folder: Path, words: list[str] = WORDS) -> Path:
    """A multilingual Universal Sentence Encoder that reads `tokenizer`."""
    torch.manual_seed(0)
    made = tokenizer(words=words)
    body = UniversalSentence(made.get_vocab_size())
    for name, weights in body.named_parameters():
        # With torch's own start, differences between texts fade layer by layer; if weights are too
        # large, tanh saturates.
        if weights.ndim == 2:
            scale = 0.1 if name.startswith(("last", "skip_up", "pool")) else 1.0
            torch.nn.init.kaiming_normal_(weights).data.mul_(scale)
    embeddings = torch.randn(made.get_vocab_size(), EMBEDDING)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(body.state_dict() | {"pieces": packed(embeddings)}, folder / "model.safetensors")
    config = {"architecture": ARCHITECTURE, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config))
    made.save(str(folder / "tokenizer.json"))
    return folder


def save_image(
    folder: Path, family: str = "resnet", scale: dict[str, object] | None = None
) -> Path:
    """A "resnet" of two stages, 8 and 16 channels, or a "vit" of patches of 4 pixels.

    `scale` goes into its preprocessor_config.json.
    """
    torch.manual_seed(0)
    if family == "resnet":
        config: transformers.PretrainedConfig = transformers.ResNetConfig(
            embedding_size=8, hidden_sizes=[8, 16], depths=[1, 2], layer_type="basic"
        )
    else:
        config = transformers.ViTConfig(
            hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
            image_size=16, patch_size=4,
        )  # fmt: skip
    model = transformers.AutoModel.from_config(config)
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm2d):  # trained ones are not 0 and 1
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2)
    model.save_pretrained(folder)
    if scale is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(scale))
    return folder
