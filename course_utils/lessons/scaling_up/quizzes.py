"""The quizzes of lesson 13."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "13 loss of parts": Question(
        "A batch of 256 pictures does not fit into memory. It is computed in parts of 100, 100 and "
        "56, and `backward` adds up what the parts give. Each part has its mean loss. By what is "
        "it multiplied, so that the sum is the gradient of the whole batch?",
        {
            "By nothing: `backward` adds up, and that is all": (
                "Then three means are added where one was wanted. The gradient is about three "
                "times as long, so each step of SGD is as if the rate were three times as high. "
                "Nothing warns of it."
            ),
            "By 1/3, as there are three parts": (
                "That is right for parts of one size. Here a picture of the part of 56 counts "
                "1/168, and one of a part of 100 only 1/300. With the first 256 digits it is off "
                "by 7.4 % of its length: not much, and still no rounding."
            ),
            "By 100/256, 100/256 and 56/256": (
                "Then each picture counts 1/256, whatever part it is in. With batch norm held, the "
                "difference from the whole batch is 4e-07 of the length, and 7e-16 with 64 bits: "
                "that is rounding alone."
            ),
            "By 1/256, as there are 256 pictures": (
                "The mean of a part is divided by its pictures already. Divided by 256 as well, "
                "the gradient is less than a hundredth as long as it should be. It would be right "
                "for a sum: `reduction='sum'`."
            ),
        },
        right="By 100/256, 100/256 and 56/256",
    ),
    "13 batch norm in parts": Question(
        "A gradient in 4 parts of 64, each divided as it should be, but in training mode. "
        "It differs by 11 % from that of the whole batch. With 64 bits it still does. Two "
        "processes with 128 pictures each differ by 9 %. Why?",
        {
            "Numbers are added in another order, and that rounds in another way": (
                "With 64 bits rounding would shrink by a factor of hundreds of millions. These 11 "
                "% stay. In eval mode, where only the order of adding differs, it is 4e-07."
            ),
            "Batch norm takes mean and variance from the part: another function is computed": (
                "The answer for a picture depends on those that are in its part, and with fewer of "
                "them mean and variance vary more. With 64 parts of 4 it is 44 %. Neither "
                "accumulation nor several processes give the joint batch here, unless batch norm "
                "is held or the processes share its statistics."
            ),
            "The running statistics are moved four times in place of once": (
                "They are, and eval mode answers otherwise afterwards. But in training mode batch "
                "norm does not use them, so this gradient does not depend on them."
            ),
            "The losses of the parts have to be divided once more": (
                "Divided twice, the gradient has a quarter of its length, and is off by 75 %. "
                "Here its length is right to 1 %. It is the direction that differs."
            ),
        },
        right="Batch norm takes mean and variance from the part: another function is computed",
    ),
    "13 padded validation": Question(
        "A model is right on 721 of 801 validation pictures: 0.9001. Those that it gets wrong "
        "stand first. Eight processes validate it in eval mode, each on what "
        "`DistributedSampler(..., shuffle=False)` gives it. Right answers and all answers are "
        "added up over the processes, and 0.8923 is reported. Why?",
        {
            "Seven pictures are counted twice: the sampler makes 808 of 801": (
                "Eight times 101 is 808, so that all have equally many, and what is missing is "
                "taken from the beginning. There all are wrong, so 721 of 808 are right. In "
                "another order it could report too much. Have the ranks take what there is, "
                "without padding, or count each picture once."
            ),
            "The last picture is dropped, as 8 does not divide 801": (
                "That is what `drop_last=True` does. Then 720 of 800 would be right, 0.9000. As it "
                "is, the sampler drops nothing, and fills up."
            ),
            "It is a mean of means, and the processes have unequal numbers of pictures": (
                "Right answers were added up, and no means were taken. Here it would be the same: "
                "each process has 101 pictures, and the mean of their means is 0.8923 too."
            ),
            "The batch norm of each process has statistics of its own": (
                "After training with several processes that may happen, and then the score depends "
                "on the rank. But here one model was loaded by all, and in eval mode its "
                "statistics stay as they are."
            ),
        },
        right="Seven pictures are counted twice: the sampler makes 808 of 801",
    ),
    "13 as fast as": Question(
        "Ten epochs of 1,024 pictures, a batch of 64. A step takes 140 ms. Channels last it takes "
        "100 ms, and channels last and compiled 100 ms as well, after a first step of 40 s. A "
        "report says: compiled and with a batch of 512, training is faster by far, and the same "
        "pictures are seen equally often. What has to be added?",
        {
            "Nothing: the same pictures equally often is the same training": (
                "What is seen is the same, but not what is done with it. The weights move once a "
                "step, and there are fewer steps. At the same rate they get less far. A higher "
                "rate makes up for it only up to a point."
            ),
            "The first step was slow, so that the truth is better still": (
                "The first step is part of the bill, and each run pays it anew. It costs as much "
                "as 400 of the other steps, and ten epochs with a batch of 64 are 160 steps."
            ),
            "There are 20 steps in place of 160, and compiling saves nothing over channels last": (
                "An eighth of the steps is another training: compare accuracies over seeds, with "
                "the rate that suits each. And 1.4 times as fast is true beside the plain layout "
                "alone. Always ask what is as fast as what, and whether the first step was counted."
            ),
            "The larger batch needs more memory, so that it cannot be faster": (
                "More memory it needs. But memory is not time: as long as it is there, a step with "
                "512 pictures may well take less than eight steps with 64."
            ),
        },
        right="There are 20 steps in place of 160, and compiling saves nothing over channels last",
    ),
}
