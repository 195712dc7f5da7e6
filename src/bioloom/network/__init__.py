"""Drawing networks and parts of them: force layout, samples, neighbourhoods."""
