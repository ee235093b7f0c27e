"""The errors that a person can cause, and can mend.

    CharRNNError
    ├── TextError       text or corpus that cannot be used
    ├── ModelError      a model directory that is missing, damaged or of another format version
    └── OptionError     an option, setting or recipe key with a wrong name, type or value

Each message says what was found, where, and what to do. Anything else that is raised is a defect of ours.
"""

__all__ = ["CharRNNError", "ModelError", "OptionError", "TextError"]


class CharRNNError(Exception):
    """Base of every error whose message is written for the user."""


class TextError(CharRNNError):
    """Text or a corpus that cannot be used."""


class ModelError(CharRNNError):
    """A model that is missing, damaged, or of a format version that this release does not read."""


class OptionError(CharRNNError):
    """An option, setting or recipe key with a wrong name, type or value."""
