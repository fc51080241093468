"""What figures share: the figure as data, its axes, title, key and labels."""
