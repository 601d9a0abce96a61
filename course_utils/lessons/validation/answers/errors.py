"""What to tell those who hold a known wrong idea on an exercise of lesson 05."""

ERRORS = {
    "which_claims": {
        "best-on-test-is-honest": "In P ten checkpoints competed on the pictures that then score "
        "the winner. Is the best of ten scores an honest one?",
        "predictions-are-not-examples": "In Q the same pictures were asked five times. Did chance "
        "pick 3,000 pictures?",
        "overlap-means-equal": "In R two intervals overlap. That is no proof of equality, nor of "
        "anything else about two models on the same pictures.",
        "opened-once-is-no-choice": "In S the choice was over before the test set was opened, so "
        "its pictures had no say.",
        "small-is-no-mistake": "Few examples make an interval wide, and a wide interval says so. "
        "600 are no mistake.",
        "misread-P": "Look again at P: what was the test set used for, before its score was "
        "reported?",
        "misread-Q": "Look again at Q: from which number of examples was the interval computed?",
        "misread-R": "Look again at R: the numbers may be fine, but what is concluded from them?",
        "misread-S": "Look again at S: who chose, who scored, and how many examples are behind the "
        "interval?",
    },
    "standardise": {
        "everything": "Mean and spread still saw validation examples, if now pixel by pixel.",
        "own-statistics": "Validation pictures got a scale of their own, which the model never "
        "learns; and one new picture alone would have no such scale.",
        "from-validation": "Mean and spread come from the validation pictures.",
        "untouched": "The validation pictures did not change: the model would see them on another "
        "scale than the one it was trained on.",
        "spread-leaks": "The mean is mended; the spread still saw validation examples.",
        "mean-leaks": "The spread is mended; the mean still saw validation examples.",
        "val-on-both": "The training pictures are right. The validation pictures are still on the "
        "scale of all pictures, themselves included.",
        "not-divided": "The mean is taken away, and rightly; the spread is left as it was.",
        "swapped": "The two parts are returned in the wrong order. Training pictures first.",
    },
    "could_be": {
        "always-true": "This never says no. 0.8453 of 80 would be 67.6 right.",
        "no-rounding": "Two thirds is printed as 0.6667; times 30 that is not whole, yet 20 of 30 "
        "is possible.",
        "rounds-down": "This rounds the number of right answers down. Was the print rounded down "
        "as well?",
        "tolerance-too-wide": "This lets too much pass. Four decimals are off by half of the last "
        "one at most.",
        "whole-per-cents": "Accuracies need not be whole per cents: with n examples the steps are "
        "1 / n.",
    },
    "verdict": {
        "always-different": "This says different whenever the scores differ. One coin more proves "
        "nothing.",
        "one-sided": "This counts one side only. Beforehand, either model could have been the "
        "better one.",
        "without-c": "The sum ends one too early: c itself belongs to it.",
        "one-direction": "This finds a difference only where A is the better one.",
        "not-paired": "This compares two accuracies as if each model had seen other examples.",
        "upside-down": "A small p speaks for a difference; with a large one, chance alone will do.",
        "all-examples": "Examples on which both agree are no coins: d counts the disagreements.",
        "term-only": "This is the chance of exactly this split. p takes in every split that is as "
        "uneven, or more so.",
        "chi-square": "Chi-square only comes near p, and with few coins not near enough. The exact "
        "p counts the ways in which the coins can fall.",
        "chi-square-corrected": "Even with its correction chi-square only comes near p. Here a "
        "verdict turns on the exact number, which counts the ways in which coins fall.",
    },
    "stop_early": {
        "training-loss": "This follows the training loss, which falls even while examples are "
        "learnt by heart.",
        "counts-from-0": "Each answer is one too small: the first epoch has number 1.",
        "last-epoch": "This is the epoch at which training ended. The weights worth keeping may be "
        "older.",
        "looks-ahead": "This looks at epochs that were never trained: patience had run out before "
        "them.",
        "first-rise": "This gives up after one epoch without a new lowest loss, whatever the "
        "patience.",
        "tie-is-new-lowest": "A loss equal to the lowest so far is no improvement: it starts no "
        "new count.",
        "previous-epoch": "This compares with the epoch before. A loss may fall and still not be a "
        "new lowest.",
        "patience-too-long": "This waits one epoch too long: count the epochs in a row that "
        "brought nothing new.",
        "never-resets": "This counts all epochs that brought nothing new. In a row means that a "
        "new lowest loss starts the count again.",
    },
    "honest_report": {
        "selects-on-test": "The test set has chosen here, so its score flatters the winner. Which "
        "set may choose?",
        "selects-on-everything": "Test examples had a say in the choice: pooled with the others "
        "they choose too.",
        "last-of-ties": "Of several best candidates the first is asked for, and you take the last.",
        "counts-from-1": "Each index is one too large: the first row has number 0.",
        "validation-accuracy": "The choice is right, but its validation score is the score that "
        "won. It says too much.",
        "best-test-accuracy": "The index is right; the accuracy is the best on the test set, "
        "whoever has it. Report the candidate you chose.",
        "pooled-accuracy": "This accuracy mixes in the examples that chose the candidate, and they "
        "flatter it.",
        "n-of-validation": "The interval counts validation examples. Whose accuracy is it for?",
        "n-of-both": "The interval counts the examples of both sets, and is too narrow.",
        "n-of-all-candidates": "The interval counts every answer of every candidate. Other "
        "candidates' answers are no more examples.",
        "wald": "This is the usual interval. With every answer right it has no width at all: see "
        "section 3.",
        "one-sided": "Too narrow, as with z = 1.645: that leaves out 5 % at each end, 10 % in all.",
        "half-as-wide": "The centre is right, and each end is half as far from it as it should be.",
        "not-shifted": "The width is right, but it lies around the accuracy itself. Where is the "
        "centre of Wilson's interval?",
        "per-cent": "These are per cents. Return shares, unrounded, from 0 to 1.",
        "rounded": "These numbers are rounded. Return them unrounded, from 0 to 1: whoever prints "
        "them can still round.",
    },
}
