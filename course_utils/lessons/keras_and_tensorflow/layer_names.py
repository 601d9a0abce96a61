"""What layers of the workbook's network are called in figures: by their stage and their kind."""

import re

# By what follows the number of the part in the name of a layer.
KINDS = {
    "0": "convolution 1",
    "1": "batch norm 1",
    "2": "ReLU 1",
    "convolutions-0": "convolution 2",
    "convolutions-1": "batch norm 2",
    "convolutions-2": "ReLU 2",
    "convolutions-3": "convolution 3",
    "convolutions-4": "batch norm 3",
    "": "sum, ReLU",
}
ENDS = {"backbone-7": "mean of pixels", "head": "logits"}
END = "end"  # what comes after the stages


def stage_and_kind(name: str) -> tuple[str, str]:
    """Such as ``("stage 2", "convolution 1")`` for ``backbone-2-0``; no stage in other networks.

    Args:
        name: Of a layer, as Keras has it.
    """
    if name in ENDS:
        return END, ENDS[name]
    found = re.fullmatch(r"backbone-(\d)-?(.*)", name)
    if found is None or found[2] not in KINDS:
        return "", name
    return f"stage {int(found[1]) // 2 + 1}", KINDS[found[2]]


def words_for(name: str) -> str:
    """Such as ``stage 2, convolution 1``; the name itself in other networks."""
    stage, kind = stage_and_kind(name)
    return f"{stage}, {kind}" if stage not in ("", END) else kind
