"""The validators of the forms."""
