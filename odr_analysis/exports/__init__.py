"""Amazon's exports: one file each, recognised by content, mapped to canonical rows."""
