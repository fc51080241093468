"""Whether the number of extra orders that is enough with 90 % is enough in nine cases of ten."""
