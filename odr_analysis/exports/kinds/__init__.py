"""Which kind of export a file is, and which files are set aside."""
