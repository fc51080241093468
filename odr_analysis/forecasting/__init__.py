"""What comes next: orders and defects that leave the window, and reports still to come."""
