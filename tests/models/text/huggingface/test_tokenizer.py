"""A tokenizer of Hugging Face offers what the workbook's own does."""

from collections.abc import Callable

import pytest
import torch

from course_utils.models.text.huggingface.tokenizer import HuggingFaceTokenizer
from course_utils.models.text.padding import PADDING
from course_utils.models.text.streams import text_rows, token_stream
from tests.helpers.hugging_face import TEXTS, byte_pairs, tiny_tokenizer, word_pieces


@pytest.mark.parametrize("kind", ["gpt2", "llama", "roberta"])
def test_any_text_comes_back_and_none_holds_a_special_token(kind: str, opened: Callable) -> None:
    model, tokenizer = opened(kind)
    assert tokenizer.vocab_size == model.vocab_size
    for text in (*TEXTS, "", "Größe, 日本語", "spelt out: <end> <s> </s> <pad> , do n't ."):
        tokens = tokenizer.encode(text)
        assert not set(tokens) & set(tokenizer.inside.all_special_ids)
        assert tokenizer.decode(tokens) == text
        assert tokenizer.decode(torch.tensor(tokenizer.as_row(text))) == text


def test_a_causal_row_begins_with_its_start_and_is_cut_behind(opened: Callable) -> None:
    for kind in ("gpt2", "llama"):
        _, tokenizer = opened(kind)
        assert tokenizer.start == tokenizer.inside.bos_token_id
        assert tokenizer.end == tokenizer.inside.eos_token_id
        tokens = [tokenizer.start, *tokenizer.encode(TEXTS[0])]
        assert tokenizer.as_row(TEXTS[0]) == tokens
        assert tokenizer.as_row(TEXTS[0], 5) == tokens[:5]


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert"])
def test_an_encoders_row_is_cut_between_its_special_tokens(kind: str, opened: Callable) -> None:
    _, tokenizer = opened(kind)
    inside = tokenizer.inside
    first, last = inside.cls_token_id, inside.sep_token_id
    middle = tokenizer.encode(TEXTS[1])
    assert tokenizer.as_row(TEXTS[1]) == [first, *middle, last] == inside(TEXTS[1])["input_ids"]
    assert tokenizer.as_row(TEXTS[1], 6) == [first, *middle[:4], last]
    assert tokenizer.as_row("") == [first, last]
    with pytest.raises(ValueError, match="longest must be above 2, the special tokens of a row, g"):
        tokenizer.as_row(TEXTS[1], 2)
    rows = text_rows(tokenizer, ["", TEXTS[1]], 6)
    assert rows.tolist() == [[first, last, *[PADDING] * 4], [first, *middle[:4], last]]


def test_a_stream_has_the_end_and_the_start_between_texts(opened: Callable) -> None:
    for kind, between in (("gpt2", [0]), ("llama", [1, 0])):
        _, tokenizer = opened(kind)
        one, two = tokenizer.encode("one"), tokenizer.encode("two")
        stream = token_stream(tokenizer, ["one", "two"])
        assert stream.tolist() == [0, *one, *between, *two, *between]


def test_decoding_refuses_what_is_no_token_and_takes_room_without_one() -> None:
    inside = tiny_tokenizer("gpt2")
    tokenizer = HuggingFaceTokenizer(inside, len(inside) + 3, causal=True)
    assert tokenizer.decode([*tokenizer.encode("so"), len(inside) + 2]) == "so"
    for wrong in (-1, len(inside) + 3):
        with pytest.raises(ValueError, match=f"tokens must be from 0 to .*, got {wrong}"):
            tokenizer.decode([5, wrong])


def test_without_a_bos_token_a_text_begins_with_its_end() -> None:
    inside = byte_pairs({"eos_token": "</s>", "pad_token": "<pad>"}, padding_side="left")
    tokenizer = HuggingFaceTokenizer(inside, len(inside), causal=True)
    assert tokenizer.start == tokenizer.end == inside.eos_token_id
    assert tokenizer.pad == inside.pad_token_id != tokenizer.end and tokenizer.pads_left


def test_tokenizers_that_cannot_serve_are_refused() -> None:
    with pytest.raises(ValueError, match="names no token that ends a text: set its eos_token"):
        HuggingFaceTokenizer(byte_pairs({"unk_token": "?"}), 400, causal=True)
    with pytest.raises(ValueError, match="tokens and the model 20: they do not belong together"):
        HuggingFaceTokenizer(word_pieces(), 20, causal=False)
