"""Matrix products for the fast layers on a CPU, and buffers that are used again.

bfloat16 products of PyTorch are oneDNN's. Its float32 ones are the BLAS library's, and that one may know the CPU badly:
MKL reaches 80 GFLOP/s on a Zen 5 core where oneDNN reaches 170. So which of the two multiplies float32 is found out by
trying, once a process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

CHUNK = 1024  # rows of a long product at a time: the packed weight stays in the cache
_TRIES = 4


def fast_dtype() -> torch.dtype:
    """bfloat16 where this CPU has instructions that multiply it (AVX512-BF16 or AMX), else float32."""
    supported = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if supported else torch.float32


class Projection:
    """The map x [M, K] -> x @ weight.T [M, N] of one weight [N, K], with the weight laid out for M = `rows`."""

    def __init__(self, weight: Tensor, rows: int) -> None:
        self._weight = weight
        self._packed: Tensor | None = None
        if weight.dtype == torch.float32 and onednn_is_faster():
            self._packed = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), min(rows, CHUNK))

    def add(self, addend: Tensor, x: Tensor, out: Tensor) -> Tensor:
        """`addend + x @ weight.T` [M, N]: in `out`, or in a new tensor where that is faster."""
        if self._packed is None:
            return torch.addmm(addend, x, self._weight.t(), out=out)
        return torch.ops.mkldnn._linear_pointwise.binary(x, addend, self._packed, None, "add")  # type: ignore[no-any-return]

    def into(self, out: Tensor, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """Write `x @ weight.T + bias` into `out` [M, N], for any M."""
        if self._packed is None:
            weight = self._weight.t()
            return torch.mm(x, weight, out=out) if bias is None else torch.addmm(bias, x, weight, out=out)
        for part, rows in zip(out.split(CHUNK), x.split(CHUNK), strict=True):
            part.copy_(torch.ops.mkldnn._linear_pointwise(rows, self._packed, bias, "none", [], ""))
        return out


def weight_gradient(dy: Tensor, x: Tensor) -> Tensor:
    """`dy.T @ x` [N, K] in float32, of dy [M, N] and x [M, K]."""
    if dy.dtype == torch.float32 and onednn_is_faster():
        return torch.ops.mkldnn._linear_pointwise(x.t().contiguous(), dy.t(), None, "none", [], "").t()  # type: ignore[no-any-return]
    return torch.mm(dy.t(), x).float()


def bias_gradient(dy: Tensor) -> Tensor:
    """The sum [N] over the rows of dy [M, N], in float32: as a product, which is eight times faster than `sum`."""
    return torch.mm(torch.ones(1, len(dy), dtype=dy.dtype), dy)[0].float()


@cache
def onednn_is_faster() -> bool:
    """Whether oneDNN multiplies float32 faster than the BLAS library here, at the size of a step of a layer."""
    x, weight = torch.ones(128, 512), torch.ones(1024, 512)
    with torch.no_grad():
        try:
            packed = torch.ops.mkldnn._reorder_linear_weight(weight, len(x))
            onednn = _shortest(lambda: torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], ""))
        except (AttributeError, RuntimeError):  # an internal operation of PyTorch: another build may lack it
            return False
        return onednn < 0.9 * _shortest(lambda: torch.mm(x, weight.t()))


def _shortest(function: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    return min(once() for _ in range(_TRIES))


class Workspace:
    """Buffers by name. A layer takes them in forward and gives them back at the end of backward.

    Fresh memory costs a page fault for every 4 KB, and a layer needs a hundred megabytes an update. A buffer that is
    out, or has another shape, is made anew; so nothing is ever shared by two passes under way.
    """

    def __init__(self) -> None:
        self._free: dict[str, Tensor] = {}

    def take(self, name: str, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        buffer = self._free.pop(name, None)
        if buffer is not None and buffer.shape == torch.Size(shape) and buffer.dtype == dtype:
            return buffer
        # NumPy asks for huge pages, PyTorch does not.
        count = int(np.prod(shape)) * dtype.itemsize
        return torch.from_numpy(np.empty(count, np.uint8)).view(dtype).view(*shape)

    def give(self, **buffers: Tensor) -> None:
        self._free.update(buffers)
