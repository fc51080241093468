"""The files of a synthetic seller, in the formats of Amazon."""
