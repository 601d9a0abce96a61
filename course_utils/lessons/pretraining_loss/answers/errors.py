"""What to tell those who hold a known wrong idea in lesson 01."""

ERRORS = {
    "mean_loss": {
        "mean-of-batch-means": "Here a batch of 1 example counts as much as a batch of 64.",
        "divides-by-batches": "The sum over examples is right. What did you divide it by?",
        "sum-of-means": "You add up means. How does the mean of a batch become the sum of its "
        "losses again?",
        "assumes-full-batches": "This takes all batches to be equally large.",
    },
    "first_loss": {
        "learning-rate-before-a-step": "No update has happened yet, so no rate was used.",
        "shuffled-labels-seen-at-once": "An untrained model knows no label, shuffled or not.",
        "misread-2.30": "Look again at 2.30. -ln p = 2.30 gives p = 0.10. How many classes are "
        "there?",
        "misread-0.0": "Look again at 0.0. A loss of 0 means probability 1 for every label, before "
        "anything was learned.",
        "misread-7.9": "Look again at 7.9. exp(-7.9) is about 0.0004: the labels get far less than "
        "an even share.",
    },
    "loss_gradient": {
        "wrong-sign": "This points downhill. The gradient points uphill, and descent takes the "
        "minus.",
        "not-divided": "This is the gradient of the sum of the losses. That of their mean is asked "
        "for.",
        "divided-by-all-entries": "Divided by examples times classes. The mean is over examples "
        "only.",
        "divided-by-classes": "Something is divided by the number of classes. Over what is the "
        "mean taken?",
    },
    "cross_entropy": {
        "softmax-twice": "Softmax was taken twice. F.cross_entropy and log_softmax want logits, "
        "not probabilities.",
        "sum-for-mean": "This grows with the number of examples. The mean is asked for.",
        "wrong-sign": "The size is right, the sign is not: the logarithm of a probability is never "
        "above 0.",
        "all-pairs": "logits[:, labels] takes every label for every row. Pair row i with label i.",
        "wrong-axis": "The probabilities of each example must add up to 1. Which dimension holds "
        "the classes?",
        "library-call": "The number is right, but here it is to be written by hand, from the "
        "formula.",
        "overflow": "Right for small logits, but a logit of 1000 gives no finite number. See "
        "section 2.",
        "hides-the-overflow": "Finite for large logits, but wrong: what was added or cut hides the "
        "overflow.",
    },
    "descend": {
        "by-autograd": "Autograd is switched off here. Write down the gradients for W and b "
        "yourself.",
        "uphill": "The loss rises from step to step: descent goes against the gradient.",
        "sum-for-mean": "Each step is as large as if the losses were added up. The loss to bring "
        "down is their mean.",
        "bias-stays": "W is as it should be after one step, but b never moves.",
        "bias-mean-of-means": "W is right after one step, b moves too little: the gradient of b "
        "adds up rows that are already divided by the number of examples.",
        "bias-not-divided": "W is right after one step, b moves too far: its gradient, too, is "
        "that of a mean.",
        "bias-uphill": "W is right after one step, b goes the wrong way.",
        "bias-after-weights": "W is right after one step. The gradient for b was taken after W had "
        "changed: both belong to the same place.",
        "one-step-only": "However many steps are asked for, you take one.",
        "one-step-too-many": "With 0 steps nothing may move: you take one step more than asked.",
        "start-not-zero": "With 0 steps, W and b must come back as zeros: they start there.",
        "rate-not-used": "The steps are equally large whatever learning_rate is given.",
    },
}
