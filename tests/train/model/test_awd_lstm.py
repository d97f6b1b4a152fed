from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cinegenre.errors import UserError
from cinegenre.inputs import TextInput
from cinegenre.inputs.text import build_vocabulary
from cinegenre.train.model.encoders import build_encoder
from cinegenre.train.model.language_model import AWDLSTMLayers, Dropouts
from cinegenre.train.model.language_model.layers import locked_dropout

READS = TextInput(
    fields=("overview",),
    tokenizer=build_vocabulary([[f"word{i}" for i in range(60)]], 60),
    max_tokens=30,
)
TOKENS = torch.tensor([[5, 6, 7, 8, 9], [4, 3, 0, 0, 0], [2, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def encoder(**options: object) -> nn.Module:
    torch.manual_seed(0)
    table = {"type": "awd_lstm", "embedding": 6, "units": 10, "layers": 3, **options}
    return build_encoder("text", table, READS)


def layers(**dropouts: float) -> AWDLSTMLayers:
    torch.manual_seed(0)
    chances = {f"{name}_p": 0.0 for name in ("input", "embed", "hidden", "weight", "output")}
    return AWDLSTMLayers(60, 6, 10, 3, Dropouts(**(chances | dropouts)))


def stacked(ours: AWDLSTMLayers, tokens: Tensor) -> Tensor:
    """torch's own layers with the same weights, one after the other, a step at a time."""
    steps = ours.embedding.weight[tokens]
    for lstm in ours.lstms:
        cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)  # type: ignore[arg-type]
        cell.load_state_dict({k.removesuffix("_l0"): v for k, v in lstm.state_dict().items()})
        state, outputs = None, []
        for step in steps.unbind(1):
            state = cell(step, state)
            outputs.append(state[0])
        steps = torch.stack(outputs, 1)
    return steps


def test_in_eval_mode_it_is_stacked_lstms() -> None:
    ours = layers(input_p=0.5, embed_p=0.5, hidden_p=0.5, weight_p=0.5).eval()
    tokens = torch.randint(0, 60, (4, 9))
    steps, _ = ours(tokens)
    assert steps.shape == (4, 9, 6)
    torch.testing.assert_close(steps, stacked(ours, tokens))


def test_training_without_dropouts_is_the_same() -> None:
    ours, tokens = layers(), torch.randint(0, 60, (4, 9))
    torch.testing.assert_close(ours.train()(tokens)[0], stacked(ours, tokens))


@pytest.mark.parametrize("training", [False, True])
def test_a_state_carries_on(training: bool) -> None:
    ours, tokens = layers().train(training), torch.randint(0, 60, (4, 9))
    first, states = ours(tokens[:, :4])
    second, _ = ours(tokens[:, 4:], states)
    torch.testing.assert_close(torch.cat([first, second], 1), ours(tokens)[0])


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """The hidden-to-hidden weights that torch's LSTM was given, call by call."""
    weights: list[Tensor] = []
    real = torch._VF.lstm

    def spy(steps: Tensor, state: object, given: list[Tensor], *rest: object) -> object:
        weights.append(given[1].detach().clone())
        return real(steps, state, given, *rest)

    monkeypatch.setattr(torch, "lstm", spy)
    monkeypatch.setattr(torch._VF, "lstm", spy, raising=False)
    return weights


def test_weights_are_dropped_once_a_pass(seen: list[Tensor]) -> None:
    torch.manual_seed(0)
    ours = AWDLSTMLayers(60, 40, 60, 3, Dropouts(weight_p=0.3)).train()
    for _ in range(2):
        ours(torch.randint(0, 60, (2, 7)))
    for dropped, again, lstm in zip(seen[:3], seen[3:], ours.lstms, strict=True):
        kept = dropped != 0
        assert 1 - kept.float().mean() == pytest.approx(0.3, abs=0.03)
        torch.testing.assert_close(dropped[kept], lstm.weight_hh_l0.detach()[kept] / 0.7)
        assert not torch.equal(kept, again != 0)


def test_no_weight_is_dropped_in_eval_mode(seen: list[Tensor]) -> None:
    ours = layers(weight_p=0.9).eval()
    ours(TOKENS)
    for weights, lstm in zip(seen, ours.lstms, strict=True):
        assert torch.equal(weights, lstm.weight_hh_l0)


def test_a_dropped_weight_has_no_gradient(seen: list[Tensor]) -> None:
    ours = layers(weight_p=0.5).train()
    ours(TOKENS)[0].square().sum().backward()
    for dropped, lstm in zip(seen, ours.lstms, strict=True):
        assert torch.equal(lstm.weight_hh_l0.grad != 0, dropped != 0)


def test_each_weight_is_kept_once() -> None:
    names = set(encoder().state_dict())
    parts = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    assert names == {"layers.embedding.weight"} | {
        f"layers.lstms.{i}.{part}" for i in range(3) for part in parts
    }


def test_a_locked_mask_is_the_same_at_every_step() -> None:
    torch.manual_seed(0)
    dropped = locked_dropout(torch.ones(50, 8, 40), 0.4, training=True)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert dropped.unique().tolist() == pytest.approx([0, 1 / 0.6])
    assert (dropped[:, 0] == 0).float().mean() == pytest.approx(0.4, abs=0.03)
    assert not torch.equal(dropped[0], dropped[1])
    assert locked_dropout(dropped, 0.4, training=False) is dropped


def test_embedding_dropout_drops_whole_words(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = layers(embed_p=0.4).train()
    given: list[Tensor] = []

    def keep(lstm: nn.Module, steps: Tensor, state: object) -> tuple[Tensor, object]:
        given.append(steps)
        return steps, state

    monkeypatch.setattr(ours, "_step", keep)
    tokens = torch.arange(60).repeat(3, 2)  # every word twice in each of three rows
    ours(tokens)
    embedded, table = given[0].detach(), ours.embedding.weight.detach()
    gone = (embedded == 0).all(dim=2)
    assert torch.equal(gone, gone[:1].expand(3, -1))
    assert torch.equal(gone[:, :60], gone[:, 60:])
    assert 0.2 < gone.float().mean() < 0.6
    torch.testing.assert_close(embedded[~gone], (table[tokens] / 0.6)[~gone])


def test_pooling_is_the_last_the_largest_and_the_mean_step() -> None:
    pooled = encoder().eval()
    with torch.no_grad():
        steps = pooled.layers(TOKENS)[0].numpy()  # type: ignore[operator]
        features = pooled(TOKENS).numpy()
    assert features.shape == (4, 18)
    for row, length in enumerate((5, 2, 1)):
        valid = steps[row, :length]
        expected = np.concatenate([valid[-1], valid.max(axis=0), valid.mean(axis=0)])
        np.testing.assert_allclose(features[row], expected, rtol=1e-5, atol=1e-7)
    assert not features[3].any()


@pytest.mark.parametrize("training", [False, True])
def test_padding_and_neighbours_change_nothing(training: bool) -> None:
    pooled = encoder(dropout=0).train(training)
    alone = pooled(torch.tensor([[4, 3]]))
    torch.testing.assert_close(alone, pooled(TOKENS)[1:2])


def test_an_empty_text_learns_nothing_bad() -> None:
    pooled = encoder().train()
    pooled(TOKENS).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in pooled.parameters())


def test_depths_go_from_the_words_to_the_last_layer() -> None:
    pooled = encoder(layers=2)
    depths = pooled.depths()  # type: ignore[operator]
    assert [[tuple(p.shape) for p in part] for part in depths] == [
        [(60, 6)],
        [(40, 6), (40, 10), (40,), (40,)],
        [(24, 10), (24, 6), (24,), (24,)],
    ]
    assert {id(p) for part in depths for p in part} == {id(p) for p in pooled.parameters()}


def test_fastais_sizes_and_dropouts() -> None:
    pooled = build_encoder("text", {"type": "awd_lstm", "dropout": 1.0}, READS)
    sizes = [(lstm.input_size, lstm.hidden_size) for lstm in pooled.layers.lstms]  # type: ignore[union-attr]
    assert sizes == [(400, 1152), (1152, 1152), (1152, 400)]
    shared = pooled.layers
    chances = (shared.input_p, shared.embed_p, shared.hidden_p, shared.weight_p)
    assert (*chances, pooled.dropout.p) == (0.4, 0.05, 0.3, 0.5, 0.4)  # type: ignore[union-attr]


def test_a_multiplier_that_leaves_nothing() -> None:
    with pytest.raises(UserError, match=r"dropout × weight_p is 1\.25: it must be below 1"):
        encoder(dropout=2.5, input_p=0.1)


def test_an_option_of_the_language_model_out_of_range() -> None:
    with pytest.raises(UserError, match=r"text\.language_model\.learning_rate is 0\.0"):
        encoder(language_model={"learning_rate": 0})
    with pytest.raises(UserError, match="did you mean 'epochs'"):
        encoder(language_model={"epoch": 1})
