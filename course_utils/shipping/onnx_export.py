"""Write model.onnx into a model folder: the whole way from pixels to probabilities in one file.

It needs neither this workbook nor torch: README.md in the model folder shows the lines that use it.
"""

import argparse
import copy
import json
import sys
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from course_utils.console import from_here, replace_unprintable
from course_utils.files import whole_file
from course_utils.models.computing import matrix_of
from course_utils.shipping.answering import answer
from course_utils.shipping.card import BOUNDS
from course_utils.shipping.loading import ShippedModel, load_model

FILE = "model.onnx"
EXTRA = ("onnx", "onnxscript", "onnxruntime")
GREY = (19595.0, 38470.0, 7471.0)  # of red, green and blue in 65,536 parts, as Pillow takes them
OPSET = 18  # of ONNX, from 2022: any runtime of the last years reads it
NUM_TRIED = 3


class FromPixels(nn.Module):
    """Bytes (N, S, S, 3), red first, to probabilities (N, K), as ``answer`` computes them.

    Args:
        model: What is exported; it stays as it is.
    """

    def __init__(self, model: ShippedModel) -> None:
        super().__init__()
        self.network = copy.deepcopy(model.network).to("cpu", memory_format=torch.contiguous_format)
        self.temperature, backbone = model.temperature, self.network.backbone
        size, backbone.input_size = backbone.input_size, None
        backbone.precision = torch.float32
        # As a product: what torch's resizing means by smoothing, ONNX says in other words.
        mode = getattr(backbone, "interpolation", "bilinear")
        matrix = (
            None if size in (None, model.image_size) else matrix_of(model.image_size, size, mode)
        )
        self.register_buffer("matrix", matrix)
        grey = torch.tensor(GREY).view(1, 3, 1, 1) if model.channels == 1 else None
        self.register_buffer("grey", grey)

    def forward(self, pixels: Tensor) -> Tensor:
        """Probabilities (N, K)."""
        images = pixels.permute(0, 3, 1, 2).float()  # (N, 3, S, S)
        if self.grey is not None:  # exact: the sums stay below 2**24
            images = ((images * self.grey).sum(1, keepdim=True) + 32768).div(65536).floor()
        images = images / 255
        if self.matrix is not None:
            images = self.matrix @ images @ self.matrix.T
        return (self.network(images) / self.temperature).softmax(dim=1)


def missing_extra() -> str | None:
    """What is missing, what it would give and how to get it, in a line; None if all is there."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if not missing:
        return None
    return (
        f"{', '.join(missing)} would write the model as a file that runs without torch: "
        f"pip install {' '.join(EXTRA)}"
    )


def export_onnx(folder: str | Path) -> Path:
    """Write ``model.onnx`` into the model folder ``folder``, once it was seen to answer the same.

    It takes uint8 pixels (N, S, S, 3), N free, and gives probabilities (N, K), temperature
    included. Its metadata hold the class names, as JSON, and what else one must know.

    Raises:
        ModuleNotFoundError: If an extra is missing; it says which and how to get it.
        ValueError: If the file is there already, or its answers differ; and as ``load_model``.
    """
    if (missing := missing_extra()) is not None:
        raise ModuleNotFoundError(missing)
    target = Path(folder).expanduser() / FILE
    if target.exists():
        raise ValueError(f"{target} is there already; move it away to write it anew")
    model = load_model(folder)
    content = _export(model)
    _prove(content, model)
    with whole_file(target, len(content)) as file:
        file.write(content)
    return target


def _export(model: ShippedModel) -> bytes:
    """The content of the file."""
    size = model.image_size
    example = torch.zeros(2, size, size, 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what torch's own code will change some day
        program = torch.onnx.export(
            FromPixels(model).eval(),
            (example,),
            dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("N")},),
            input_names=["pixels"],
            output_names=["probabilities"],
            opset_version=OPSET,
            verbose=False,
        )
    program.model.metadata_props.update(
        class_names=json.dumps(model.class_names),
        pixels=f"uint8 (N, {size}, {size}, 3), red first, prepared as README.md says",
        probabilities=f"softmax of logits / {model.temperature}, in the order of class_names",
        weights_sha256=model.record["weights"]["sha256"],
    )
    return program.model_proto.SerializeToString()


def _prove(content: bytes, model: ShippedModel) -> None:
    """Refuse a file whose answers to some random pictures are not the model's own."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    shape, generator = (model.channels, model.image_size, model.image_size), torch.Generator()
    images = torch.randint(0, 256, (NUM_TRIED, *shape), dtype=torch.uint8, generator=generator)
    pixels = images.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).contiguous().numpy()
    (found,) = session.run(None, {"pixels": pixels})
    apart = (torch.from_numpy(found) - answer(model, images)).abs().max().item()
    bound = BOUNDS[model.record["computed"]["precision"]]
    if not apart < bound:
        raise ValueError(
            f"probabilities of the exported file differ by {apart:.2g} from the model's, more than "
            f"{bound}: it was not kept. Another version of onnxruntime may do better"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Export the model folder that the command line names; 0 if it was written, else 2."""
    replace_unprintable()
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.shipping.onnx_export", description=__doc__
    )
    parser.add_argument("model", help="the model folder, such as my_model")
    try:
        print(from_here(export_onnx(parser.parse_args(arguments).model)))
    except (ValueError, OSError, ImportError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
