"""Figures of the days ahead: the forecast, the calendar, what leaves and enters, a scenario."""
