"""What the next character may be: temperature, top-k, top-p and min-p over logits, and drawing from the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from charrnn.errors import OptionError
from charrnn.vocabulary import SPECIALS

Probabilities = npt.NDArray[np.float32]
LogProbabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sampling:
    """How adventurous to be. Raises `OptionError` where a value is out of its range."""

    temperature: float = 1.0  # divides the logits (Ackley et al. 1985); 0 is greedy
    top_k: int = 0  # keep the k most probable characters; 0 keeps all
    top_p: float = 1.0  # keep the smallest set with this much probability (Holtzman et al. 2020)
    min_p: float = 0.0  # keep what has at least this share of the greatest probability (Nguyen et al. 2024)

    def __post_init__(self) -> None:
        checks = {
            "temperature": (0 <= self.temperature <= 10, "from 0 to 10"),
            "top_k": (self.top_k >= 0, "0 or more"),
            "top_p": (0 < self.top_p <= 1, "greater than 0 and at most 1"),
            "min_p": (0 <= self.min_p <= 1, "from 0 to 1"),
        }
        for name, (good, allowed) in checks.items():
            if not good:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be {allowed}.")


def softmax(logits: npt.NDArray[np.float32]) -> Probabilities:
    """Probabilities [..., V] of logits [..., V], with nothing left for the ids of `SPECIALS`."""
    # The ufuncs' own `reduce`: arrays have the same as methods, which take half a microsecond more.
    logits = logits - np.maximum.reduce(logits[..., len(SPECIALS) :], axis=-1, keepdims=True)
    logits[..., : len(SPECIALS)] = -np.inf
    p: Probabilities = np.exp(logits, out=logits)
    p /= np.add.reduce(p, axis=-1, keepdims=True)
    return p


def log_softmax(logits: npt.NDArray[np.float32]) -> LogProbabilities:
    """Log-probabilities [..., V] of logits [..., V], with nothing left for the ids of `SPECIALS`."""
    logits = logits.copy()
    logits[..., : len(SPECIALS)] = -np.inf
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits


def shape(log_p: LogProbabilities, sampling: Sampling) -> LogProbabilities:
    """The log-probabilities [N, V] that sampling draws from: tempered, cut by top-k, top-p and min-p, normalised.

    Top-p and min-p look at the tempered distribution. The most probable character always stays.
    """
    if sampling.temperature == 0:
        shaped = np.full_like(log_p, -np.inf)
        shaped[np.arange(len(log_p)), log_p.argmax(axis=1)] = 0
        return shaped
    shaped = log_p if sampling.temperature == 1 else _normalised(log_p / np.float32(sampling.temperature))
    if sampling.top_k == 0 and sampling.top_p == 1 and sampling.min_p == 0:
        return shaped
    order = np.argsort(-shaped, axis=1, kind="stable")
    probabilities = np.exp(np.take_along_axis(shaped, order, axis=1))
    kept = np.ones_like(probabilities, dtype=bool)
    if sampling.top_k:
        kept[:, sampling.top_k :] = False
    if sampling.top_p < 1:
        kept &= probabilities.cumsum(axis=1) - probabilities < sampling.top_p
    if sampling.min_p:
        kept &= probabilities >= sampling.min_p * probabilities[:, :1]
    mask = np.empty_like(kept)
    np.put_along_axis(mask, order, kept, axis=1)
    return _normalised(np.where(mask, shaped, np.float32(-np.inf)))


def draw(shaped: LogProbabilities, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """One id [N] from each row of `shape`, by the Gumbel-max trick."""
    ids: npt.NDArray[np.int64] = (shaped + rng.gumbel(size=shaped.shape)).argmax(axis=1)
    return ids


def _normalised(log_p: LogProbabilities) -> LogProbabilities:
    shifted: LogProbabilities = log_p - log_p.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted
