"""What a policy that did not run would have brought, from the log of one that did."""
