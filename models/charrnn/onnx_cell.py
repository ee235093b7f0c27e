"""The network on ONNX Runtime: the CPU path that typing uses."""

from __future__ import annotations

import numpy as np
import onnxruntime

from charrnn.artifact import CELL, CELL_INT8, CONFIG, Artifact
from charrnn.cell import Ids, Logits, State
from charrnn.errors import ModelError


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
        try:
            self._session = onnxruntime.InferenceSession(
                artifact.open(name), options, providers=["CPUExecutionProvider"]
            )
        except ModelError:
            raise
        except Exception as error:  # ONNX Runtime's exceptions share no base class
            reason = str(error).splitlines()[0]
            raise ModelError(f"{artifact.path / name} cannot be loaded: {reason}. Install the model again.") from error
        if self._shapes() != self._expected_shapes():
            raise ModelError(
                f"{artifact.path / name} does not fit the network that {CONFIG} describes. Install the model again."
            )

    def _shapes(self) -> list[tuple[str, list[int | None]]]:
        """Names and shapes of the graph's inputs and outputs; `None` is any number."""
        ends = [*self._session.get_inputs(), *self._session.get_outputs()]
        return [(end.name, [size if isinstance(size, int) else None for size in end.shape]) for end in ends]

    def _expected_shapes(self) -> list[tuple[str, list[int | None]]]:
        a, steps = self.architecture, 1 if self._single_step else None
        state = [a.state_rows, None, a.hidden]
        return [
            ("ids", [None, steps]),
            ("state", state),
            ("logits", [None, steps, a.vocabulary]),
            ("new_state", state),
        ]

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
