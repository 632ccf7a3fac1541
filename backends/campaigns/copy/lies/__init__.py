"""What a brief may not ask for, because it is not true or not allowed; one kind a file."""
