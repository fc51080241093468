"""What commands share: their options, progress bar, and how they end when something is wrong."""
