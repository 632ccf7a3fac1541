"""What is answered when no story fits: is it found, is it true, does it disturb the others."""
