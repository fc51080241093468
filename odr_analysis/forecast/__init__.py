"""What comes next: orders and defects that leave the window, and cohorts that mature."""
