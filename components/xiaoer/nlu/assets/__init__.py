"""Words and trained heads that the package brings."""
