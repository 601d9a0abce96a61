"""A network of Hugging Face that offers what the workbook's own language model does."""

import copy
import inspect
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.models.computing import computing_in
from course_utils.models.huggingface.safely import digest_of_config
from course_utils.models.text.huggingface.parts import (
    context_of,
    first_position,
    layers_in_blocks,
    make_linear,
)
from course_utils.models.text.padding import PADDING, is_real


class HuggingFaceModel(nn.Module):
    """Tokens (B, T) to features (B, T, D), and from there to logits (B, T, V) if it is causal.

    Args:
        network: A causal language model of transformers, or an encoder without a head. It is
            changed: ``Conv1D`` layers, as in GPT-2, become linear layers that answer the same, and
            a pooler, which features do not pass, is taken off.
        causal: Whether tokens see only those before them.
        pad: Token that stands where there is none.
        pads_left: Whether the network is given padding before a text. Features come back in the
            places of their tokens all the same.

    Raises:
        ValueError: If its config does not say how many tokens it can see at once.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(self, network: nn.Module, *, causal: bool, pad: int, pads_left: bool) -> None:
        super().__init__()
        self.network, self.causal, self.pad, self.pads_left = network, causal, pad, pads_left
        self.kind: str = network.config.model_type
        self.context = context_of(network)  # may be lowered, to save time and memory
        self.vocab_size: int = network.get_input_embeddings().num_embeddings
        head = network.get_output_embeddings() if causal else None
        self.num_features: int = network.config.hidden_size if head is None else head.in_features
        if getattr(network, "pooler", None) is not None:
            network.pooler = None
        make_linear(network)
        self.adapter_layers = layers_in_blocks(network)
        takes = inspect.signature(network.base_model.forward).parameters
        self.name_of_past = "cache" if "cache" in takes else "past_key_values"  # as versions differ
        # Without them a padded text would begin at a later position than the same text alone.
        self.takes_positions = "position_ids" in takes and first_position(network) == 0

    def forward(self, tokens: Tensor, past: list[Any] | None = None) -> Tensor:
        """Features (B, T, D) of tokens (B, T), after the last norm; those of padding mean nothing.

        Args:
            tokens: int64; padding on the right.
            past: As ``new_past`` gives it, or with the tokens before these; they are added to it.
                Then there must be no padding.

        Raises:
            ValueError: If there are more tokens than ``context``.
        """
        num_past, num_tokens = (past[0].get_seq_length() if past else 0), tokens.shape[1]
        if num_past + num_tokens > self.context:
            raise ValueError(
                f"at most {self.context} tokens can be seen at once, got {num_past + num_tokens}: "
                "cut the text, or take a model with a larger context"
            )
        real = is_real(tokens)
        options: dict[str, Any] = {"use_cache": past is not None} if self.causal else {}
        if past is not None:
            options[self.name_of_past] = past[0] if past else None
            real = torch.cat([real.new_ones(len(real), num_past), real], dim=1)
        if not self.pads_left or past is not None:
            return self._features(tokens, real, past, options)
        shift = num_tokens - real.sum(dim=1, keepdim=True)  # (B, 1)
        places = torch.arange(num_tokens, device=tokens.device)
        to_left, back = (places - shift) % num_tokens, (places + shift) % num_tokens  # (B, T)
        tokens, real = tokens.gather(1, to_left), real.gather(1, to_left)
        if self.takes_positions:
            options["position_ids"] = (real.cumsum(dim=1) - 1).clamp(min=0)
        features = self._features(tokens, real, past, options)
        return features.gather(1, back[..., None].expand_as(features))

    def _features(
        self, tokens: Tensor, real: Tensor, past: list[Any] | None, options: dict[str, Any]
    ) -> Tensor:
        """What the network without its head gives; ``past`` keeps what it has read."""
        with computing_in(self.precision, tokens.device):
            answer = self.network.base_model(
                input_ids=tokens.where(tokens != PADDING, self.pad),
                attention_mask=real.long(),
                return_dict=True,
                **options,
            )
        if past is not None:
            past[:] = [answer[self.name_of_past]]
        return answer.last_hidden_state.to(self.network.get_input_embeddings().weight.dtype)

    def logits_of(self, features: Tensor) -> Tensor:
        """Logits (..., V) of the token that follows on features (..., D).

        Raises:
            ValueError: If the model is not causal.
        """
        self._check_causal()
        return self.network.get_output_embeddings()(features)

    def logits(self, tokens: Tensor) -> Tensor:
        """For each of tokens (B, T), logits (B, T, V) of the one that follows it.

        Raises:
            ValueError: If the model is not causal.
        """
        self._check_causal()
        return self.logits_of(self(tokens))

    def new_past(self) -> list[Any]:
        """An empty past, for reading a text bit by bit.

        Raises:
            ValueError: If the model is not causal.
        """
        self._check_causal()
        return []

    def untrained(self) -> "HuggingFaceModel":
        """A model of the same config with fresh random weights."""
        network = type(self.network)(copy.deepcopy(self.network.config))
        twin = HuggingFaceModel(network, causal=self.causal, pad=self.pad, pads_left=self.pads_left)
        twin.context = self.context
        return twin

    def extra_repr(self) -> str:
        """What the weights do not tell; the key of kept features depends on it."""
        digest = digest_of_config(self.network.config)
        return f"kind={self.kind!r}, causal={self.causal}, config={digest}"

    def _check_causal(self) -> None:
        if not self.causal:
            raise ValueError(
                f"{self.kind} is an encoder: its tokens see those after them, so it classifies "
                "texts and does not predict the next token. For that take a causal model, such as "
                "one of gpt2 or llama"
            )
