"""The catalogue: products, categories, promotions, and a search that understands customers."""
