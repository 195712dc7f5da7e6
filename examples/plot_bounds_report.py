"""
What does a table of predictions prove?
=======================================

Predictions on the test nodes of the karate club, seven of them. In the shell:
``bioloom bounds report predictions.csv --draw claims``.
"""

import bioloom as bl

training = bl.graph.train("karate", settings={"max_epochs": 50})
report = bl.bounds.report(training.predictions().to_frame())

# %%
# Errors with their exact intervals.
figure = report.plot()

# %%
# A sentence for each claim.
print("\n".join(report.sentences()))
