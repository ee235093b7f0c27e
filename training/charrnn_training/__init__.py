"""Training: from prose to an exported model."""
