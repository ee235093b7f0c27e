"""Character-level recurrent language models: what a model is, how it is stored, run and decoded."""

__version__ = "0.1.0"
