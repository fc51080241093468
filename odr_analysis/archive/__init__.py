"""The archive of an account: what its exports said on which day, and what changed since."""
