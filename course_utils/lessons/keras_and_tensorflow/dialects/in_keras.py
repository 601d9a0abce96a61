"""The recipe as one writes it in Keras, on either backend; see ``in_torch``.

Pictures are (N, H, W, C), float32 from 0 to 1; labels (N,), whole numbers.
"""

from typing import Any

import numpy as np

from course_utils.lessons.keras_and_tensorflow.network import build
from course_utils.models.keras.library import keras


def train(model: Any, images: np.ndarray, labels: np.ndarray, rate: float, num_epochs: int) -> None:
    """Pass over the pictures ``num_epochs`` times; what moves is what the model says may learn."""
    optimizer = keras.optimizers.Adam(rate)
    loss_of = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True,
    )
    model.compile(
        optimizer,
        loss_of,
        metrics=["accuracy"],
    )
    model.fit(
        images,
        labels,
        batch_size=32,
        epochs=num_epochs,
        verbose=0,
    )


def pretrain_all(images: np.ndarray, labels: np.ndarray, num_classes: int, num_epochs: int) -> Any:
    """A classifier whose weights, random at first, have all learned."""
    shape = images.shape[1:]
    model = build(shape, 16, num_classes)
    train(model, images, labels, 3e-3, num_epochs)
    return model


def fit_head(
    pretrained: Any, images: np.ndarray, labels: np.ndarray, num_classes: int, num_epochs: int
) -> Any:
    """A classifier with the backbone of ``pretrained``, frozen, and a new head that has learned."""
    inputs = pretrained.inputs[0]
    features = pretrained.layers[-2].output
    backbone = keras.Model(inputs, features)
    backbone.trainable = False  # all of it stays
    head = keras.layers.Dense(num_classes, name="head")
    model = keras.Model(inputs, head(features))
    train(model, images, labels, 3e-2, num_epochs)
    return model


def fine_tune_all(model: Any, images: np.ndarray, labels: np.ndarray, num_epochs: int) -> None:
    """Let all weights of ``model`` learn, at a low rate."""
    for layer in model.layers:
        layer.trainable = True
    # train makes a new optimizer
    train(model, images, labels, 1e-3, num_epochs)


def validate(model: Any, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Mean loss in nats and accuracy from 0 to 1, each picture counted once.

    Raises:
        ValueError: If the model was never compiled.
    """
    loss, accuracy = model.evaluate(
        images,
        labels,
        batch_size=256,
        verbose=0,
    )
    return loss, accuracy
