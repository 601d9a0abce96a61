"""The quizzes of lesson 08."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "08 a pixel short": Question(
        "Digits are some ten pixels high and wide. A program takes the last pixel of a box for its "
        "right and lower edge, so that each box a detector learns from is one pixel short in both "
        "directions. The test boxes are right. What becomes of its scores?",
        {
            "AP50 falls most, as half of the overlap is lost": (
                "Little is lost: 9 by 9 of 10 by 10 pixels are an IoU of 0.81, far above 0.5."
            ),
            "Both fall by the same": (
                "They would if both asked for the same overlap. mAP is a mean over ten of them, "
                "from 0.5 to 0.95."
            ),
            "mAP falls, AP50 hardly": (
                "9 by 9 of 10 by 10 pixels are an IoU of 0.81. That is enough at 0.5, and too "
                "little at 0.85, 0.9 and 0.95. AP50 alone would not have shown it."
            ),
            "Neither: a pixel is within what detectors miss anyway": (
                "On boxes of ten pixels it costs a fifth of the overlap, and mAP asks for up to "
                "0.95."
            ),
        },
        right="mAP falls, AP50 hardly",
    ),
    "08 mean of pictures": Question(
        "Somebody computes AP50 for each scene by itself and takes the mean over all scenes. It "
        "comes out higher than AP50 of all scenes together. Why?",
        {
            "Scenes with many objects count more in the mean": (
                "They count less there: each scene counts once, whatever it shows. But that is not "
                "what makes it higher."
            ),
            "The mean of many numbers has less noise": (
                "Less noise would make it steadier, not higher."
            ),
            "A mistake is ranked only against the boxes of its own scene": (
                "In one list, a sure mistake stands above unsure right boxes of all other scenes, "
                "and lowers the precision of them all. And a box of a class that its scene does "
                "not show, or on an empty scene, counts nowhere in the mean."
            ),
            "Each scene has its own score threshold": (
                "Average precision has no threshold: it is the area over all of them."
            ),
        },
        right="A mistake is ranked only against the boxes of its own scene",
    ),
    "08 what was pretrained": Question(
        "You want to find digits in scenes, and have 80 scenes with boxes. Of which pretrained "
        "network would you expect most?",
        {
            "One that names single letters, each filling its picture": (
                "It knows strokes. But it never had to say where something begins and ends, nor "
                "that there is nothing here but paper."
            ),
            "One that finds letters in scenes": (
                "It learned the same kind of answer: where, how large, which, and where nothing "
                "is. That the classes are others is what a new head is for."
            ),
            "One that names single digits, since the classes are the same": (
                "The classes are the smaller part of the work. It has never told a digit from the "
                "paper around it, nor one digit from its neighbour."
            ),
            "None: letters are not digits, so it has to unlearn them first": (
                "A head for other classes is quickly learned. What lies below it serves both."
            ),
        },
        right="One that finds letters in scenes",
    ),
}
