"""Reports for many accounts, by one command: in parallel, and only what changed."""
