"""What the law of advertising does not let a shop say."""
