"""What cannot be loaded is refused before anything is, by name, and with the way out."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from course_utils.files import DamagedFileError
from course_utils.models.huggingface import folders
from course_utils.models.side_by_side import seeded
from course_utils.models.text.backbones import open_language_model
from tests.helpers.hugging_face import SMALL, TEXTS, byte_pairs, libraries, tiny_network


def refuses(folder: Path, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        open_language_model(f"hf:{folder}")


def test_loading_and_long_texts_say_nothing(folder_of: Callable, capfd: object) -> None:
    for kind in ("gpt2", "bert"):
        _, tokenizer = open_language_model(f"hf:{folder_of(kind)}")
        tokenizer.inside.model_max_length = 10
        tokenizer.encode(" ".join(TEXTS))
    assert capfd.readouterr() == ("", "")


def test_a_path_that_is_no_folder_is_told_before_the_library_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    refuses(tmp_path / "nowhere", FileNotFoundError, "there is no folder .*nowhere$")
    (tmp_path / "file").write_text("x")
    refuses(tmp_path / "file", NotADirectoryError, "file is a file: name the folder that holds it")
    for empty in ("hf:", "hf: "):
        with pytest.raises(ValueError, match="is followed by the path of a folder, or the name"):
            open_language_model(empty)


def test_where_transformers_is_missing_a_line_says_what_it_would_bring(
    folder_of: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of("gpt2")
    monkeypatch.setitem(sys.modules, "transformers", None)
    for name in (folder, "gpt2"):
        refuses(name, ImportError, r"^transformers would bring .*: pip install -r requirements/hf")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of Hugging Face."""
    hub = libraries()[0].utils.hub
    for place, name in ((hub.constants, "HF_HUB_CACHE"), (hub, "TRANSFORMERS_CACHE")):  # until 4
        monkeypatch.setattr(place, name, str(tmp_path / "hub"), raising=False)
    return tmp_path / "hub"


@pytest.mark.parametrize("name", ["tiny", "somebody/tiny-2.0"])
def test_a_model_in_the_cache_is_opened_by_its_name(
    name: str, cache: Path, folder_of: Callable, opened: Callable
) -> None:
    place = cache / f"models--{name.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("0123abcd")
    shutil.copytree(folder_of("gpt2"), place / "snapshots" / "0123abcd")
    model, tokenizer = open_language_model(f"hf:{name}")
    rows = torch.tensor([tokenizer.as_row(TEXTS[0])])
    assert torch.equal(model(rows), opened("gpt2")[0](rows))


def test_a_folder_of_the_project_comes_before_a_name(
    cache: Path, changed: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed("gpt2")
    monkeypatch.setattr(folders, "PROJECT_FOLDER", folder.parent.parent)
    folder.rename(folder.parent / "tiny")
    assert open_language_model(f"hf:{folder.parent.name}/tiny")[0].kind == "gpt2"


@pytest.mark.parametrize("name", ["tiny", "somebody/tiny", "a--b", "tiny.git"])
def test_a_name_that_is_not_in_the_cache_says_how_it_gets_there(name: str, cache: Path) -> None:
    refuses(name, FileNotFoundError, f"no folder .*{name}, and no model '{name}'.*download {name}$")


def test_folders_without_a_model_are_told_apart(changed: Callable, tmp_path: Path) -> None:
    refuses(tmp_path, FileNotFoundError, "holds no model of Hugging Face: no config.json$")
    (tmp_path / "adapter_config.json").write_text("{}")
    refuses(tmp_path, FileNotFoundError, "There is an adapter of peft in it: .* merge_and_unload")
    folder = changed("gpt2")
    (folder / "adapter_config.json").write_text("{}")
    refuses(folder, ValueError, "more than a model. There is an adapter of peft in it")


@pytest.mark.parametrize("content", ["{", "[1]", "\x00"])
def test_a_config_that_is_damaged_is_told(content: str, changed: Callable) -> None:
    folder = changed("gpt2")
    (folder / "config.json").write_text(content)
    refuses(folder, DamagedFileError, "config.json (is not JSON|says nothing of a model)")


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_code_of_a_folder_is_never_run(file: str, changed: Callable) -> None:
    folder = changed("gpt2", file, auto_map={"AutoModelForCausalLM": "theirs.Network"})
    (folder / "theirs.py").write_text("raise SystemExit('it ran')")
    refuses(folder, ValueError, f"theirs.Network'}} in {file}, and that is never run")


def test_weights_in_few_bits_are_refused(changed: Callable) -> None:
    folder = changed("gpt2", quantization_config={"quant_method": "gptq", "bits": 4})
    refuses(folder, ValueError, "weights in few bits, by gptq: take the model that it was made fro")


def test_weights_that_can_run_code_are_refused_with_the_way_out(changed: Callable) -> None:
    folder = changed("gpt2")
    (folder / "model.safetensors").unlink()
    refuses(folder, FileNotFoundError, "has no weights: model.safetensors is missing")
    torch.save({}, folder / "pytorch_model.bin")
    refuses(folder, ValueError, "only in pytorch_model.bin: .*save_pretrained, which writes")


def test_damaged_weights_are_told(changed: Callable) -> None:
    folder = changed("gpt2")
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[: len(content) // 2])
    refuses(folder, DamagedFileError, "AutoModelForCausalLM of transformers cannot load")


def test_weights_of_other_sizes_are_told(changed: Callable) -> None:
    refuses(changed("gpt2", n_embd=8), DamagedFileError, "AutoModelForCausalLM .* cannot load")


def test_a_head_that_would_be_random_is_told(folder_of: Callable, tmp_path: Path) -> None:
    shutil.copytree(folder_of("llama"), tmp_path, dirs_exist_ok=True)
    network = tiny_network("llama", 302)
    network.model.save_pretrained(tmp_path)
    refuses(tmp_path, DamagedFileError, "lack lm_head.weight, .* the whole model, as LlamaForCau")


def test_a_folder_without_a_tokenizer_is_told(changed: Callable) -> None:
    for kind in ("gpt2", "bert"):
        folder = changed(kind)
        for path in folder.glob("token*"):
            path.unlink()
        refuses(folder, ValueError, "no vocabulary of a tokenizer|AutoTokenizer .* cannot load")


def test_a_tokenizer_of_another_model_is_told(changed: Callable, folder_of: Callable) -> None:
    folder = changed("bert")
    for path in folder_of("gpt2").glob("token*"):
        shutil.copy(path, folder)
    refuses(folder, ValueError, "changed bert: the tokenizer has 301 tokens and the model 1")


def save_other(folder: Path, form: str, config: str, **sizes: object) -> Path:
    """Write a tiny model of any kind to ``folder``, with a tokenizer."""
    transformers, _ = libraries()
    tokenizer = byte_pairs({"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"})
    sizes = {"vocab_size": len(tokenizer), **sizes}
    with seeded(0), torch.no_grad():
        network = getattr(transformers, form)(getattr(transformers, config)(**sizes))
        for weight in network.parameters():
            weight += 0.3 * torch.randn_like(weight)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


SIZES = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
         "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}  # fmt: skip
ONE_LAYER = {key: value for key, value in SMALL.items() if key != "vocab_size"}


@pytest.mark.parametrize(
    ("kind", "form", "config", "sizes"),
    [
        ("t5", "T5ForConditionalGeneration", "T5Config",
         {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}),
        ("bart", "BartForConditionalGeneration", "BartConfig", SIZES),
        ("vit", "ViTModel", "ViTConfig", {**ONE_LAYER, "image_size": 8, "patch_size": 4}),
    ],
)  # fmt: skip
def test_models_of_other_kinds_are_refused_by_name(
    kind: str, form: str, config: str, sizes: dict, tmp_path: Path
) -> None:
    folder = save_other(tmp_path, form, config, **sizes)
    refuses(folder, ValueError, f"of the kind '{kind}', neither a causal .* nor an encoder")


@pytest.mark.parametrize(
    ("form", "config", "sizes", "fault"),
    [
        ("XLNetLMHeadModel", "XLNetConfig",
         {"d_model": 16, "n_layer": 1, "n_head": 2, "d_inner": 16, "seq_length": 16},
         "xlnet that cannot be used here: (its tokens see those after them|it takes more than)"),
        ("GraniteForCausalLM", "GraniteConfig", {**ONE_LAYER, "logits_scaling": 2.0},
         "granite that cannot be used here: its logits are more than a linear layer"),
        ("FNetModel", "FNetConfig", {**ONE_LAYER, "max_position_embeddings": 24},
         "fnet that cannot be used here: (its features of a text depend on the p|it takes more)"),
        ("BloomForCausalLM", "BloomConfig", {"hidden_size": 16, "n_layer": 1, "n_head": 2},
         "config of this bloom does not say how many tokens"),
    ],
)  # fmt: skip
def test_networks_that_would_mislead_are_refused(
    form: str, config: str, sizes: dict, fault: str, tmp_path: Path
) -> None:
    refuses(save_other(tmp_path, form, config, **sizes), ValueError, fault)


def test_a_kind_that_nobody_knows_is_told(changed: Callable) -> None:
    folder = changed("gpt2", model_type="from_tomorrow")
    refuses(folder, ValueError, "kind 'from_tomorrow', which this version .*pip install --upgrade")


def test_a_name_of_no_form_lists_what_there_is() -> None:
    for name in ("gpt2", "letters", "", "HF:gpt2"):
        with pytest.raises(ValueError, match=f"no language model '{name}': there is 'docstrings'"):
            open_language_model(name)
