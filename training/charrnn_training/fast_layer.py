"""What the fast recurrent layers have in common: the parameters of the layer that they stand for."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charrnn_training.fast_matmul import Workspace, fast_dtype


class FastLayer(nn.Module):
    """A drop-in for a one-layer, time-major layer of PyTorch on the CPU, with the same parameter names.

    It takes over the parameters of the layer it replaces (they are shared, not copied). With `weight_drop`, in training
    that share of the recurrent weights is zero for the length of a call (DropConnect; Merity et al. 2018).
    """

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, layer: nn.RNNBase, dtype: torch.dtype | None = None, weight_drop: float = 0.0) -> None:
        super().__init__()
        self.hidden_size = layer.hidden_size
        self.dtype = dtype or fast_dtype()
        self.weight_drop = weight_drop
        self._space = Workspace()
        for name, parameter in layer.named_parameters():
            self.register_parameter(name, parameter)

    def recurrent_weights(self) -> Tensor:
        """The weights [G*H, H] of this call, some of them dropped in training."""
        return F.dropout(self.weight_hh_l0, self.weight_drop, self.training)
