"""What the lessons share: data, models, training, evaluation, figures, exercises.

Shape letters used in every comment and docstring: ``B`` examples in a batch, ``N`` examples in a
data set, ``C`` channels, ``H`` and ``W`` height and width in pixels, ``K`` classes, ``D`` features,
``T`` tokens in a row, ``V`` tokens in a vocabulary.
Losses are in nats per example; accuracies are shares between 0 and 1.
"""
