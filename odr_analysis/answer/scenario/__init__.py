"""An effect of a scenario in words: the sentence, what it assumes, and the days that matter."""
