"""The quizzes of lesson 14."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "14 what freezing saves": Question(
        "ResNet-50 takes 8.2 billion operations to answer a picture of 224 by 224, and 24.3 "
        "billion to learn from it. Now all layers but the last are frozen by "
        "`requires_grad_(False)`. How many operations does a picture take in a step of training?",
        {
            "24.3 billion: only the update of the weights is saved": (
                "The update is hardly worth counting. A layer that learns takes three products of "
                "the same size: its answer, the gradient of its weights, and the gradient of its "
                "input. A frozen layer needs no gradient of its weights, and none of its input "
                "if no layer before it learns."
            ),
            "16.4 billion: the gradient still goes back through all layers": (
                "So it is where the first convolution learns and all others are frozen: 2.00 times "
                "the answer. Here the layer that learns is the last one, and the way back ends "
                "there."
            ),
            "8.2 billion: the way back ends at the last layer": (
                "Counted, it is 1.0005 times the answer. And frozen layers say the same in each "
                "epoch: where pictures are not changed at random, compute their features once and "
                "keep them. If the last stage learns too, it is 1.35 times the answer."
            ),
            "Next to nothing: the last layer alone is 0.004 billion": (
                "The last layer needs its features, and these cost the whole way forward. Only if "
                "they were computed before and kept does an epoch cost so little."
            ),
        },
        right="8.2 billion: the way back ends at the last layer",
    ),
    "14 peak or traffic": Question(
        "A machine does 100 billion operations in a second where it multiplies large matrices. It "
        "reads and writes 20 GB in a second, both together. ReLU is applied to 16.8 million "
        "numbers in float32: 64 pictures, 64 channels, 64 by 64. How long does that take, about?",
        {
            "0.17 ms: 16.8 million operations at that rate": (
                "That is the arithmetic alone. But each number must be read and each result "
                "written, 134 MB in all, and 134 MB at 20 GB/s take 6.7 ms. The peak rate alone "
                "is too hopeful by a factor of 40 here."
            ),
            "Nothing: the counter of operations says 0": (
                "It does say 0, because it counts convolutions and products of matrices. Of all "
                "operations these are nearly everything, of the time they are not: ReLU, batch "
                "norm and sums read and write the same maps as the convolutions do."
            ),
            "6.7 ms: 134 MB are read and written": (
                "67 MB are read and 67 MB written: 8 bytes of traffic for one operation. A "
                "convolution does hundreds of operations with each number that it reads, so there "
                "the peak rate decides. A network has both, and a prediction needs both."
            ),
            "3.4 ms: 67 MB are read, and done in place nothing has to be written": (
                "In place saves memory, not traffic: the results go to the same place, but they "
                "have to go there. 67 MB are read and 67 MB are written."
            ),
        },
        right="6.7 ms: 134 MB are read and written",
    ),
    "14 what grows with the batch": Question(
        "ResNet-18 learns with AdamW in float32. Its weights, their gradients and what AdamW keeps "
        "take 187 MB. The kept activations of one picture take 22 MB. With a batch of 32 the lower "
        "bound is 0.90 GB. What is it with a batch of 64?",
        {
            "1.79 GB: twice as many pictures, twice the memory": (
                "Of the four parts only the kept activations are there once for each picture. "
                "Weights, gradients and AdamW's state have one size, with any batch."
            ),
            "1.61 GB: the kept activations double, the rest stays": (
                "187 MB and 64 times 22.2 MB. With 64 pictures 88 % of the bound are kept "
                "activations. So a smaller batch, or the same batch in parts, helps first. What is "
                "measured lies above: convolutions take room to work in, and the way back has "
                "gradients of activations."
            ),
            "1.65 GB: the kept activations and the gradients double": (
                "Each picture has gradients of its own, but they are added up at once. What is "
                "stored is one number for each weight, whatever the batch."
            ),
            "0.90 GB: the memory depends on the number of weights": (
                "That holds for the 187 MB. The way back needs what each layer kept of each "
                "picture, and with 32 pictures that is 79 % of the bound already."
            ),
        },
        right="1.61 GB: the kept activations double, the rest stays",
    ),
    "14 reading a forecast": Question(
        "A classifier of digits learned from 20, 40, 80 and 160 labels. A power law with a floor "
        "forecasts, for 640 labels, an error of 0.089 with the interval [0.049, 0.118]. Its floor "
        "is 0.088. With 40 other draws of labels the same was tried: 29 of the 40 intervals held "
        "the error that was measured at 640. What may one say?",
        {
            "With a probability of 95 % the error will be from 0.049 to 0.118": (
                "Counted, it was 29 of 40, which is 0.72 [0.57, 0.84]. The interval draws the "
                "judged pictures anew, and nothing else. Other labels to learn from, and a curve "
                "of another form, are not in it."
            ),
            "More labels do not help, since the error cannot fall below the floor of 0.088": (
                "With 640 labels it was 0.065. Four sizes say little about where a curve ends: in "
                "the 40 draws the fitted floor was anything from 0 to 0.13. And another network, "
                "or other pictures, have another floor."
            ),
            "About 0.09, and such an interval held the truth in 29 of 40 trials": (
                "That is what was seen: a value, an interval, and how often it held. It is for "
                "labels of the same kind, for the same network. Whether 480 more labels are worth "
                "their price can be asked for both ends of the interval."
            ),
            "About 0.03, where the straight line through the logarithms leads": (
                "The line has no floor and promises too much: 0.031 here, where 0.065 was "
                "measured. In 36 of the 40 draws it promised less than came out, on average two "
                "thirds of it."
            ),
        },
        right="About 0.09, and such an interval held the truth in 29 of 40 trials",
    ),
}
