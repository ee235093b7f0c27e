"""The whole job: read, split, encode, train, choose, check, calibrate, report, install."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from charrnn.artifact import WEIGHTS, Artifact
from charrnn.errors import OptionError, TextError
from charrnn.library import DEFAULT, find_model
from charrnn.network import CharRNN
from charrnn.torch_cell import load_network, torch_device
from charrnn.vocabulary import Vocabulary
from charrnn_training.checkpoint import FILE as CHECKPOINT
from charrnn_training.checkpoint import load_checkpoint
from charrnn_training.corpus import SMALLEST_CORPUS, SMALLEST_HELD_OUT, write_shard
from charrnn_training.distribution import Group, joined
from charrnn_training.events import Clock, Done, Started, Watcher
from charrnn_training.fine_tuning import best_mix, introduce, load_start, pull_towards, save_start
from charrnn_training.finish import finish
from charrnn_training.growth import grow, grown_vocabulary
from charrnn_training.interruption import Interruption
from charrnn_training.layout import vary_layout
from charrnn_training.order import Order
from charrnn_training.reading import Account, read_corpus
from charrnn_training.recipe import Recipe, load_recipe
from charrnn_training.replay import replayed
from charrnn_training.run_folder import Corpus, Record, RunFolder, recorded_recipe, write_record
from charrnn_training.splitting import split
from charrnn_training.spool import Spool
from charrnn_training.trainer import Report, Trainer
from charrnn_training.validation import evaluate_network

ASCII = "\n" + "".join(map(chr, range(32, 127))) + "\u00e9"  # what anyone may type has its place in every alphabet
FEWEST_CHARACTERS = 12  # different ones; less is no writing
MIXING_CHARACTERS = 60_000  # of the validation text, on which weights between start and end are tried
FINE_TUNING, SCRATCH = "finetune", "scratch"  # recipes where none is named


def train(order: Order, watch: Watcher, interruption: Interruption) -> Done | None:
    """Carry out an order. Raises a `CharRNNError`, and `KeyboardInterrupt` where someone stops it.

    Under `torchrun` one process leads; the others only help it train, and have nothing to tell.
    """
    device = torch_device(order.device)
    folder = RunFolder(order.runs, order.name)
    with joined(device) as group:
        if not group.leads:
            group.wait()
            _run(
                _trainer(order, folder, _resume(order, folder), device, group), Clock(lambda event: None), interruption
            )
            return None
        with folder.locked():
            prepared = record, corpus, _ = _resume(order, folder) if order.resume else _begin(order, folder, watch)
            group.wait()  # the others open what is there now
            trainer = _trainer(order, folder, prepared, device, group)
            parameters = trainer.network.architecture.parameters
            watch(Started(len(corpus.training), corpus.held_out, record.base, parameters))
            clock = Clock(watch)
            _run(trainer, clock, interruption)
            place = _mix(trainer, folder.path)
            done = finish(order, trainer, corpus, record, place, clock)
            with contextlib.suppress(OSError):  # the model is there; without the note, this run is only set aside later
                write_record(folder.path, dataclasses.replace(record, finished=True))
    return done


def _trainer(
    order: Order, folder: RunFolder, prepared: tuple[Record, Corpus, Recipe], device: torch.device, group: Group
) -> Trainer:
    """A trainer of what was prepared, with the weights that it is to go on from."""
    record, corpus, recipe = prepared
    network = CharRNN(recipe.architecture(len(corpus.vocabulary)), recipe.dropout)
    trainer = Trainer(network, recipe, corpus.training, corpus.validation, folder.path, device, group)
    _start(order, trainer, record, folder.path)
    return trainer


def _begin(order: Order, folder: RunFolder, watch: Watcher) -> tuple[Record, Corpus, Recipe]:
    """Read and encode the text into the run's folder, with the weights that training starts from."""
    recipe, base = _recipe(order)
    try:
        draft = folder.draft()
        account, spool = _prepare(order, recipe, base, draft)
        reading = account.event(spool.duplicates)
        record = Record(
            recipe=dataclasses.asdict(recipe),
            base=order.base or (base.name if base else None),
            base_weights=base.files[WEIGHTS] if base else "",
            data=account.described(),
            reading=dataclasses.asdict(reading),
        )
        aside = folder.begin(record)
    except (OSError, SafetensorError) as error:
        raise OptionError(
            f"{order.runs} cannot be written ({error}). Make room, or name another place by --runs."
        ) from error
    watch(dataclasses.replace(reading, notes=(*reading.notes, *aside)))
    return record, Corpus.open(folder.path), recipe


def _prepare(order: Order, recipe: Recipe, base: Artifact | None, draft: Path) -> tuple[Account, Spool]:
    """Put the encoded text and the first weights into `draft`; what was read, and what is known of its documents."""
    with contextlib.closing(Spool(draft / "held-out-documents")) as held_out:
        held = read_corpus(order.validation, held_out) if order.validation else Account()
        with contextlib.closing(Spool(draft / "documents", held_out.fingerprints)) as spool:
            account = read_corpus(order.paths, spool)
            _check(spool)
            account.add(held)
            vocabulary = _vocabulary(spool.counts, recipe, base)
            parts = {"training": iter(spool), "validation": iter(held_out)} if order.validation else split(spool)
            account.add(_add_replay(order, recipe, parts, spool.characters, draft))
            _encode(parts, draft, vocabulary, recipe)
    save_start(_first_weights(recipe, vocabulary, base, spool.counts), draft)
    return account, spool


def _add_replay(order: Order, recipe: Recipe, parts: dict[str, Iterator[str]], characters: int, draft: Path) -> Account:
    """Put replayed text behind what is trained on; what it was taken from."""
    if not order.replay:
        return Account()
    spool = Spool(draft / "replayed-documents")
    account = read_corpus(order.replay, spool)

    def documents(new: Iterator[str]) -> Iterator[str]:
        with contextlib.closing(spool):
            yield from new
            yield from replayed(spool, recipe.replay * characters, recipe.seed)

    parts["training"] = documents(parts["training"])
    return account


def _encode(parts: Mapping[str, Iterator[str]], draft: Path, vocabulary: Vocabulary, recipe: Recipe) -> None:
    """Write each part of the text as a shard; only what is trained on is laid out in other ways."""
    for part, documents in parts.items():
        if part == "training":
            write_shard(draft / part, vary_layout(documents, recipe.vary, recipe.seed), vocabulary)
        else:
            write_shard(draft / part, documents, vocabulary, SMALLEST_HELD_OUT)


def _first_weights(recipe: Recipe, vocabulary: Vocabulary, base: Artifact | None, counts: Mapping[str, int]) -> CharRNN:
    """A network as training begins: random, or what its base is."""
    torch.manual_seed(recipe.seed)
    network = CharRNN(recipe.architecture(len(vocabulary)))
    if base:
        grow(load_network(base), network)
        introduce(network, vocabulary, len(base.vocabulary), counts)
    return network


def _check(spool: Spool) -> None:
    """Raise `TextError` where there is too little to learn from."""
    if spool.characters < SMALLEST_CORPUS:
        raise TextError(
            f"The text has {spool.characters} characters, without any that are held out; "
            f"training needs at least {SMALLEST_CORPUS}."
        )
    if (different := len(spool.counts)) < FEWEST_CHARACTERS:
        raise TextError(f"The text has only {different} different characters, so it is no prose. Name other files.")


def _vocabulary(counts: Counter[str], recipe: Recipe, base: Artifact | None) -> Vocabulary:
    """The alphabet of the text, behind that of `base` if there is one."""
    letters = {
        letter for letter, n in counts.items() if n >= recipe.rarest and letter.isprintable() and letter != "\ufffd"
    }
    vocabulary = Vocabulary.of(letters | set(ASCII))
    return grown_vocabulary(base.vocabulary, vocabulary) if base else vocabulary


def _recipe(order: Order) -> tuple[Recipe, Artifact | None]:
    """What to do, and the model to start from. Raises `OptionError` or `ModelError`."""
    fine_tuning = not order.from_scratch and order.recipe is None
    base = find_model(order.base or DEFAULT) if order.base or fine_tuning else None
    recipe = load_recipe(order.recipe or (FINE_TUNING if fine_tuning else SCRATCH))
    if base is not None and order.recipe is None:
        a = base.architecture
        if order.cell not in (None, a.cell):
            raise OptionError(f"--rnn is {order.cell!r}, but the model {base.name} is an {a.cell}. Add --from-scratch.")
        recipe = dataclasses.replace(
            recipe, cell=a.cell, embedding=a.embedding, hidden=a.hidden, layers=a.layers, residual=a.residual
        )
    return _changed(recipe, order), base


def _changed(recipe: Recipe, order: Order) -> Recipe:
    names = ("max_minutes", "epochs", "seed", "cell")
    changes = {name: getattr(order, name) for name in names if getattr(order, name) is not None}
    if "epochs" in changes:
        changes["updates"] = 0  # a recipe may count updates instead
    return dataclasses.replace(recipe, **changes)


def _resume(order: Order, folder: RunFolder) -> tuple[Record, Corpus, Recipe]:
    """What an earlier run left. Its recipe holds, but for how long it is to train."""
    record, corpus = folder.resume()
    recipe = recorded_recipe(record, folder.path)
    return record, corpus, _changed(recipe, dataclasses.replace(order, cell=None, seed=None))


def _start(order: Order, trainer: Trainer, record: Record, folder: Path) -> None:
    """Give the trainer its weights: those of the last checkpoint, or those that the run starts from."""
    start = load_start(folder)
    if trainer.recipe.pull and record.base:
        trainer.add_optimizer(pull_towards(trainer.network, start, trainer.recipe))
    if order.resume and (folder / CHECKPOINT).exists():  # else it was stopped before the first
        trainer.resume()
    elif record.base:
        trainer.start_from(start)
    else:
        trainer.network.load_state_dict(start)


def _run(trainer: Trainer, clock: Clock, interruption: Interruption) -> None:
    """Train until the recipe is fulfilled or nothing is gained any more; the network then has the best weights."""

    def watch(report: Report) -> None:
        if interruption.asked:
            trainer.save()
            raise KeyboardInterrupt
        clock.trained(report)

    with interruption.deferred():
        trainer.run(watch)
    interruption.check()


def _mix(trainer: Trainer, folder: Path) -> float | None:
    """Where between the weights that fine-tuning started from, 0, and those that it led to, 1, the best ones are.

    The network then has these. None where training started from nothing.
    """
    if trainer.progress.start is None:
        return None
    ends = [_weights(trainer.network)]  # the best ones that validation saw
    if (folder / CHECKPOINT).exists():
        load_checkpoint(folder / CHECKPOINT, trainer.network, [])
        ends.append(_weights(trainer.network))
    place, trainer.progress.best = best_mix(
        trainer.network,
        {name: value.to(trainer.device) for name, value in load_start(folder).items()},
        ends,
        lambda: evaluate_network(trainer.network, trainer.validation, MIXING_CHARACTERS, trainer.device),
    )
    trainer.network.eval()
    return place


def _weights(network: CharRNN) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
