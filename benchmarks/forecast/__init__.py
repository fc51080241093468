"""How good the forecast is, on generated accounts whose future is known."""
