"""The rules of the guard, a file each."""
