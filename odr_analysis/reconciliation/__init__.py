"""Our counts held against Amazon's own report, and the rules that make them equal."""
