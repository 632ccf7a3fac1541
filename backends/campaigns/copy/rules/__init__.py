"""The rules that every text passes before a person may approve it; one a file."""
