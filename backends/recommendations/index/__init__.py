"""The best of very many items for a customer: search for the greatest inner products."""
