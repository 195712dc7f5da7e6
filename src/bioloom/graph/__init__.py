"""Node classification on graphs, and neighbourhood aggregation explained."""
