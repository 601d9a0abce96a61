"""Frozen networks of Hugging Face that turn a sound into features."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.models.freezing import freeze
from course_utils.models.huggingface.safely import digest_of_config
from course_utils.models.sounds.padding import count_samples


class SoundEncoder(nn.Module, ABC):
    """Sounds (B, T) to features (B, D): the mean of what a frozen network says of each frame.

    Args:
        network: Of transformers, without a head. It is frozen and put in eval mode for good.
        prepare: The feature extractor that came with it: how samples are scaled, or turned into
            bands of pitch, is as it was when the network was trained.
    """

    longest: int | None = None  # samples; None where there is no limit but memory
    shortest = 1

    def __init__(self, network: nn.Module, prepare: Any) -> None:
        super().__init__()
        freeze(network)
        self.network, self.prepare = network, prepare
        self.kind: str = network.config.model_type
        self.num_features: int = network.config.hidden_size
        self.rate: int = prepare.sampling_rate  # samples a second that it wants
        # Whether sounds of several lengths are read at once. Not where a network takes means and
        # spreads over a whole row, as wav2vec 2.0 and HuBERT of the size "base" do: there, padding
        # behind a sound would change what is said of it.
        self.together = True

    @torch.no_grad()
    def forward(self, sounds: Tensor) -> Tensor:
        """Features (B, D), float32.

        A sound has the same features whatever stands beside it, but for rounding.

        Args:
            sounds: Samples at ``rate``, from -1 to 1, as ``pad_sounds`` puts them together.

        Raises:
            ValueError: If a sound is too short or too long for the network.
        """
        lengths = count_samples(sounds).tolist()
        self._check(lengths)
        rows = [row[:length].cpu().numpy() for row, length in zip(sounds, lengths, strict=True)]
        features = torch.empty(len(rows), self.num_features, device=self._device())
        for places in self._at_once(lengths):
            frames, counts = self.frames([rows[place] for place in places])
            real = torch.arange(frames.shape[1], device=frames.device) < counts[:, None]
            features[places] = (frames * real[..., None]).sum(dim=1) / real.sum(dim=1)[:, None]
        return features

    @abstractmethod
    def frames(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """The last hidden state (B, F, D), and how many frames of each sound are real (B,)."""

    def extra_repr(self) -> str:
        """What the weights do not tell; the key of kept features depends on it."""
        network, prepare = map(digest_of_config, (self.network.config, self.prepare))
        return f"kind={self.kind!r}, config={network}, prepare={prepare}"

    def _device(self) -> torch.device:
        return next(self.network.parameters()).device

    def _at_once(self, lengths: Sequence[int]) -> list[list[int]]:
        """Places of the sounds that are read at once."""
        if self.together:
            return [list(range(len(lengths)))]
        places = defaultdict(list)
        for place, length in enumerate(lengths):
            places[length].append(place)
        return list(places.values())

    def _check(self, lengths: Sequence[int]) -> None:
        for place, length in enumerate(lengths):
            if length < self.shortest or (self.longest is not None and length > self.longest):
                most = (
                    "" if self.longest is None else f", and {self.longest / self.rate:g} s at most"
                )
                raise ValueError(
                    f"sound {place} takes {length / self.rate:.4f} s; this {self.kind} needs "
                    f"{self.shortest / self.rate:.4f} s at least{most}"
                )


class WaveEncoder(SoundEncoder):
    """wav2vec 2.0 and HuBERT, which take the samples themselves.

    Source: Baevski and others, "wav2vec 2.0: A Framework for Self-Supervised Learning of Speech
        Representations" (2020), section 2, https://arxiv.org/abs/2006.11477; Hsu and others,
        "HuBERT" (2021), section II, https://arxiv.org/abs/2106.07447
    """

    def __init__(self, network: nn.Module, prepare: Any) -> None:
        super().__init__(network, prepare)
        config = network.config
        self.layers = tuple(zip(config.conv_kernel, config.conv_stride, strict=True))
        for kernel, stride in reversed(self.layers):
            self.shortest = (self.shortest - 1) * stride + kernel

    def frames(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """As of ``SoundEncoder``."""
        device = self._device()
        ready = self.prepare(
            list(rows),
            sampling_rate=self.rate,
            padding=True,
            return_attention_mask=True,
            return_tensors="pt",
        ).to(device)
        counts = ready["attention_mask"].sum(dim=1)
        mask = None if bool(ready["attention_mask"].all()) else ready["attention_mask"]
        hidden = self.network(ready["input_values"], attention_mask=mask).last_hidden_state
        if mask is None:
            return hidden, torch.full_like(counts, hidden.shape[1])
        for kernel, stride in self.layers:
            counts = (counts - kernel) // stride + 1
        return hidden, counts


class WhisperEncoder(SoundEncoder):
    """The first half of Whisper, which takes bands of pitch of half a minute, however short a word.

    Source: Radford and others, "Robust Speech Recognition via Large-Scale Weak Supervision" (2022),
        section 2.2, https://arxiv.org/abs/2212.04356
    """

    def __init__(self, network: nn.Module, prepare: Any) -> None:
        super().__init__(network.encoder, prepare)
        self.longest = prepare.n_samples

    def frames(self, rows: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """As of ``SoundEncoder``; silence behind a sound is read, and no part of its mean."""
        ready = self.prepare(list(rows), sampling_rate=self.rate, return_tensors="pt")
        hidden = self.network(ready["input_features"].to(self._device())).last_hidden_state
        samples = self.prepare.n_samples // hidden.shape[1]  # of a frame
        counts = [-(-len(row) // samples) for row in rows]
        return hidden, torch.tensor(counts, device=hidden.device)
