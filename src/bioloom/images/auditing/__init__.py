"""What predicts the class without looking at the subject."""
