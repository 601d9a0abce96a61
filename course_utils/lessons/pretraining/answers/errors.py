"""What to say of the known wrong ideas of lesson 02."""

ERRORS = {
    "diagnosis": {
        "loop-broken": "The same loop learnt the true labels; only the labels were changed.",
        "learnt-by-heart": "Then the training loss would be small, as it was for one batch learnt "
        "by heart.",
        "weights-unmoved": "Each step had a gradient and moved the weights. A loss that stays is "
        "not a network that stays.",
    },
    "rates": {
        "larger-is-better": "You gave the largest rate to the curve that ends lowest. In section "
        "6, did the largest steps go furthest down?",
        "high-means-slow": "A ends high, but not because it is slow: a small step cannot make a "
        "loss jump.",
        "jumps-are-good": "Look at A again: does a good run jump like that?",
        "smooth-is-good": "B is smooth, but smooth is not good: where is each curve when the run "
        "ends?",
    },
    "one_step": {
        "no-zero-grad": "Each update also follows the gradients of all steps before it: they add "
        "up.",
        "weights-unmoved": "The weights never move: is there a gradient, and is a step taken?",
        "softmax-first": "cross_entropy takes the softmax itself. Give it what the model returns.",
        "sum-of-losses": "Your steps grow with the batch: use the mean over the examples.",
        "step-before-backward": "You change the weights between the forward and the backward pass, "
        "so that the gradient would be of other weights than the loss.",
        "eval-mode": "The model came in train mode, and your step leaves it in eval mode.",
        "loss-after-the-update": "The update is right, but the loss you return is that of the new "
        "weights. Asked for is the one you took the gradient of.",
        "steps-in-eval-mode": "Your step runs the pictures through the model in eval mode. Batch "
        "norm then takes the averages it has kept; learning needs those of the batch.",
        "two-passes": "Weights and losses are right, but batch norm's averages moved more than "
        "once in a step. How often do the pictures go through the model?",
    },
    "train": {
        "pairs-broken": "Blind guessing gives 1.39. Is each label the one of its picture?",
        "labels-not-drawn": "The pictures are drawn at random, but the labels are those of the "
        "first pictures, in every step.",
        "not-random": "The batches come in a fixed order. Draw their examples at random.",
        "same-batch": "Some examples never come up. Draw new places at every step, from all "
        "examples.",
        "all-at-once": "Every step takes all examples. It should take batch_size of them.",
        "sum-of-losses": "Pictures and labels stay together, but now your steps grow with the "
        "batch: the loss should be the mean over the examples.",
        "steps-in-eval-mode": "Pictures and labels stay together, but now the network learns in "
        "eval mode, where batch norm takes the averages it has kept in place of the batch's.",
        "weights-unmoved": "The weights of the network never move: is there a gradient, and is a "
        "step taken?",
    },
    "evaluate": {
        "no-eval": "Scoring moved the averages that batch norm keeps: the model learnt from what "
        "it was tested on. In which mode does it leave them alone?",
        "left-in-eval": "Both numbers are right. But a model that came in train mode is left in "
        "eval mode, and training would go on with frozen averages.",
        "always-train-after": "Both numbers are right. But a model that came in eval mode is left "
        "in train mode. Remember the mode before you change it.",
        "mean-of-batch-means": "This is a mean of batch means: each picture of the short last "
        "batch counts more than others.",
        "forgets-the-sizes": "You add up means of batches and divide by the number of pictures. "
        "Count each mean as often as its batch has pictures.",
        "sum-for-mean": "This grows with the number of pictures: it is a sum, and a mean is asked "
        "for.",
        "drops-the-last-batch": "The last pictures are left out. A short batch is a batch too.",
        "softmax-twice": "cross_entropy takes the softmax itself, and you took one before it.",
        "swapped": "Both numbers are there, in the wrong order: return the loss first.",
        "per-cent": "The loss is right. The accuracy should be a share from 0 to 1.",
        "all-at-once": "Both numbers are right, but more than batch_size pictures go through at "
        "once; with many pictures, memory would not do.",
        "with-gradients": "Both numbers are right, but torch keeps what a backward pass would "
        "need. A score needs none.",
        "gradients-left-off": "Both numbers are right. But you leave gradients switched off for "
        "the whole program: nothing could learn after your score.",
        "weights-held": "Both numbers are right. But weights that could learn before your score "
        "can no longer learn after it.",
    },
    "three_faults": {
        "gradients-left": "Two faults are mended. Still left: from the second update on, a step "
        "follows more than the gradient of its own batch.",
        "mode-left": "Two faults are mended. The first epoch is right now; what is different when "
        "the second begins?",
        "softmax-left": "Two faults are mended. Still left: the loss is not the cross-entropy of "
        "what the network says.",
        "gradients-and-mode-left": "The loss is mended. Two faults are left: one shows from the "
        "second update on, the other from the second epoch on.",
        "gradients-and-softmax-left": "The mode is mended. Two faults are left: one in the loss, "
        "the other shows from the second update on.",
        "mode-and-softmax-left": "The gradients are mended. Two faults are left: one in the loss, "
        "the other shows from the second epoch on.",
        "logarithm-missing": "Your loss is minus the mean probability. Cross-entropy is minus the "
        "mean of its logarithm.",
        "weights-unmoved": "Now the weights never move: is there a gradient, and is a step taken?",
        "cleared-once-an-epoch": "Gradients no longer add up from epoch to epoch, but they still "
        "do from batch to batch.",
        "scores-in-train-mode": "The weights are right. But the accuracies are taken in train "
        "mode now, and that moves batch norm's averages.",
    },
}
