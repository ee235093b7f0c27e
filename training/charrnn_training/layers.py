"""What training puts in the place of a network's layers, on the same parameters: faster ones, and regularised ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charrnn.config import Architecture
from charrnn.network import CharRNN
from charrnn_training.fast_gru import FastGRU
from charrnn_training.fast_lstm import FastLSTM

# Narrower layers than these cost more calls than products: there PyTorch's own are faster (measured on one core with
# AVX512-BF16: an LSTM of 128 at 64 streams 0.9 times as fast, of 256 1.7 times; a GRU of 64 1.3 times).
NARROWEST_LSTM, NARROWEST_GRU = 256, 64


def prepare_layers(network: CharRNN, device: torch.device, weight_drop: float = 0.0, *, locked: bool = False) -> None:
    """Replace the layers of `network` by those that train best on `device`; names and values of weights stay.

    On a CPU these are the fast layers, unless they are narrow. On a GPU a one-layer module is left to cuDNN: its
    persistent kernels want that.
    `locked` makes its dropout mask the same for all steps of a stream (Gal and Ghahramani 2016).
    """
    for n, layer in enumerate(network.layers):
        if device.type == "cpu" and isinstance(layer, nn.LSTM) and layer.hidden_size >= NARROWEST_LSTM:
            network.layers[n] = FastLSTM(layer, weight_drop=weight_drop)
        elif device.type == "cpu" and isinstance(layer, nn.GRU) and layer.hidden_size >= NARROWEST_GRU:
            network.layers[n] = FastGRU(layer, weight_drop=weight_drop)
        elif weight_drop and isinstance(layer, nn.RNNBase):
            network.layers[n] = WeightDropped(layer, weight_drop)
    if locked:
        network.dropout = LockedDropout(network.dropout.p)


def persistent_obstacles(architecture: Architecture, batch: int) -> list[str]:
    """Why cuDNN's persistent float16 kernels, its fastest, cannot run a network; nothing where they can.

    After PyTorch's own choice in `native/cudnn/RNN.cpp`, for GPUs of compute capability 8.0 and up.
    """
    a = architecture
    conditions = {
        f"the cell is {a.cell}, not lstm": a.cell == "lstm",
        f"hidden is {a.hidden}, not a multiple of 128 up to 1024": a.hidden % 128 == 0 and a.hidden <= 1024,
        f"embedding is {a.embedding}, not a multiple of 128": a.embedding > 0 and a.embedding % 128 == 0,
        f"batch is {batch}, not a multiple of 8 up to 128": batch % 8 == 0 and batch <= 128,
    }
    return [obstacle for obstacle, fits in conditions.items() if not fits]


class LockedDropout(nn.Dropout):
    """Dropout of x [T, B, H] with one mask [1, B, H] for all T steps."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.p:
            return x
        return x * F.dropout(torch.ones_like(x[:1]), self.p)


class WeightDropped(nn.Module):
    """A one-layer `nn.LSTM`, `nn.GRU` or `nn.RNN` on any device that in training drops some of its recurrent weights.

    DropConnect, drawn anew for each call (Merity et al. 2018). It takes over the parameters of the layer.
    """

    def __init__(self, layer: nn.RNNBase, weight_drop: float) -> None:
        super().__init__()
        self.hidden_size = layer.hidden_size
        self.weight_drop = weight_drop
        mode = {"LSTM": "lstm", "GRU": "gru"}.get(layer.mode, "rnn_tanh")
        self._run = getattr(torch._VF, mode)
        for name, parameter in layer.named_parameters():
            self.register_parameter(name, parameter)

    def forward(
        self, x: Tensor, state: Tensor | tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor | tuple[Tensor, Tensor]]:
        """X [T, B, I], state [1, B, H] (LSTM: two of them) -> outputs [T, B, H], new state."""
        weights: list[Tensor] = [
            self.get_parameter(f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        ]
        weights[1] = F.dropout(weights[1], self.weight_drop, self.training)
        y, *new = self._run(x, state, weights, True, 1, 0.0, self.training, False, False)
        return y, tuple(new) if len(new) > 1 else new[0]
