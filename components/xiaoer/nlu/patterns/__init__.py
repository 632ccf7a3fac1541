"""Pattern files that the package brings."""
