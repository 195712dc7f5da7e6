"""Folders of pictures: merged without a loss, classified, and doubted.

Inputs: folders of pictures to merge; a folder of class folders to learn from. Outputs:
a merged folder and its plan; a run folder with the model (safetensors, ONNX), a
prediction of every picture, measures with intervals, an audit of shortcuts, and a page.

`bioloom.images.merging.copying.merge`, `bioloom.images.training_run.train`,
`bioloom.images.auditing.audit.audit`, `bioloom.images.training.predictions.predict`,
`bioloom.images.output.explain.explain`.

References
----------
Geirhos R. et al. (2020) Shortcut learning in deep neural networks. Nature Machine
Intelligence 2:665. doi:10.1038/s42256-020-00257-z
"""
