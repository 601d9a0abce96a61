"""Filters of ``mel_bands``, the right ones and wrong ones."""

from collections.abc import Callable

import torch
from torch import Tensor

Scale = tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]  # from Hz, and back to it
# Of frequencies (F,) and edges (M + 2,), both in Hz: what each counts in each band, (M, F).
Shape = Callable[[Tensor, Tensor], Tensor]
Filters = Callable[[int, int, int], Tensor]  # of frequencies F, bands M and the rate, (M, F)


def _to_slaney(hz: Tensor) -> Tensor:
    high = 15 + 27 * (hz.clamp(min=1000) / 1000).log() / torch.tensor(6.4).log()
    return torch.where(hz < 1000, 3 * hz / 200, high)


def _from_slaney(mels: Tensor) -> Tensor:
    return torch.where(mels < 15, 200 * mels / 3, 1000 * 6.4 ** ((mels - 15) / 27))


MEL: Scale = (
    lambda hz: 2595 * torch.log10(1 + hz / 700),
    lambda mels: 700 * (10 ** (mels / 2595) - 1),
)
LINEAR: Scale = (lambda hz: hz, lambda hz: hz)
SLANEY: Scale = (_to_slaney, _from_slaney)  # straight up to 1,000 Hz, a logarithm from there
BARK: Scale = (lambda hz: 6 * torch.asinh(hz / 600), lambda bark: 600 * torch.sinh(bark / 6))


def lines(frequencies: Tensor, edges: Tensor) -> Tensor:
    """The smaller one of the line up and the line down, also where it is below 0."""
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return torch.minimum(
        (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    )


def triangles(frequencies: Tensor, edges: Tensor) -> Tensor:
    """As they should be."""
    return lines(frequencies, edges).clamp(min=0)


def narrow(frequencies: Tensor, edges: Tensor) -> Tensor:
    """Triangles as high, with half the width, that end where the next one begins."""
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    up, down = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return (2 * torch.minimum(up, down) - 1).clamp(min=0)


def side_by_side(frequencies: Tensor, edges: Tensor) -> Tensor:
    """From each edge to the next a triangle with its tip half way."""
    low, high = edges[:-1, None], edges[1:, None]
    return (1 - (2 * frequencies - low - high).abs() / (high - low)).clamp(min=0)


def boxes(frequencies: Tensor, edges: Tensor) -> Tensor:
    """All of what lies in a triangle, and nothing of the rest."""
    return (triangles(frequencies, edges) > 0).double()


def bins_between(frequencies: Tensor, edges: Tensor) -> Tensor:
    """All of what lies from one edge to the next."""
    return ((frequencies >= edges[:-1, None]) & (frequencies < edges[1:, None])).double()


def of_sum_1(frequencies: Tensor, edges: Tensor) -> Tensor:
    """Each triangle divided by its sum."""
    found = triangles(frequencies, edges)
    return found / found.sum(dim=1, keepdim=True).clamp(min=1e-12)


def of_area_1(frequencies: Tensor, edges: Tensor) -> Tensor:
    """Each triangle divided by half its width in Hz."""
    return triangles(frequencies, edges) * 2 / (edges[2:, None] - edges[:-2, None])


def in_mels(frequencies: Tensor, edges: Tensor) -> Tensor:
    """Triangles with sides that are straight on the mel scale."""
    return triangles(MEL[0](frequencies), MEL[0](edges))


def filters(
    shape: Shape = triangles,
    scale: Scale = MEL,
    more_edges: int = 2,
    top: float = 0.5,
    last: float = 0.5,
    lowest: float = 0.0,
    rounded: Callable[[Tensor, int, int], Tensor] = lambda edges, rate, size: edges,
    has_last: bool = True,
    always: int | None = None,
) -> Filters:
    """The filters, right but for what is said.

    Args:
        shape: Of a band.
        scale: On which edges lie equally far apart.
        more_edges: How many more of them than bands.
        top: The highest edge, as a share of the rate.
        last: The highest frequency, as a share of the rate.
        lowest: The lowest edge, in Hz.
        rounded: Edges as they are used, of the edges, the rate and the number of frequencies.
        has_last: Whether the highest frequency is the last one, or the one behind it.
        always: A rate in place of the one that is given.
    """

    def make(size: int, num_bands: int, rate: int) -> Tensor:
        rate = always or rate
        ends = scale[0](torch.tensor([lowest, top * rate], dtype=torch.float64)).tolist()
        edges = scale[1](torch.linspace(*ends, num_bands + more_edges, dtype=torch.float64))
        frequencies = torch.arange(size, dtype=torch.float64) * last * rate / (size - has_last)
        return shape(frequencies, rounded(edges, rate, size))

    return make


def to_bins(near: Callable[[Tensor], Tensor], more: int) -> Callable[[Tensor, int, int], Tensor]:
    """Edges in Hz that lie on a frequency, by a way to round, and with samples added to a frame."""

    def rounded(edges: Tensor, rate: int, size: int) -> Tensor:
        frame = 2 * (size - 1)
        return near((frame + more) * edges / rate) * rate / frame

    return rounded
