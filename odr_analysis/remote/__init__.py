"""Exports in object storage: what a URL names becomes a folder on this computer."""
