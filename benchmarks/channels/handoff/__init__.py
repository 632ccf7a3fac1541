"""How soon a person sees what a customer writes."""
