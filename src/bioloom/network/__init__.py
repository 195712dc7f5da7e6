"""Networks as pictures and pieces: force layout, samples, the circle around a node."""
