"""Why the rate moved between two days, and which components share it."""
