"""Why the rate moved and what is behind it: bridges, causes, cohorts, what can be done."""
