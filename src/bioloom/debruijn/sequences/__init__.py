"""De Bruijn sequences: words, generation, counting, ranking, explanation, figures."""
