"""Fit a model, in one or several processes; what a training gives."""
