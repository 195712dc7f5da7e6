"""Several folders become one: plan, near-duplicates, copying."""
