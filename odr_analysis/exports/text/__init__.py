"""Text of exports: what a cell may look like, and what it then means."""
