"""Backbones, heads, augmentation; models as files and at work."""
