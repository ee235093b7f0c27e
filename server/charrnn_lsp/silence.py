"""Why nothing is shown at a place: the reasons, each with a code for programs and a sentence for people."""

from __future__ import annotations

REASONS = {
    "shown": "There is a suggestion here.",
    "off": "Suggestions are switched off: the setting charrnn.enable is false.",
    "paused": "Suggestions are paused: the command charrnn.resume brings them back.",
    "notOpen": "The editor has not opened this document with the server.",
    "language": "The language of this document is not one of the setting charrnn.languages.",
    "manual": "The setting charrnn.trigger is manual: suggestions come only when asked for.",
    "code": "The cursor is in code, which the setting charrnn.skip leaves alone.",
    "frontMatter": "The cursor is in front matter, which the setting charrnn.skip leaves alone.",
    "urls": "The cursor is in an address, which the setting charrnn.skip leaves alone.",
    "tables": "The cursor is in a table, which the setting charrnn.skip leaves alone.",
    "math": "The cursor is in mathematics, which the setting charrnn.skip leaves alone.",
    "markup": "The cursor is in markup, which the setting charrnn.skip leaves alone.",
    "loading": "The model is being loaded.",
    "error": "The model cannot be used; the message of the status says why.",
    "insideWord": "The cursor is inside a word.",
    "unsure": "No continuation is likely enough to be right: the setting charrnn.minConfidence is the limit.",
}
