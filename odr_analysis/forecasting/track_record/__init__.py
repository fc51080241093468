"""How right the forecasts of an account's past were, and what that corrects."""
