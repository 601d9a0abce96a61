"""Answer of ``gpu_hours``: operations over the rate that is reached, and what is paid for."""

from collections.abc import Callable, Mapping

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.how_long_how_much.exercise_cases import rented_runs
from course_utils.lessons.how_long_how_much.exercises import observe_gpu_hours

Facts = Mapping[str, float]
Answer = Callable[[Facts, Facts], tuple[float, float]]
Paid = Callable[[float, Facts], float]  # of the hours and the machine, what is paid


def dense(machine: Facts) -> float:
    """As it should be: the peak without products that are skipped."""
    return machine["peak"] / (2 if machine["sparse"] else 1)


def rate_of(machine: Facts) -> float:
    """As it should be: operations in a second, all GPUs together."""
    return dense(machine) * machine["share"] * machine["gpus"]


def paid_for(hours: float, machine: Facts) -> float:
    """As it should be: all hours, of all GPUs."""
    return (hours + machine["idle_hours"]) * machine["gpus"] * machine["price"]


def answering(
    work_of: Callable[[Facts], float] = lambda work: work["examples"] * work["epochs"],
    rate: Callable[[Facts], float] = rate_of,
    paid: Paid = paid_for,
    times: float = 6,
    unit: float = 3600,
    longer: Callable[[Facts], float] = lambda machine: 0.0,
) -> Answer:
    """The answer, right but for what is said.

    Args:
        work_of: How often an example is trained on.
        rate: Operations in a second.
        paid: The price.
        times: Operations of training, by the multiply-adds of the forward pass.
        unit: Seconds of one of what is returned first.
        longer: Hours that are added to it.
    """

    def answer(work: Facts, machine: Facts) -> tuple[float, float]:
        operations = times * work["multiply_adds"] * work_of(work)
        hours = operations / rate(machine) / unit + longer(machine)
        return hours, paid(hours, machine)

    return answer


def where_it_differs(difference: Difference) -> str:
    """The first run that is wrong."""
    work, machine = rented_runs(difference.seed)[difference.place]
    rates = "with" if machine["sparse"] else "without"
    what = "hours" if difference.part == "hours" else "price"
    return (
        f"For {work['multiply_adds']:.3g} multiply-adds, {work['examples']:,} examples, "
        f"{work['epochs']} epochs and {machine['gpus']} GPUs, their peak {rates} products that are "
        f"skipped, the {what} should be {difference.truth:.4f}; yours: {difference.found:.6g}."
    )


ANSWER = Table(
    observe_gpu_hours,
    right=answering(),
    praise="All the work, at the rate that is reached, and every hour paid for.",
    wrong={
        "forward-only": answering(times=2),
        "multiply-adds": answering(times=3),
        "forward-multiply-adds": answering(times=1),
        "other-factor": [answering(times=times) for times in (4, 8)],
        "full-peak": answering(rate=lambda machine: dense(machine) * machine["gpus"]),
        "sparse-peak": answering(
            rate=lambda machine: machine["peak"] * machine["share"] * machine["gpus"]
        ),
        "peak-as-printed": answering(rate=lambda machine: machine["peak"] * machine["gpus"]),
        "always-halved": answering(
            rate=lambda machine: machine["peak"] / 2 * machine["share"] * machine["gpus"]
        ),
        "peak-doubled": answering(
            rate=lambda machine: rate_of(machine) * (4 if machine["sparse"] else 1)
        ),
        "gpus-forgotten": answering(rate=lambda machine: rate_of(machine) / machine["gpus"]),
        "gpus-multiplied": answering(rate=lambda machine: rate_of(machine) / machine["gpus"] ** 2),
        "one-epoch": answering(lambda work: work["examples"]),
        "other-unit": [answering(unit=unit) for unit in (1, 60, 24 * 3600)],
        "idle-in-hours": [
            answering(longer=lambda machine: machine["idle_hours"], paid=paid)
            for paid in (
                paid_for,
                lambda hours, machine: hours * machine["gpus"] * machine["price"],
            )
        ],
        "idle-unpaid": answering(
            paid=lambda hours, machine: hours * machine["gpus"] * machine["price"]
        ),
        "one-gpu-paid": [
            answering(paid=lambda hours, machine:
                      (hours + machine["idle_hours"]) * machine["price"]),
            answering(paid=lambda hours, machine: hours * machine["price"]),
        ],
        "idle-of-one": answering(
            paid=lambda hours, machine:
            (hours * machine["gpus"] + machine["idle_hours"]) * machine["price"]
        ),
    },
    messages={
        "forward-only": "This is the time of the forward pass alone. Training is three times its "
        "operations.",
        "multiply-adds": "Multiply-adds are divided by a rate of operations. Each of them is two.",
        "forward-multiply-adds": "These are the multiply-adds of the forward pass. A training has "
        "three times the work, and each multiply-add is two operations.",
        "other-factor": "The work is multiplied too often. Three times the forward pass, and twice "
        "for each multiply-add.",
        "full-peak": "At its peak no training runs. The share of the peak is given.",
        "sparse-peak": "Where `sparse` is True, half of the printed peak are products with zeros, "
        "which are skipped. Your network has few zeros.",
        "peak-as-printed": "This is the rate that the maker prints. `sparse` and `share` both say "
        "how much less is reached.",
        "always-halved": "The peak is halved where the maker prints the dense one, too. Look at "
        "`sparse`.",
        "peak-doubled": "Where `sparse` is True the printed peak is already the larger one. Divide "
        "it by two.",
        "gpus-forgotten": "The peak is that of one GPU. Several share the work.",
        "gpus-multiplied": "More GPUs make it take longer here. They belong to the rate.",
        "one-epoch": "This is the time of one epoch.",
        "other-unit": "An hour has 3,600 seconds. `hours` is in another unit.",
        "idle-in-hours": "`hours` are those in which the GPUs compute. The idle ones only belong "
        "to the price.",
        "idle-unpaid": "The hours are right. The price leaves out those in which the GPUs are "
        "rented and do not compute.",
        "one-gpu-paid": "The hours are right. The price is for one GPU, and all are rented.",
        "idle-of-one": "The hours are right. In the idle ones all GPUs are paid for, not one.",
    },
    otherwise=where_it_differs,
    rtol=1e-6,
)  # fmt: skip
