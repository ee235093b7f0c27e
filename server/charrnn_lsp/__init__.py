"""The language server: from `textDocument/didChange` to ghost text."""
