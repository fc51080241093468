"""What happens at a synthetic seller: orders, defects, what is seen of them, and the truth."""
