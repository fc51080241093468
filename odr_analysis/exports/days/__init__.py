"""How the days of a file are to be read, and which days can be."""
