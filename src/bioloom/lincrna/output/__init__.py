"""Tables, figures, explanations and the working folder of a result."""
