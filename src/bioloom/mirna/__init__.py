"""microRNA binding sites on targets, by minimum free energy and seed region."""
