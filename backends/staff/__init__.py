"""The people of the shop: their accounts, roles, logins and presence."""
