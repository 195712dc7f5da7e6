"""How good energy and score are on labelled pairs, and what else would be as good."""
