"""What is measured on a Keras network: arrays in, numbers out, the same on either backend.

Nothing here needs torch, so that a process of TensorFlow does not load it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from course_utils.models.keras.library import keras

BATCH_SIZE = 32
# Of the plain steps that are followed one by one. 32 bits hold both exactly: a momentum of 0.9 is
# rounded to 32 bits even where all else has 64, and that is another algorithm, if a little.
STEP_RATE, MOMENTUM = 1 / 16, 7 / 8


@contextmanager
def float64() -> Iterator[None]:
    """Networks that are built in the block, and what is computed in it, have 64 bits."""
    _compute_in("float64")
    try:
        yield
    finally:
        _compute_in("float32")


def _compute_in(dtype: str) -> None:
    keras.config.set_floatx(dtype)  # of losses
    keras.config.set_dtype_policy(dtype)  # of layers


def logits_of(model: Any, images: np.ndarray, training: bool = False) -> np.ndarray:
    """Logits (N, K), in inference or as in training, where the statistics move."""
    return keras.ops.convert_to_numpy(model(images, training=training))


def logits_in_batches(model: Any, images: np.ndarray) -> np.ndarray:
    """Logits (N, K) in inference, some hundred pictures at a time."""
    return model.predict(images, batch_size=512, verbose=0)


def loss_of(labels: np.ndarray, logits: np.ndarray, from_logits: bool = True) -> float:
    """Cross-entropy in nats, as Keras' own class computes it."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    return float(keras.ops.convert_to_numpy(loss(labels, logits)))


def accuracy_of(model: Any, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of right answers, in inference."""
    return float((logits_in_batches(model, images).argmax(1) == labels).mean())


def gradient_of(model: Any, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Gradient of the loss, as in training, in one row like ``learned_of``."""
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if keras.backend.backend() == "torch":
        model.zero_grad()
        loss_of(keras.ops.convert_to_tensor(labels), model(images, training=True)).backward()
        found = [weight.value.grad.numpy(force=True) for weight in model.trainable_variables]
    else:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        found = [part.numpy() for part in tape.gradient(loss, model.trainable_weights)]
    return np.concatenate([part.ravel() for part in found])


def learned_of(model: Any) -> np.ndarray:
    """All weights that learn, in one row, in the order of the layers."""
    return np.concatenate(
        [keras.ops.convert_to_numpy(weight).ravel() for weight in model.trainable_variables]
    )


def statistics_of(model: Any) -> np.ndarray:
    """All running means and variances, in one row."""
    kept = [weight for weight in model.non_trainable_variables if "moving" in weight.path]
    return np.concatenate([keras.ops.convert_to_numpy(weight).ravel() for weight in kept])


def take_steps(model: Any, images: np.ndarray, labels: np.ndarray, num_steps: int) -> np.ndarray:
    """Plain steps with momentum, each on the next batch; the weights (steps, W) after each one."""
    model.compile(
        keras.optimizers.SGD(STEP_RATE, momentum=MOMENTUM),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    after = []
    for step in range(num_steps):
        at = np.arange(step * BATCH_SIZE, (step + 1) * BATCH_SIZE) % len(images)
        model.train_on_batch(images[at], labels[at])
        after.append(learned_of(model))
    return np.stack(after)


def statistics_moved(model: Any, images: np.ndarray, frozen: bool) -> float:
    """By how much the running statistics move in a pass of training, at most.

    Args:
        model: It is left as it is, but for its statistics.
        images: The batch.
        frozen: Whether ``trainable`` is False meanwhile.
    """
    before, model.trainable = statistics_of(model), not frozen
    logits_of(model, images, training=True)
    model.trainable = True
    return float(np.abs(statistics_of(model) - before).max())
