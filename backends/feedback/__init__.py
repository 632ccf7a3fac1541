"""What customers say of a conversation afterwards."""
