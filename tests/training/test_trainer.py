from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch

from charrnn.cell import initial_state
from charrnn.errors import ModelError, OptionError
from charrnn.vocabulary import Vocabulary
from charrnn_training.checkpoint import FILE
from charrnn_training.corpus import Shard
from charrnn_training.trainer import BEST, Report
from charrnn_training.validation import evaluate_network

from .conftest import RECIPE, make_trainer


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_training_learns(cell: str, optimizer: str, shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    rate = 0.005 if optimizer == "muon" else 0.02
    recipe = dataclasses.replace(RECIPE, cell=cell, optimizer=optimizer, learning_rate=rate)  # type: ignore[arg-type]
    trainer = make_trainer(shard, vocabulary, tmp_path, recipe)
    before = evaluate_network(trainer.network, shard, 10_000, torch.device("cpu"))
    reports: list[Report] = []
    best = trainer.run(reports.append)
    assert before == pytest.approx(math.log2(len(vocabulary)), abs=0.5)
    assert best < 0.7 * before
    assert reports[-1].share == 1
    assert trainer.progress.history[-1][3] == pytest.approx(best, abs=1e-4)


def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = make_trainer(shard, vocabulary, tmp_path / "whole")
    whole.run()

    class InterruptedError_(Exception):  # noqa: N801, N818
        pass

    def interrupt(report: Report) -> None:
        if report.progress.updates == 20:
            raise InterruptedError_

    first = make_trainer(shard, vocabulary, tmp_path / "parts")
    with pytest.raises(InterruptedError_):
        first.run(interrupt)
    first.save()
    second = make_trainer(shard, vocabulary, tmp_path / "parts")
    second.resume()
    assert second.progress.updates == 20
    second.run()
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_resuming_without_a_checkpoint_says_so(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"There is no checkpoint .* Start without --resume"):
        make_trainer(shard, vocabulary, tmp_path).resume()


def test_a_cut_checkpoint_says_so(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = make_trainer(shard, vocabulary, tmp_path)
    trainer.save()
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"is not a checkpoint"):
        trainer.resume()


def test_the_learning_rate_warms_up_stays_and_falls(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = make_trainer(shard, vocabulary, tmp_path)
    rates: list[float] = []
    trainer.run(lambda report: rates.append(trainer.optimizers[0].param_groups[0]["lr"]))
    peak = max(rates)
    assert rates[0] == pytest.approx(peak / RECIPE.warmup)
    assert rates[len(rates) // 2] == pytest.approx(peak)
    assert rates[-1] < 0.1 * peak


def test_validation_in_one_stream_is_what_one_pass_gives(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = make_trainer(shard, vocabulary, tmp_path).network
    monkeypatch.setattr("charrnn_training.validation.VALIDATION_STREAM", len(shard))
    bits = evaluate_network(network, shard, len(shard), torch.device("cpu"))
    ids = torch.from_numpy(shard.ids[:].astype("int64"))[None]
    with torch.no_grad():
        logits, _ = network(ids[:, :-1], torch.from_numpy(initial_state(network.architecture)))
    nats = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())
    assert bits == pytest.approx(float(nats) / math.log(2), rel=1e-3)


def test_weights_that_are_never_bettered_are_kept(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    good = make_trainer(shard, vocabulary, tmp_path)
    good.run()
    weights = {name: value.clone() for name, value in good.network.state_dict().items()}
    (tmp_path / "tuned").mkdir()
    harmful = dataclasses.replace(RECIPE, learning_rate=10.0, warmup=0, epochs=1)
    trainer = make_trainer(shard, vocabulary, tmp_path / "tuned", harmful)
    trainer.start_from(weights)
    best = trainer.run()
    assert best == trainer.progress.start == pytest.approx(good.progress.best, abs=1e-3)
    for name, value in trainer.network.state_dict().items():
        assert torch.equal(value, weights[name]), name


def test_training_ends_when_validation_finds_nothing_better(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    recipe = dataclasses.replace(RECIPE, learning_rate=10.0, warmup=0, validate_minutes=1e-9, patience=3, epochs=50)
    trainer = make_trainer(shard, vocabulary, tmp_path, recipe)
    trainer.start_from(trainer.network.state_dict())
    trainer.run()
    assert 3 <= len(trainer.progress.history) < 20
    again = make_trainer(shard, vocabulary, tmp_path, recipe)
    again.resume()
    again.run()
    assert again.progress.updates == trainer.progress.updates


def test_an_optimiser_that_was_added_follows_the_course_of_the_others(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    trainer = make_trainer(shard, vocabulary, tmp_path)
    trainer.add_optimizer(torch.optim.SGD(trainer.network.parameters(), 0.5))
    shares: list[float] = []
    trainer.run(lambda report: shares.append(trainer.optimizers[-1].param_groups[0]["lr"] / 0.5))
    assert shares[0] == pytest.approx(1 / RECIPE.warmup)
    assert max(shares) == pytest.approx(1)
    assert shares[-1] < 0.1


def trained(shard: Shard, vocabulary: Vocabulary, folder: Path, **changes: object) -> dict[str, torch.Tensor]:
    """The weights after a run of the small recipe with changes."""
    folder.mkdir()
    trainer = make_trainer(shard, vocabulary, folder, dataclasses.replace(RECIPE, **changes))  # type: ignore[arg-type]
    trainer.run()
    return trainer.network.state_dict()


def test_a_batch_in_parts_trains_the_same(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    whole = trained(shard, vocabulary, tmp_path / "whole", updates=6)
    parts = trained(shard, vocabulary, tmp_path / "parts", updates=6, accumulate=4)
    for name, value in whole.items():
        assert torch.allclose(parts[name], value, atol=0.02), name
    other = trained(shard, vocabulary, tmp_path / "other", updates=6, seed=4)
    assert not all(torch.allclose(other[name], value, atol=0.02) for name, value in whole.items())


def test_the_average_of_the_weights_is_what_is_measured_and_kept(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    recipe = dataclasses.replace(RECIPE, average=0.9, decay=0.0, dropout=0.1, locked=True, weight_drop=0.2)
    trainer = make_trainer(shard, vocabulary, tmp_path, recipe)
    last: dict[str, torch.Tensor] = {}
    trainer.run(lambda report: last.update((n, p.detach().clone()) for n, p in trainer.network.named_parameters()))
    kept = dict(trainer.network.named_parameters())
    assert any(not torch.allclose(kept[name], value, atol=1e-3) for name, value in last.items())
    bits = evaluate_network(trainer.network, shard, 400_000, torch.device("cpu"))
    assert bits == pytest.approx(trainer.progress.best, abs=1e-3)


def test_a_run_with_dropout_and_an_average_is_resumed_to_the_bit(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    changes = {"average": 0.9, "dropout": 0.2, "weight_drop": 0.2, "updates": 12}
    whole = trained(shard, vocabulary, tmp_path / "whole", **changes)
    (tmp_path / "parts").mkdir()
    recipe = dataclasses.replace(RECIPE, **changes)  # type: ignore[arg-type]
    first = make_trainer(shard, vocabulary, tmp_path / "parts", recipe)

    def interrupt(report: Report) -> None:
        if report.progress.updates == 5:
            first.save()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first.run(interrupt)
    second = make_trainer(shard, vocabulary, tmp_path / "parts", recipe)
    second.resume()
    second.run()
    for name, value in second.network.state_dict().items():
        assert torch.equal(value, whole[name]), name


def test_resuming_with_another_shape_or_batch_says_so(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    make_trainer(shard, vocabulary, tmp_path).save()
    for changes, message in (({"hidden": 16}, "of another shape"), ({"batch": 4}, "reads 8 streams, the recipe 4")):
        recipe = dataclasses.replace(RECIPE, **changes)  # type: ignore[arg-type]
        with pytest.raises(ModelError, match=message):
            make_trainer(shard, vocabulary, tmp_path, recipe).resume()


def test_a_better_network_than_the_checkpoint_knows_of_is_not_overwritten(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    """A crash between the two files leaves a best network that is younger than the checkpoint."""
    first = make_trainer(shard, vocabulary, tmp_path)
    first.save()
    checkpoint = (tmp_path / FILE).read_bytes()
    best = first.run()
    (tmp_path / FILE).write_bytes(checkpoint)
    second = make_trainer(shard, vocabulary, tmp_path)
    second.resume()
    assert second.progress.updates == 0
    assert second.progress.best == best
    assert (tmp_path / BEST).exists()


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    trainer = make_trainer(shard, vocabulary, tmp_path)
    trainer.save()
    before = (tmp_path / FILE).read_bytes()
    torch.nn.init.constant_(trainer.network.output.weight, math.nan)
    with pytest.raises(OptionError, match=r"The loss is no number after 1 updates\. Lower learning_rate"):
        trainer.run()
    assert (tmp_path / FILE).read_bytes() == before
