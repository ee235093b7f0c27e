"""One LSTM layer as a single autograd function: the CPU training path.

`torch.nn.LSTM` on a CPU spends most of its time outside matrix units. Here the input projection of the whole
sequence is one product, each time step is one product and a handful of pointwise operations, and each weight
gradient is one product over all steps. Factors are bfloat16 where the CPU multiplies it fast; the cell state, the
pointwise work and the accumulation inside a product are float32.

Notation: T steps, B streams, I inputs, H hidden units. Tensors are time-major, so a step is one contiguous block.
Equations and the order of the gates (i, f, g, o): the documentation of `torch.nn.LSTM`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from charrnn_training.fast_layer import FastLayer
from charrnn_training.fast_matmul import Projection, Workspace, bias_gradient, weight_gradient

_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


class _LSTMLayer(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, bias: Tensor, space: Workspace
    ) -> tuple[Tensor, Tensor, Tensor]:
        steps, batch, _ = x.shape
        hidden, dtype = h0.shape[-1], x.dtype
        # tanh(a) = 2 sigmoid(2a) - 1, and PyTorch's sigmoid is several times faster than its tanh on a CPU. So the rows
        # of g are doubled (exact in any binary format), and one sigmoid covers all four gates.
        w_in, w_step = (Projection(_double_g(w).to(dtype), n) for w, n in ((w_ih, steps * batch), (w_hh, batch)))
        gates = space.take("gates", (steps, batch, 4 * hidden), dtype)
        cells = space.take("cells", (steps + 1, batch, hidden), torch.float32)
        tanh_c = space.take("tanh_c", (steps, batch, hidden), torch.float32)
        w_in.into(gates.view(steps * batch, -1), x.reshape(steps * batch, -1), _double_g(bias).to(dtype))
        y = torch.empty(steps, batch, hidden, dtype=dtype)
        h, cells[0] = h0.to(dtype), c0
        # Pointwise work is in float32 on one step, which stays in cache: operations on mixed types copy each operand.
        step = torch.empty(batch, 4 * hidden)
        i, f, g, o = step.chunk(4, dim=1)
        for t in range(steps):
            total = w_step.add(gates[t], h, out=gates[t])
            torch.sigmoid(total if dtype == torch.float32 else step.copy_(total), out=step)
            g.mul_(2).sub_(1)
            gates[t].copy_(step)
            c, tanh = cells[t + 1], tanh_c[t]
            torch.mul(f, cells[t], out=c)
            c.addcmul_(i, g)
            torch.mul(c, 2, out=tanh)
            tanh.sigmoid_().mul_(2).sub_(1)
            h = y[t].copy_(o.mul_(tanh))
        # The buffers are no outputs of this function, so there is no reference cycle; `y` is one, and must go this way.
        ctx.save_for_backward(x, h0, w_ih, w_hh, y)
        ctx.work = gates, cells, tanh_c
        ctx.space = space
        return y, y[-1].float(), cells[steps].clone()

    @staticmethod
    def backward(ctx: Any, dy: Tensor, dh_last: Tensor, dc_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, w_ih, w_hh, y = ctx.saved_tensors
        gates, cells, tanh_c = ctx.work
        ctx.work = None
        steps, batch, hidden = y.shape
        dtype = gates.dtype
        back = Projection(w_hh.t().to(dtype).contiguous(), batch)
        dh_next = dh_last.to(dtype)  # what comes from the step after
        dh, dc, dc_step = torch.empty(batch, hidden), dc_last.clone(), torch.empty(batch, hidden)
        dh_out = torch.empty(batch, hidden, dtype=dtype)
        step, factors = torch.empty(batch, 4 * hidden), torch.empty(batch, 4, hidden)
        i, f, g, o = step.chunk(4, dim=1)
        slopes = step.view(batch, 4, hidden)
        to_i, to_f, to_g, to_o = factors.unbind(1)
        to_cell = torch.empty(batch, hidden)
        for t in range(steps - 1, -1, -1):
            step.copy_(gates[t])
            # What the gradient of the cell (for o: of the output) is multiplied with on its way to each pre-activation.
            _sigmoid_backward(g, i, grad_input=to_i)
            _sigmoid_backward(cells[t], f, grad_input=to_f)
            _tanh_backward(i, g, grad_input=to_g)
            _sigmoid_backward(tanh_c[t], o, grad_input=to_o)
            _tanh_backward(o, tanh_c[t], grad_input=to_cell)
            dh.copy_(dy[t]).add_(dh_next)
            torch.addcmul(dc, dh, to_cell, out=dc_step)
            torch.mul(dc_step, f, out=dc)
            torch.mul(factors[:, :3], dc_step[:, None], out=slopes[:, :3])
            torch.mul(to_o, dh, out=o)
            gates[t].copy_(step)  # the activations are used up: their gradient takes the place
            dh_next = back.into(dh_out, gates[t])
        flat = gates.view(steps * batch, -1)
        dw_hh = weight_gradient(flat[batch:], y[:-1].reshape(-1, hidden)) if steps > 1 else torch.zeros_like(w_hh)
        dw_hh += weight_gradient(gates[0], h0.to(dtype))
        dw_ih = weight_gradient(flat, x.reshape(steps * batch, -1))
        dbias = bias_gradient(flat)
        dx = None
        if ctx.needs_input_grad[0]:
            into_x = Projection(w_ih.t().to(dtype).contiguous(), steps * batch)
            dx = into_x.into(torch.empty(steps * batch, x.shape[-1], dtype=dtype), flat).view_as(x)
        ctx.space.give(gates=gates, cells=cells, tanh_c=tanh_c)
        return dx, dh_next.float(), dc, dw_ih, dw_hh, dbias, None


def _double_g(tensor: Tensor) -> Tensor:
    """A copy with the rows of the gate g doubled."""
    doubled = tensor.clone()
    doubled.chunk(4)[2].mul_(2)
    return doubled


class FastLSTM(FastLayer):
    """A drop-in for a one-layer, time-major `nn.LSTM`; see `FastLayer`."""

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """X [T, B, I], state ([1, B, H], [1, B, H]) -> outputs [T, B, H] in the fast dtype, new float32 state."""
        bias = self.bias_ih_l0 + self.bias_hh_l0
        w_hh = self.recurrent_weights()
        y, h, c = _LSTMLayer.apply(
            x.to(self.dtype), state[0][0], state[1][0], self.weight_ih_l0, w_hh, bias, self._space
        )
        return y, (h[None], c[None])
