"""The network on ONNX Runtime: the CPU path that typing uses."""

from __future__ import annotations

import numpy as np
import onnxruntime

from charrnn.artifact import CELL, CELL_INT8, Artifact
from charrnn.cell import Ids, Logits, State, initial_state
from charrnn.config import Architecture
from charrnn.errors import ModelError
from charrnn.onnx_check import check_graph

MOST_BOUND = 16  # streams of a step whose arrays are kept


class OnnxCell:
    """Runs `cell.int8.onnx` (`int8=True`) or `cell.onnx`. Raises `ModelError` where ONNX Runtime refuses the file."""

    def __init__(self, artifact: Artifact, int8: bool = True, threads: int = 1) -> None:
        self.architecture = artifact.architecture
        name = CELL_INT8 if int8 else CELL
        self._single_step = int8  # the int8 graph is one step; longer inputs are fed to it one by one
        self._bound: dict[int, _BoundStep] = {}  # by the number of streams
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # an idle server uses no CPU
        file, content = artifact.path / name, artifact.open(name)
        check_graph(file, content, artifact.architecture, steps=1 if int8 else None)
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            self._step(np.zeros((1, 1), np.int64), initial_state(artifact.architecture))
        except Exception as error:  # ONNX Runtime's exceptions share no base class
            reason = str(error).splitlines()[0]
            raise ModelError(f"{file} cannot be loaded: {reason}. Install the model again.") from error

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """See `charrnn.cell.Cell.run`."""
        if not self._single_step:
            logits, state = self._step(ids, state)
            return logits[:, -1], state
        for t in range(ids.shape[1]):
            logits, state = self._step(ids[:, t : t + 1], state)
        return logits[:, 0], state

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """See `charrnn.cell.Cell.score`."""
        if not self._single_step:
            return self._step(ids, state)
        rows = []
        for t in range(ids.shape[1]):
            logits, state = self._step(ids[:, t : t + 1], state)
            rows.append(logits)
        return np.concatenate(rows, axis=1), state

    def _step(self, ids: Ids, state: State) -> tuple[Logits, State]:
        streams, steps = ids.shape
        if steps == 1 and streams <= MOST_BOUND:
            if streams not in self._bound:
                self._bound[streams] = _BoundStep(self._session, self.architecture, streams)
            return self._bound[streams](ids, state)
        logits, state = self._session.run(None, {"ids": ids, "state": state})
        return logits, state


class _BoundStep:
    """A step of B streams, with arrays of its own that the session reads and writes where they are.

    Filling and copying them takes less time than ONNX Runtime needs to make its own of what it is given.
    """

    def __init__(self, session: onnxruntime.InferenceSession, architecture: Architecture, streams: int) -> None:
        self._session = session
        self._ids = np.zeros((streams, 1), np.int64)
        self._state = initial_state(architecture, streams)
        self._logits = np.zeros((streams, 1, architecture.vocabulary), np.float32)
        self._new_state = initial_state(architecture, streams)
        self._binding = session.io_binding()
        for name, array in (("ids", self._ids), ("state", self._state)):
            self._binding.bind_input(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        for name, array in (("logits", self._logits), ("new_state", self._new_state)):
            self._binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)

    def __call__(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self._ids[:] = ids
        self._state[:] = state
        self._session.run_with_iobinding(self._binding)
        return self._logits.copy(), self._new_state.copy()
