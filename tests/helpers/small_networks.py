"""Small networks of torchvision's kinds, with random weights and statistics, made in no time."""

import torch
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.densenet import DenseNet
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mobilenetv2 import MobileNetV2
from torchvision.models.mobilenetv3 import mobilenet_v3_small
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.squeezenet import SqueezeNet
from torchvision.models.vgg import VGG, make_layers

from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone

K = 5  # classes


def vgg() -> nn.Module:
    """Its mean of 7 x 7 parts and its linear layers on flattened pictures, narrow."""
    network = VGG(make_layers([4, "M", 8, "M"], batch_norm=True), num_classes=1)
    network.classifier = nn.Sequential(nn.Linear(8 * 49, 6), nn.ReLU(True), nn.Linear(6, K))
    return network


def efficientnet() -> nn.Module:
    """Squeeze and excitation, and blocks that training leaves out at random."""
    blocks = [MBConvConfig(1, 3, 1, 8, 8, 1), MBConvConfig(4, 5, 2, 8, 8, 2)]
    return EfficientNet(blocks, 0.2, stochastic_depth_prob=0.3, num_classes=K, last_channel=16)


FAMILIES = {
    "workbook": lambda: Classifier(Backbone(3, 4), K),
    "resnet": lambda: ResNet(BasicBlock, [1, 1, 1, 1], K),
    "resnext": lambda: ResNet(Bottleneck, [1, 1, 1, 1], K, groups=2, width_per_group=8),
    "vgg": vgg,
    "mobilenet_v2": lambda: MobileNetV2(K, width_mult=0.1),
    "mobilenet_v3": lambda: mobilenet_v3_small(num_classes=K, width_mult=0.1),
    "efficientnet": efficientnet,
    "densenet": lambda: DenseNet(4, (2, 2), 8, num_classes=K),
    "regnet": lambda: RegNet(BlockParams.from_init_params(4, 8, 8, 2.0, 8, 0.25), K),
    "squeezenet": lambda: SqueezeNet("1_1", K),
    "convnext": lambda: ConvNeXt(
        [CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)], 0.3, 0.5, K
    ),
}


def small_network(family: str, seed: int = 0) -> nn.Module:
    """A network of ``FAMILIES`` in eval mode, whose answers to pictures of noise are far apart."""
    with torch.device("meta" if family == "vgg" else "cpu"):  # torchvision's is 100 million wide
        network = FAMILIES[family]()
    return filled(network.to_empty(device="cpu") if family == "vgg" else network, seed)


def filled(network: nn.Module, seed: int = 0) -> nn.Module:
    """``network`` in eval mode with random weights and statistics, as after some training."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("num_batches_tracked"):
                tensor.zero_()
            elif name.endswith("running_var") or (name.endswith("weight") and tensor.ndim == 1):
                tensor.uniform_(0.5, 1.5, generator=generator)
            else:
                fan_in = tensor[0].numel() if tensor.ndim > 1 else 25
                tensor.normal_(0, fan_in**-0.5, generator=generator)
    return network.eval()
