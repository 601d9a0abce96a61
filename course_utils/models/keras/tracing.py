"""The layers and functions of a torch network, in the order in which it computes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from torch import Tensor, fx, nn
from torchvision.models.convnext import LayerNorm2d
from torchvision.ops import StochasticDepth
from torchvision.ops.misc import Permute

from course_utils.models.computing import resize
from course_utils.models.inference import eval_mode
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone

WHOLE = (LayerNorm2d, Permute, StochasticDepth)  # taken as one, like the layers of torch
WAY_OUT = (
    "A model folder with such a network becomes a file that runs without torch by ONNX: "
    "python -m course_utils.shipping.onnx_export my_model"
)


class Holder(nn.Module):
    """A network inside another, so that it is traced as a part, whatever it is itself."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """What the network makes of pictures."""
        return self.network(images)


def normalise(images: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """Pictures (B, 1, H, W) or (B, C, H, W) less ``mean``, divided by ``std``, C of each."""
    shape = (len(mean), 1, 1)
    return (images - images.new_tensor(mean).view(shape)) / images.new_tensor(std).view(shape)


class Tracer(fx.Tracer):
    """Follows a network into backbones, whose precision belongs to torch and is left out."""

    def is_leaf_module(self, module: nn.Module, path: str) -> bool:
        """Whether ``module`` is one layer of the result."""
        return isinstance(module, WHOLE) or super().is_leaf_module(module, path)

    def call_module(
        self, module: nn.Module, forward: Callable[..., Any], args: tuple, kwargs: dict[str, Any]
    ) -> Any:
        """What ``module`` makes of what is not yet computed."""
        if type(module) in (Backbone, TorchvisionBackbone):
            forward = partial(self._through, module)
        return super().call_module(module, forward, args, kwargs)

    def _through(self, backbone: Backbone | TorchvisionBackbone, images: fx.Proxy) -> fx.Proxy:
        mode = getattr(backbone, "interpolation", "bilinear")
        if backbone.input_size is not None:
            images = self._call(resize, images, backbone.input_size, mode)
        if isinstance(backbone, Backbone):
            return nn.Sequential.forward(backbone, images)
        channels = (values.flatten().tolist() for values in (backbone.mean, backbone.std))
        return backbone.body(self._call(normalise, images, *channels))

    def _call(self, function: Callable[..., Tensor], *args: Any) -> fx.Proxy:
        return self.create_proxy("call_function", function, args, {})


class Traced:
    """What a network computes in eval mode, step by step.

    Args:
        network: Takes pictures alone.

    Raises:
        ValueError: If its steps depend on the pictures, so that there is no one order of them.
    """

    def __init__(self, network: nn.Module) -> None:
        self._tracer, self.modules = Tracer(), dict(network.named_modules())
        self.parameters = dict(network.named_parameters())
        try:
            with eval_mode(network):
                graph = self._tracer.trace(Holder(network))
        except Exception as error:  # what has no value yet raises whatever is done with it
            raise ValueError(
                f"the steps of {type(network).__name__} could not be followed ({error}), so it "
                f"cannot become a Keras model. {WAY_OUT}"
            ) from error
        self.nodes: list[fx.Node] = list(graph.nodes)

    def place(self, node: fx.Node) -> str:
        """The path of the module that ``node`` is, or in which it stands; "" is the network."""
        inside = node.op in ("call_module", "get_attr")
        path = node.target if inside else self._tracer.node_name_to_scope[node.name][0]
        return path.removeprefix("network").removeprefix(".")

    def module(self, node: fx.Node) -> nn.Module:
        """The module that ``node`` is."""
        return self.modules[self.place(node)]
