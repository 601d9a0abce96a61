"""Part l: an epoch by Keras' ``fit`` and by TensorFlow's own loop, on one backend of Keras.

``python -m benchmark.keras_sides TASK THREADS`` offers both in a process of TensorFlow: it reads
orders, a line each, and answers each with a line of JSON. Nothing here needs torch.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmark.measurements import Side
from course_utils.lessons.keras_and_tensorflow.task import Task, load_task
from course_utils.lessons.keras_and_tensorflow.training import compile_once
from course_utils.lessons.keras_and_tensorflow.trials import accuracy_of
from course_utils.models.keras.library import keras

BATCH_SIZE = 32
RATE = 0.001
FIT, OWN_LOOP = "fit", "own loop"
Worked = dict[str, float]  # what a turn gives


class Fit:
    """A model that ``fit`` trains, from the same weights at each turn; compiled once.

    Args:
        task: The weights to start from, and the pictures in the order of the batches.
        num_epochs: Passes of a turn.
    """

    def __init__(self, task: Task, num_epochs: int) -> None:
        self.task, self.num_epochs = task, num_epochs
        self.model = task.network()
        self.start_anew = compile_once(self.model, RATE)
        self.first = self.model.get_weights()

    def prepare(self) -> None:
        """Put weights, statistics and momenta back to what they were."""
        self.model.set_weights(self.first)
        self.start_anew()

    def train(self) -> None:
        """Pass over the pictures, without shuffling: all sides take the same batches."""
        images, labels = self.task.few_images[0], self.task.few_labels[0]
        self.model.fit(
            images, labels, batch_size=BATCH_SIZE, epochs=self.num_epochs, shuffle=False, verbose=0
        )

    def run(self) -> Worked:
        """Train once, and say how long the processors of this process worked."""
        start = time.process_time()
        self.train()
        return {"cpu": time.process_time() - start}

    def accuracy(self) -> float:
        """On pictures that were not learned from."""
        return accuracy_of(self.model, self.task.val_images, self.task.val_labels)


class OwnLoop(Fit):
    """The same by a compiled step of one's own, where Keras runs on TensorFlow."""

    def __init__(self, task: Task, num_epochs: int) -> None:
        super().__init__(task, num_epochs)
        import tensorflow as tf

        loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        weights = self.model.trainable_variables

        @tf.function
        def step(images: tf.Tensor, labels: tf.Tensor) -> None:
            with tf.GradientTape() as tape:
                loss = loss_of(labels, self.model(images, training=True))
            self.model.optimizer.apply(tape.gradient(loss, weights), weights)

        pairs = (task.few_images[0], task.few_labels[0])
        self.batches = tf.data.Dataset.from_tensor_slices(pairs).batch(BATCH_SIZE)
        self.step = step

    def train(self) -> None:
        """Pass over the pictures in the same order."""
        for _ in range(self.num_epochs):
            for images, labels in self.batches:
                self.step(images, labels)


def side_of(training: Fit) -> Side:
    """A turn of a training in this process."""

    def run(_: object) -> Worked:
        return training.run()

    return Side(
        run, lambda _: training.prepare(), lambda worked: worked | {"accuracy": training.accuracy()}
    )


def offer(task: Task, num_epochs: int, threads: int, orders: Iterator[str]) -> Iterator[Worked]:
    """Do what the orders say on TensorFlow: the name of a training, and what it is to do."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    trainings = {FIT: Fit(task, num_epochs), OWN_LOOP: OwnLoop(task, num_epochs)}
    for order in orders:
        name, what = order.strip().split(": ")
        yield {"done": getattr(trainings[name], what)()}


def main(arguments: Sequence[str]) -> None:
    """Answer until there are no more orders."""
    file, threads = arguments
    task, more = load_task(Path(file))
    for answer in offer(task, int(more["num_epochs"]), int(threads), sys.stdin):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
