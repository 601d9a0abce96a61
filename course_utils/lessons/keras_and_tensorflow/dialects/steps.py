"""The columns and rows of the page of the other dialect, and what differs in each row."""

from dataclasses import dataclass

DIALECTS = {  # by the name of the module
    "in_torch": "PyTorch",
    "in_keras": "Keras, on PyTorch or TensorFlow",
    "in_tensorflow": "A loop of one's own in TensorFlow",
}


@dataclass(frozen=True)
class Step:
    """A row of the table.

    Args:
        function: Its name, the same in each dialect.
        title: What the function does.
        differs: In words, what is not the same.
    """

    function: str
    title: str
    differs: str


STEPS = (
    Step(
        "train",
        "The loop of all three trainings",
        "torch's loss takes logits; Keras' takes probabilities, unless from_logits is set. fit "
        "shuffles anew in each epoch, and calls the model with training=True; a loop of one's own "
        "must do both. tf.function turns the step into a graph, once for each shape of a batch.",
    ),
    Step(
        "pretrain_all",
        "Pretraining, from random weights",
        "In torch, the model has a mode: train() lets batch norm use the batch. In Keras, the mode "
        "is an argument of each call.",
    ),
    Step(
        "fit_head",
        "A head on a frozen backbone (feature extraction)",
        "In torch, freezing takes two lines: one holds the weights, eval() the running statistics. "
        "In Keras, trainable = False holds both, also when the model is called with training=True.",
    ),
    Step(
        "fine_tune_all",
        "Fine-tuning, all weights at a low rate",
        "Keras makes its optimizer for the weights that learn at that time: without compiling "
        "again, fit would refuse the others. Set trainable layer by layer: on TensorFlow, "
        "model.trainable = True does nothing if that flag of the model is True already, whatever "
        "those of its layers are.",
    ),
    Step(
        "validate",
        "Validation",
        "evaluate does what the loops say: no training, no gradients, each picture counts the "
        "same. fit(..., validation_data=...) does it after each epoch.",
    ),
)
