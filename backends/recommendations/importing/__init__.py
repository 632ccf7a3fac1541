"""Import of history from a file: what is good is kept, what is bad is told by line."""
