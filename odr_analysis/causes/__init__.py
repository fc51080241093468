"""What is behind defects: groups that stand out, what buyers complain of, what a fix changed."""
