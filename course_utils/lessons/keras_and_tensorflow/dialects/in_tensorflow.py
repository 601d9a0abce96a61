"""The recipe with a loop of one's own in TensorFlow; see ``in_torch``.

It runs only in a process whose Keras runs on TensorFlow: one that was started with
``WORKBOOK_KERAS_BACKEND=tensorflow``.

Pictures are (N, H, W, C), float32 from 0 to 1; labels (N,), whole numbers.
"""

from typing import Any

import numpy as np

from course_utils.lessons.keras_and_tensorflow.network import build
from course_utils.models.keras.library import keras


def train(model: Any, images: np.ndarray, labels: np.ndarray, rate: float, num_epochs: int) -> None:
    """Pass over the pictures ``num_epochs`` times; what moves is what the model says may learn."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(
        (images, labels),
    )
    batches = data.shuffle(len(labels)).batch(32)
    weights = model.trainable_variables
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(weights)
    loss_of = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True,
    )

    @tf.function
    def step(x: tf.Tensor, y: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = loss_of(y, logits)
        slopes = tape.gradient(loss, weights)
        optimizer.apply(slopes, weights)

    for _ in range(num_epochs):
        for x, y in batches:
            step(x, y)


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
    """Mean loss in nats and accuracy from 0 to 1, each picture counted once."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(
        (images, labels),
    )
    loss = keras.metrics.SparseCategoricalCrossentropy(
        from_logits=True,
    )
    right = keras.metrics.SparseCategoricalAccuracy()
    for x, y in data.batch(256):
        logits = model(x, training=False)
        loss.update_state(y, logits)
        right.update_state(y, logits)
    return float(loss.result()), float(right.result())
