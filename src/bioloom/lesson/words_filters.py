"""Words of the part of a lesson to try: filters."""
