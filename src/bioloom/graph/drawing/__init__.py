"""Pictures of networks, runs and explanations."""
