"""The settings in force: those of the start, what the editor has said since, and a model that was selected."""

from __future__ import annotations

import dataclasses

from charrnn.library import directory_of, is_installed
from charrnn_lsp.settings import Settings, parse_settings

ALLOW_PATHS = "allowModelPaths"  # in the initialization options


class Configuration:
    """Settings and where they came from. Methods return a message for each value that is wrong."""

    def __init__(self) -> None:
        self.settings = self._initial = Settings()
        self._allows_paths = False  # whether settings may name a model by its path
        self._selection: tuple[str, str] | None = None  # instead of the first model, a setting, the second, by command

    def start(self, options: object) -> list[str]:
        """Take over the options of the start; they alone may allow models by path, as no workspace writes them."""
        self._allows_paths = isinstance(options, dict) and options.get(ALLOW_PATHS) is True
        settings, problems = parse_settings(_without_permissions(options))
        self.settings = self._initial = settings
        return problems

    def change(self, values: object) -> list[str]:
        """Take over what the editor says now; what it leaves out is as it was at the start."""
        settings, problems = parse_settings(_without_permissions(values), self._initial)
        if not self._may_name(settings.model):
            problems.append(
                f"charrnn.model names the path {settings.model!r}, which is in no directory of models. To allow this, "
                f"set {ALLOW_PATHS} to true in the initialization options. Using {self._initial.model!r}."
            )
            settings = dataclasses.replace(settings, model=self._initial.model)
        self._take(settings)
        return problems

    def select_model(self, name: str) -> None:
        """Use a model until the setting changes."""
        setting = self._selection[0] if self._selection else self.settings.model
        self._selection = (setting, name)
        self._take(dataclasses.replace(self.settings, model=setting))

    def _take(self, settings: Settings) -> None:
        if self._selection is not None and settings.model == self._selection[0]:
            settings = dataclasses.replace(settings, model=self._selection[1])
        else:
            self._selection = None
        self.settings = settings

    def _may_name(self, model: str) -> bool:
        directory = directory_of(model)
        known = directory is None or self._allows_paths or model == self._initial.model
        return known or (directory is not None and is_installed(directory))


def _without_permissions(values: object) -> object:
    if isinstance(values, dict):
        return {key: value for key, value in values.items() if key != ALLOW_PATHS}
    return values
