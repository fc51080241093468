"""What a cell of an export says: rows, days, amounts, order ids, buyers, yes and no."""
