"""The network in PyTorch: what training optimises and the torch backend runs. The ONNX graph must equal it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from charrnn.config import Architecture

_CELLS: dict[str, type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class CharRNN(nn.Module):
    """Embedding (or one-hot input), one-layer recurrent modules, a linear output.

    Layers are separate modules because cuDNN's persistent kernels, and the fast CPU path of the training package,
    work on one layer. The state of B streams is one tensor [S, B, H]; of an LSTM layer n, rows 2n and 2n+1 are the
    hidden and the cell state.
    """

    def __init__(self, architecture: Architecture, dropout: float = 0.0) -> None:
        super().__init__()
        self.architecture = a = architecture
        if a.embedding:
            self.embedding = nn.Embedding(a.vocabulary, a.embedding)
        inputs = a.embedding or a.vocabulary
        cell = _CELLS[a.cell]
        self.layers = nn.ModuleList(cell(inputs if n == 0 else a.hidden, a.hidden) for n in range(a.layers))
        self.output = nn.Linear(a.hidden, a.vocabulary)
        self.dropout = nn.Dropout(dropout)
        self._initialise()

    def _initialise(self) -> None:
        """Orthogonal recurrent weights (Saxe et al. 2014), forget bias 1 (Jozefowicz et al. 2015)."""
        if self.architecture.embedding:
            nn.init.normal_(self.embedding.weight, std=0.1)
        hidden = self.architecture.hidden
        for layer in self.layers:
            for name, parameter in layer.named_parameters():
                if name.startswith("weight_hh"):
                    for block in parameter.data.split(hidden):
                        nn.init.orthogonal_(block)
                elif name.startswith("weight_ih"):
                    nn.init.normal_(parameter, std=1 / math.sqrt(parameter.shape[1]))
                else:
                    nn.init.zeros_(parameter)
            if isinstance(layer, nn.LSTM):
                layer.get_parameter("bias_ih_l0").data[hidden : 2 * hidden] = 1.0
        nn.init.zeros_(self.output.bias)
        nn.init.normal_(self.output.weight, std=1 / math.sqrt(hidden))

    def initial_state(self, batch: int) -> Tensor:
        """The state of streams that have read nothing, zeros [S, B, H]."""
        a = self.architecture
        return torch.zeros(a.state_rows, batch, a.hidden, device=self.output.weight.device)

    def forward(self, ids: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Ids [B, T], state [S, B, H] -> logits [B, T, V], new state [S, B, H]."""
        if self.architecture.embedding:
            x = self.embedding(ids.t())  # [T, B, E]
        else:
            x = nn.functional.one_hot(ids.t(), self.architecture.vocabulary).to(self.output.weight.dtype)
        states: list[Tensor] = []
        for n, layer in enumerate(self.layers):
            x = self.dropout(x)
            y, new = self._run_layer(layer, n, x, state)
            x = x + y if self.architecture.residual and n > 0 else y
            states.extend(new)
        logits = self.output(self.dropout(x).to(self.output.weight.dtype))  # [T, B, V]
        return logits.transpose(0, 1), torch.cat(states)

    def _run_layer(self, layer: nn.Module, n: int, x: Tensor, state: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        if self.architecture.cell == "lstm":
            y, (h, c) = layer(x, (state[2 * n : 2 * n + 1], state[2 * n + 1 : 2 * n + 2]))
            return y, (h, c)
        y, h = layer(x, state[n : n + 1])
        return y, (h,)
