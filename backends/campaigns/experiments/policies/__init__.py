"""Which arm a unit gets: a hash, and the probabilities of a policy's snapshot."""
