"""Fill the shop with invented customers, orders and interactions around the product files."""
