"""One GRU layer as a single autograd function: the CPU training path, like `fast_lstm`.

`torch.nn.GRU` on a CPU runs step by step through general operations. Here the input projection of the whole sequence
is one product, each step is one product and a few pointwise operations, and each weight gradient is one product.

Notation: T steps, B streams, I inputs, H hidden units; gates r, z, n and q = W_hn h + b_hn, of which n takes r * q.
Equations: the documentation of `torch.nn.GRU`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from charrnn_training.fast_layer import FastLayer
from charrnn_training.fast_matmul import Projection, Workspace, bias_gradient, weight_gradient

_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


class _GRULayer(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h0: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, space: Workspace
    ) -> tuple[Tensor, Tensor]:
        steps, batch, _ = x.shape
        hidden, dtype = h0.shape[-1], x.dtype
        # As in the LSTM, tanh is a sigmoid of doubled input: the rows of n are doubled, those of q are not.
        w_in, b_in = (_double_n(_n_first(tensor)).to(dtype) for tensor in (w_ih, b_ih))
        w_step, b_step = Projection(w_hh.to(dtype), batch), b_hh.to(dtype).expand(batch, -1).contiguous()
        inputs = space.take("inputs", (steps, batch, 3 * hidden), dtype)
        Projection(w_in, steps * batch).into(inputs.view(steps * batch, -1), x.reshape(steps * batch, -1), b_in)
        # What backward needs of a step stands in the order n, r, z, q: the gradients of the input side are then the
        # first three blocks, and those of the recurrent side the last three.
        gates = space.take("gates", (steps, batch, 4 * hidden), dtype)
        y = torch.empty(steps, batch, hidden, dtype=dtype)
        h, state = h0.to(dtype), h0.float().clone()
        total = torch.empty(batch, 3 * hidden, dtype=dtype)
        from_input, from_state = torch.empty(batch, 3 * hidden), torch.empty(batch, 3 * hidden)
        step = torch.empty(batch, 4 * hidden)
        n, r, z, q = step.chunk(4, dim=1)
        for t in range(steps):
            from_state.copy_(w_step.add(b_step, h, out=total))
            from_input.copy_(inputs[t])
            q.copy_(from_state[:, 2 * hidden :])
            torch.add(from_input[:, hidden:], from_state[:, : 2 * hidden], out=step[:, hidden : 3 * hidden]).sigmoid_()
            torch.addcmul(from_input[:, :hidden], r, q, value=2, out=n).sigmoid_().mul_(2).sub_(1)
            gates[t].copy_(step)
            torch.lerp(n, state, z, out=state)
            h = y[t].copy_(state)
        space.give(inputs=inputs)
        ctx.save_for_backward(x, h0, w_ih, w_hh, y)
        ctx.work = gates
        ctx.space = space
        return y, state

    @staticmethod
    def backward(ctx: Any, dy: Tensor, dh_last: Tensor) -> tuple[Tensor | None, ...]:
        x, h0, w_ih, w_hh, y = ctx.saved_tensors
        gates = ctx.work
        ctx.work = None
        steps, batch, hidden = y.shape
        dtype = gates.dtype
        back = Projection(w_hh.t().to(dtype).contiguous(), batch)
        dh, direct, before = dh_last.clone(), torch.empty(batch, hidden), torch.empty(batch, hidden)
        through = torch.empty(batch, hidden, dtype=dtype)
        to_state = torch.empty(batch, 3 * hidden, dtype=dtype)
        step, slope = torch.empty(batch, 4 * hidden), torch.empty(batch, hidden)
        n, r, z, q = step.chunk(4, dim=1)
        for t in range(steps - 1, -1, -1):
            step.copy_(gates[t])
            before.copy_(y[t - 1] if t else h0)
            dh.add_(dy[t])
            torch.mul(dh, z, out=direct)
            before.sub_(n).mul_(dh)
            dh.sub_(direct)
            _tanh_backward(dh, n, grad_input=n)  # from here on, each block of `step` becomes its gradient
            _sigmoid_backward(before, z, grad_input=z)
            torch.mul(n, q, out=slope)
            torch.mul(n, r, out=q)
            _sigmoid_backward(slope, r, grad_input=r)
            gates[t].copy_(step)
            torch.add(direct, back.into(through, to_state.copy_(step[:, hidden:])), out=dh)
        flat = gates.view(steps * batch, -1)
        d_in, d_state = flat[:, : 3 * hidden].contiguous(), flat[:, hidden:].contiguous()
        dw_hh = torch.zeros_like(w_hh)
        if steps > 1:
            dw_hh += weight_gradient(d_state[batch:], y[:-1].reshape(-1, hidden))
        dw_hh += weight_gradient(d_state[:batch], h0.to(dtype))
        dw_ih = _n_last(weight_gradient(d_in, x.reshape(steps * batch, -1)))
        db_ih, db_hh = _n_last(bias_gradient(d_in)), bias_gradient(d_state)
        dx = None
        if ctx.needs_input_grad[0]:
            into_x = Projection(_n_first(w_ih).t().to(dtype).contiguous(), steps * batch)
            dx = into_x.into(torch.empty(steps * batch, x.shape[-1], dtype=dtype), d_in).view_as(x)
        ctx.space.give(gates=gates)
        return dx, dh, dw_ih, dw_hh, db_ih, db_hh, None


def _n_first(tensor: Tensor) -> Tensor:
    """Rows of the gates r, z, n -> n, r, z."""
    r, z, n = tensor.chunk(3)
    return torch.cat((n, r, z))


def _n_last(tensor: Tensor) -> Tensor:
    """The inverse of `_n_first`."""
    n, r, z = tensor.chunk(3)
    return torch.cat((r, z, n))


def _double_n(tensor: Tensor) -> Tensor:
    """Double the rows of n, which stand first, in place."""
    tensor.chunk(3)[0].mul_(2)
    return tensor


class FastGRU(FastLayer):
    """A drop-in for a one-layer, time-major `nn.GRU`; see `FastLayer`."""

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """X [T, B, I], state [1, B, H] -> outputs [T, B, H] in the fast dtype, new float32 state [1, B, H]."""
        w_hh = self.recurrent_weights()
        y, h = _GRULayer.apply(
            x.to(self.dtype), state[0], self.weight_ih_l0, w_hh, self.bias_ih_l0, self.bias_hh_l0, self._space
        )
        return y, h[None]
