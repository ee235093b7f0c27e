"""The network on ONNX Runtime: the CPU path that typing uses."""

from __future__ import annotations

import numpy as np
import onnxruntime

from charrnn.artifact import CELL, CELL_INT8, Artifact
from charrnn.cell import Ids, Logits, State, initial_state
from charrnn.errors import ModelError
from charrnn.onnx_check import check_graph


class OnnxCell:
    """Runs `cell.int8.onnx` (`int8=True`) or `cell.onnx`. Raises `ModelError` where ONNX Runtime refuses the file."""

    def __init__(self, artifact: Artifact, int8: bool = True, threads: int = 1) -> None:
        self.architecture = artifact.architecture
        name = CELL_INT8 if int8 else CELL
        self._single_step = int8  # the int8 graph is one step; longer inputs are fed to it one by one
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
        logits, state = self._session.run(None, {"ids": ids, "state": state})
        return logits, state
