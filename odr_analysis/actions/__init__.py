"""What can be done: the worklist, its steps, and what would have been if."""
