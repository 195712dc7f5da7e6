"""What lies around a site: structure of the target, its ends, other species."""
