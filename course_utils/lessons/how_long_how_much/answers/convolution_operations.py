"""Answer of ``convolution_operations``: two for each multiply-add, wherever a filter stands."""

from collections.abc import Callable

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.how_long_how_much.exercise_cases import convolutions
from course_utils.lessons.how_long_how_much.exercises import observe_convolution_operations

Answer = Callable[..., float]
Places = Callable[[int, int, int, int], float]  # of height, width, size and stride
Products = Callable[[int, int], float]  # operations for one number, of in_channels and size


def places_of(height: int, width: int, size: int, stride: int) -> float:
    """As it should be: both sides divided by the stride, and rounded up."""
    return -(-height // stride) * -(-width // stride)


def unpadded(height: int, width: int, size: int, stride: int) -> float:
    """Where a filter stands without padding."""
    return ((height - size) // stride + 1) * ((width - size) // stride + 1)


def products_of(in_channels: int, size: int) -> float:
    """As it should be: a multiplication and an addition for each weight of a filter."""
    return 2 * in_channels * size**2


def answering(
    places: Places = places_of, products: Products = products_of, outputs: bool = True,
    pictures: bool = True, times: float = 1,
) -> Answer:  # fmt: skip
    """The answer, right but for what is said.

    Args:
        places: Where one filter stands on one picture.
        products: Operations for one number that comes out.
        outputs: Whether ``out_channels`` counts.
        pictures: Whether ``batch`` counts.
        times: By what all is multiplied.
    """

    def answer(batch: int, in_channels: int, out_channels: int, *layer: int) -> float:
        found = times * places(*layer) * products(in_channels, layer[2])
        return found * (out_channels if outputs else 1) * (batch if pictures else 1)

    return answer


def where_it_differs(difference: Difference) -> str:
    """The first convolution that is wrong."""
    batch, in_channels, out_channels, height, width, size, stride = convolutions(difference.seed)[
        difference.place
    ]
    return (
        f"For batch={batch}, {height} x {width} pixels, channels from {in_channels} to "
        f"{out_channels}, filters of size {size} and a stride of {stride} it takes "
        f"{difference.truth:,.0f} operations; yours are {difference.found:,.6g}."
    )


ANSWER = Table(
    observe_convolution_operations,
    right=answering(),
    praise="Every number that comes out is counted, with all its products.",
    wrong={
        "multiply-adds": answering(times=0.5),
        "one-addition-fewer": answering(
            products=lambda channels, size: 2 * channels * size**2 - 1
        ),
        "stride-forgotten": answering(lambda height, width, size, stride: height * width),
        "stride-once": [
            answering(lambda height, width, size, stride: height * width / stride),
            answering(lambda height, width, size, stride: -(-height // stride) * width),
            answering(lambda height, width, size, stride: height * -(-width // stride)),
            answering(lambda height, width, size, stride: -(-height * width // stride)),
            answering(lambda height, width, size, stride: height * width // stride),
        ],
        "not-rounded-up": [
            answering(lambda height, width, size, stride:
                      (height // stride) * (width // stride)),
            answering(lambda height, width, size, stride: height * width / stride**2),
            answering(lambda height, width, size, stride: height * width // stride**2),
        ],
        "no-padding": answering(unpadded),
        "kernel-once": [
            answering(lambda *_: 1),
            answering(lambda *_: 1, pictures=False),
            answering(lambda *_: 1, times=0.5),
            answering(lambda *_: 1, times=0.5, pictures=False),
        ],
        "one-side-of-the-filter": answering(products=lambda channels, size: 2 * channels * size),
        "in-channels-forgotten": answering(products=lambda channels, size: 2 * size**2),
        "out-channels-forgotten": answering(outputs=False),
        "batch-forgotten": answering(pictures=False),
        "way-back": [answering(times=times) for times in (2, 3)],
    },
    messages={
        "multiply-adds": "These are multiply-adds. Each of them is two operations.",
        "one-addition-fewer": "A sum of n products does take n - 1 additions. But here each "
        "multiply-add counts as two, as it does in the peaks that makers publish.",
        "stride-forgotten": "As many filters are computed as there are pixels. With a stride of 2 "
        "only every second row and every second column has one.",
        "stride-once": "The stride thins out rows and columns. You took it into account once.",
        "not-rounded-up": "Sides that the stride does not divide are cut short. On 5 pixels with a "
        "stride of 2 a filter begins at the pixels 0, 2 and 4.",
        "no-padding": "So many places there are without padding. With it a filter also stands half "
        "outside of the picture.",
        "kernel-once": "Every weight of the layer is used once here. But a filter moves over the "
        "picture, and is computed anew on each place.",
        "one-side-of-the-filter": "A filter is `size` pixels high, and `size` pixels wide.",
        "in-channels-forgotten": "A filter reads all channels that come in, and has weights for "
        "each of them.",
        "out-channels-forgotten": "This is the work of one filter. There is one for each channel "
        "that goes out.",
        "batch-forgotten": "This is the work for one picture. There are `batch` of them.",
        "way-back": "The forward pass alone is asked for. The way back comes in a later exercise.",
    },
    otherwise=where_it_differs,
    rtol=1e-9,
)  # fmt: skip
