"""Making the daily sums, and making anew what has changed."""
