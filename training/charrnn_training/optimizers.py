"""How weights are moved: Muon for the recurrent matrices, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from charrnn.network import CharRNN

# Quintic Newton-Schulz coefficients and number of iterations of Jordan et al., "Muon" (2024).
_A, _B, _C = 3.4445, -4.7750, 2.0315
_ITERATIONS = 5
MUON_RATE = 6.0


class Muon(Optimizer):
    """Momentum whose matrix updates are made orthogonal (Jordan et al. 2024), gate by gate.

    A layer's four (LSTM) or three (GRU) gates stand one above another in a matrix [G*H, I]; each is a map of its own,
    so each block of `rows` = H rows is orthogonalised by itself.
    """

    def __init__(
        self, matrices: Iterable[nn.Parameter], rows: int, lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self._rows = rows

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is not None:
                    self._move(matrix, matrix.grad, group["lr"], group["momentum"], group["weight_decay"])

    def _move(self, matrix: nn.Parameter, gradient: Tensor, lr: float, momentum: float, weight_decay: float) -> None:
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        average = state["momentum"].lerp_(gradient, 1 - momentum)
        update = gradient.lerp(average, momentum)  # Nesterov's look ahead
        scale = max(1.0, self._rows / matrix.shape[1]) ** 0.5
        matrix.mul_(1 - lr * weight_decay)
        moves = orthogonalise(update.view(-1, self._rows, matrix.shape[1]))
        matrix.add_(moves.view_as(matrix), alpha=-lr * scale)


def orthogonalise(matrices: Tensor) -> Tensor:
    """Matrices [G, m, n] with their singular values moved to about 1, by Newton-Schulz iteration in bfloat16."""
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).contiguous()
    for _ in range(_ITERATIONS):
        a = torch.bmm(x, x.mT)
        x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=_B, alpha=_C), x, beta=_A)
    return (x.mT if tall else x).to(matrices.dtype).contiguous()


@torch.no_grad()
def clip_gradients(parameters: Iterable[nn.Parameter], limit: float, scale: float = 1.0) -> None:
    """Divide the gradients by the loss's `scale`, and shorten them to the norm `limit` if they are longer.

    With a scale, as float16 needs it, gradients that overflowed become zero. Nothing here waits for a GPU.
    """
    if scale == 1:
        nn.utils.clip_grad_norm_(parameters, limit)
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = nn.utils.get_total_norm(gradients) / scale
    factor = torch.where(norm.isfinite(), (limit / (norm + 1e-6)).clamp(max=1) / scale, 0)
    for gradient in gradients:
        gradient.nan_to_num_(0, 0, 0).mul_(factor)


def make_optimizers(network: CharRNN, name: str, learning_rate: float, weight_decay: float) -> list[Optimizer]:
    """Optimisers of all parameters: `muon` (with AdamW for what is no recurrent matrix) or `adamw`.

    With Muon, `learning_rate` is AdamW's; the matrices have `MUON_RATE` times as much.
    """
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for key, parameter in network.named_parameters():
        recurrent = parameter.ndim == 2 and ".weight_" in key
        (matrices if recurrent else others).append(parameter)
    plain = {"params": others, "weight_decay": 0.0}
    if name == "adamw":
        return [AdamW([{"params": matrices, "weight_decay": weight_decay}, plain], learning_rate, betas=(0.9, 0.99))]
    rows = network.architecture.hidden
    muon = Muon(matrices, rows, learning_rate * MUON_RATE, weight_decay=weight_decay)
    return [muon, AdamW([plain], learning_rate, betas=(0.9, 0.99))]
