"""Matrix factorisation with side information: training in torch, serving in numpy."""
