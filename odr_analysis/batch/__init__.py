"""Reports for many accounts: what became of each, the index over all, messages, schedules."""
