"""Messages of a batch: what is worth one, to whom, and that each goes out once."""
