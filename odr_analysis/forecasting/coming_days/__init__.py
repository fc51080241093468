"""The days ahead of one series: each by itself, as paths, and the days that matter."""
