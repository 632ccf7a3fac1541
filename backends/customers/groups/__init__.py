"""How groups of customers fare: recommendations and service, measured side by side."""
