"""One LSTM layer as a single autograd function: the CPU training path.

`torch.nn.LSTM` on a CPU spends most of its time outside matrix units. Here the input projection of the whole
sequence is one GEMM, each time step is one in-place GEMM and a handful of pointwise operations, and each weight
gradient is one GEMM over all steps. GEMM operands are bfloat16 where the CPU multiplies it fast; the cell state
and the accumulations inside a GEMM stay float32.

Notation: T steps, B streams, I inputs, H hidden units. Tensors are time-major, so a step is one contiguous block.
Equations: Gers, Schmidhuber and Cummins (2000), as in the documentation of `torch.nn.LSTM`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

# Backward derives the gate factors for this many steps at a time: enough to amortise the calls, few enough for the
# block to stay in the second-level cache.
FACTOR_BLOCK = 4


def fast_dtype() -> torch.dtype:
    """bfloat16 where this CPU has instructions that multiply it (AVX512-BF16 or AMX), else float32."""
    supported = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if supported else torch.float32


def _gates_ifog(tensor: Tensor) -> Tensor:
    """Reorder rows from PyTorch's i, f, g, o to i, f, o, g, so that the three sigmoids are one block."""
    i, f, g, o = tensor.chunk(4)
    return torch.cat((i, f, o, g))


def _gates_ifgo(tensor: Tensor) -> Tensor:
    """The inverse of `_gates_ifog`."""
    i, f, o, g = tensor.chunk(4)
    return torch.cat((i, f, g, o))


class _LSTMLayer(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        steps, batch, inputs = x.shape
        hidden = h0.shape[-1]
        dtype = x.dtype
        w_ih_c, w_hh_c = _gates_ifog(w_ih).to(dtype), _gates_ifog(w_hh).to(dtype)
        # tanh(a) = 2 sigmoid(2a) - 1, and PyTorch's sigmoid is several times faster than its tanh on a CPU. So the rows
        # of g are doubled (exact in any binary format), and one sigmoid covers all four gates.
        double_g = torch.ones(4 * hidden, 1)
        double_g[3 * hidden :] = 2
        w_in, w_step = (_gates_ifog(w).mul(double_g).to(dtype).t() for w in (w_ih, w_hh))
        bias_c = _gates_ifog(bias).mul(double_g[:, 0]).to(dtype)
        gates = torch.addmm(bias_c, x.reshape(steps * batch, inputs), w_in).view(steps, batch, 4 * hidden)
        h = torch.empty(steps + 1, batch, hidden, dtype=dtype)
        c = torch.empty(steps + 1, batch, hidden)
        tanh_c = torch.empty(steps, batch, hidden)
        h[0], c[0] = h0, c0
        # Pointwise work is in float32 on one step, which stays in cache: operations on mixed types copy each operand.
        step = torch.empty(batch, 4 * hidden)
        i, f, o, g = step.chunk(4, dim=1)
        two_c = torch.empty(batch, hidden)
        for t in range(steps):
            torch.addmm(gates[t], h[t], w_step, out=gates[t])
            step.copy_(gates[t])
            step.sigmoid_()
            g.mul_(2).sub_(1)
            gates[t].copy_(step)
            torch.mul(f, c[t], out=c[t + 1])
            c[t + 1].addcmul_(i, g)
            torch.mul(c[t + 1], 2, out=two_c)
            torch.sigmoid(two_c, out=tanh_c[t])
            tanh_c[t].mul_(2).sub_(1)
            h[t + 1].copy_(o.mul_(tanh_c[t]))
        ctx.save_for_backward(x, w_ih_c, w_hh_c)
        # Not outputs of this function, so no reference cycle; backward takes them out one by one and frees them.
        ctx.work = [gates, h, c, tanh_c]
        return h[1:].clone(), h[steps].float(), c[steps].clone()

    @staticmethod
    def backward(ctx: Any, dy: Tensor, dh_last: Tensor, dc_last: Tensor) -> tuple[Tensor | None, ...]:
        x, w_ih, w_hh = ctx.saved_tensors
        gates, h, c, tanh_c = ctx.work
        ctx.work = None
        steps, batch, four_hidden = gates.shape
        hidden = four_hidden // 4
        dtype = gates.dtype
        dh = torch.zeros(batch, hidden, dtype=dtype) if dh_last is None else dh_last.to(dtype)
        dc = torch.zeros(batch, hidden) if dc_last is None else dc_last.clone()
        dc_step = torch.empty_like(dc)
        step = torch.empty(batch, four_hidden)
        di, df, do, dg = step.chunk(4, dim=1)
        for end in range(steps, 0, -FACTOR_BLOCK):
            start = max(0, end - FACTOR_BLOCK)
            i, f, o, g = gates[start:end].float().chunk(4, dim=2)
            tc = tanh_c[start:end]
            to_cell = o * (1 - tc * tc)
            # What each gate's pre-activation gradient is multiplied with: i, f, g with dc; o with dh.
            factor_i, factor_f = g * i * (1 - i), c[start:end] * f * (1 - f)
            factor_o, factor_g = tc * o * (1 - o), i * (1 - g * g)
            for t in range(end - 1, start - 1, -1):
                k = t - start
                dh = dy[t].float().add_(dh)
                torch.addcmul(dc, dh, to_cell[k], out=dc_step)
                torch.mul(dc_step, factor_i[k], out=di)
                torch.mul(dc_step, factor_f[k], out=df)
                torch.mul(dh, factor_o[k], out=do)
                torch.mul(dc_step, factor_g[k], out=dg)
                torch.mul(dc_step, f[k], out=dc)
                gates[t].copy_(step)  # the activations are used up: their gradient takes the place
                dh = torch.mm(gates[t], w_hh)
        flat = gates.view(steps * batch, four_hidden)
        dw_hh = _gates_ifgo(torch.mm(flat.t(), h[:steps].reshape(steps * batch, hidden))).float()
        dw_ih = _gates_ifgo(torch.mm(flat.t(), x.reshape(steps * batch, -1))).float()
        ones = torch.ones(steps * batch, 1, dtype=dtype)
        dbias = _gates_ifgo(torch.mm(flat.t(), ones)).float().view(-1)
        dx = torch.mm(flat, w_ih).view_as(x) if ctx.needs_input_grad[0] else None
        return dx, dh.float(), dc, dw_ih, dw_hh, dbias


class FastLSTM(nn.Module):
    """A drop-in for a one-layer, time-major `nn.LSTM` on the CPU, with the same parameter names.

    It takes over the parameters of the layer it replaces (they are shared, not copied).
    """

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, layer: nn.LSTM, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.hidden_size = layer.hidden_size
        self.dtype = dtype or fast_dtype()
        for name, parameter in layer.named_parameters():
            self.register_parameter(name, parameter)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """X [T, B, I], state ([1, B, H], [1, B, H]) -> outputs [T, B, H] in the fast dtype, new float32 state."""
        bias = self.bias_ih_l0 + self.bias_hh_l0
        y, h, c = _LSTMLayer.apply(
            x.to(self.dtype), state[0][0], state[1][0], self.weight_ih_l0, self.weight_hh_l0, bias
        )
        return y, (h[None], c[None])
