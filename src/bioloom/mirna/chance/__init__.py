"""How likely an energy is by chance: background, fitted laws, p-values."""
