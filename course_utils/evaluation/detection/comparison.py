"""Which of two detectors is better, on the same pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.over_pictures import draw_pictures, scores_of
from course_utils.evaluation.draws import DRAWS
from course_utils.evaluation.score_comparison import ScoreComparison, compare_scores
from course_utils.evaluation.scores import check_confidence
from course_utils.models.detection.detector import Detections


@dataclass(frozen=True)
class DetectorComparison:
    """Two detectors, A and B, by both scores."""

    mean_ap: ScoreComparison
    ap50: ScoreComparison

    def __str__(self) -> str:
        return f"{self.mean_ap}\n{self.ap50}"


def compare_detectors(
    detections_a: Sequence[Detections],
    detections_b: Sequence[Detections],
    pictures: BoxedPictures,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> DetectorComparison:
    """Compare two detectors on the same pictures, which are drawn anew for both alike.

    It tells whether these two would differ on other pictures, not whether training with other seeds
    would: for that see ``compare_over_seeds``.

    Args:
        detections_a: N of them, in the order of the pictures.
        detections_b: The same for B.
        pictures: N; where they belong together, whole groups are drawn.
        seed: Of the draws.
        draws: How often as many pictures as there are get drawn, with repetition.
        confidence: Of the intervals; a verdict is "different" when p < 1 - confidence.

    Raises:
        ValueError: As of ``check_detections`` and ``draw_pictures``, or the confidence is no share.
    """
    check_confidence(confidence)
    drawn = draw_pictures(pictures, seed, draws)
    a, b = (scores_of(each, pictures, drawn) for each in (detections_a, detections_b))
    return DetectorComparison(
        *(
            compare_scores(name, a[row], b[row], drawn, confidence)
            for row, name in enumerate(("mAP", "AP50"))
        )
    )
