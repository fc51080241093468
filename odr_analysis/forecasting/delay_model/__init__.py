"""The delay model: weekly rates and lags fitted to reports so far, and what they still bring."""
