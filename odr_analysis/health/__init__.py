"""The other rates of Account Health, each with its own window, and the public score."""
