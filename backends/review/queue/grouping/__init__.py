"""Messages that say nearly the same come into one group, and groups get suggestions."""
