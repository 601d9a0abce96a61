"""Encoders of sounds give what transformers gives; what cannot be loaded is refused by name."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from course_utils.files import DamagedFileError
from course_utils.models.freezing import fingerprint
from course_utils.models.sounds.huggingface import open_sound_encoder
from course_utils.models.sounds.padding import pad_sounds
from tests.helpers.hugging_face import save_tiny
from tests.helpers.sound_encoders import KINDS, WIDTH, library, tiny_encoder

BOUND = 1e-5  # of the largest feature: how far float32 may round in another order
LENGTHS = (6000, 9001, 1234)  # samples at 16,000 a second


def noises() -> list[Tensor]:
    chance = torch.Generator().manual_seed(1)
    return [0.2 * torch.randn(length, generator=chance) + 0.1 for length in LENGTHS]


def library_features(folder: Path, sounds: list[Tensor]) -> Tensor:
    """What transformers itself says of each sound alone, averaged over its frames (B, D)."""
    transformers = library()
    network = transformers.AutoModel.from_pretrained(folder).eval()
    prepare = transformers.AutoFeatureExtractor.from_pretrained(folder)
    means = []
    for sound in sounds:
        ready = prepare(sound.numpy(), sampling_rate=16_000, return_tensors="pt")
        with torch.no_grad():
            if network.config.model_type == "whisper":
                hidden = network.encoder(ready["input_features"]).last_hidden_state
                hidden = hidden[:, : -(-len(sound) // 320)]  # a frame has 20 ms
            else:
                hidden = network(ready["input_values"]).last_hidden_state
        means.append(hidden.mean(dim=1)[0])
    return torch.stack(means)


def close(some: Tensor, others: Tensor) -> bool:
    return float((some - others).abs().max()) <= BOUND * float(others.abs().max())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_features_are_those_of_transformers_whatever_stands_beside_a_sound(
    kind: str, folder_of: Callable, opened: Callable
) -> None:
    sounds, encoder = noises(), opened(kind)
    expected = library_features(folder_of(kind), sounds)
    features = encoder(pad_sounds(sounds))
    assert close(features, expected) and features.dtype == torch.float32
    assert close(torch.cat([encoder(sound[None]) for sound in sounds]), expected)
    assert not close(features[:1], features[1:2])
    assert (encoder.rate, encoder.num_features) == (16_000, WIDTH) == (16_000, features.shape[1])


@pytest.mark.parametrize("kind", KINDS)
def test_only_networks_that_padding_does_not_change_read_several_lengths_at_once(
    kind: str, opened: Callable
) -> None:
    encoder = opened(kind)
    assert encoder.together == (not kind.endswith("base"))
    encoder.together = True
    padded = encoder(pad_sounds(noises()))
    assert close(padded[2], encoder(noises()[2][None])[0]) == (not kind.endswith("base"))


@pytest.mark.parametrize("kind", ["wav2vec2 base", "whisper"])
def test_an_encoder_is_frozen_and_stays_so(kind: str, opened: Callable) -> None:
    encoder, sounds = opened(kind), pad_sounds(noises())
    before, features = fingerprint(encoder), encoder(sounds)
    encoder.train()
    assert torch.equal(encoder(sounds), features) and fingerprint(encoder) == before
    assert not features.requires_grad
    assert not any(weight.requires_grad for weight in encoder.parameters())
    assert not any(part.training for part in encoder.network.modules())


def test_how_loud_a_sound_is_counts_only_where_the_feature_extractor_says_so(
    opened: Callable, changed: Callable
) -> None:
    (sound, *_), encoder = noises(), opened("wav2vec2 large")
    assert close(encoder(3 * sound[None]), encoder(sound[None]))
    folder = changed("wav2vec2 large", "preprocessor_config.json", do_normalize=False)
    other = open_sound_encoder(f"hf:{folder}")
    assert not close(other(3 * sound[None]), other(sound[None]))
    assert close(other(sound[None]), library_features(folder, [sound]))
    assert str(other) != str(encoder)


def test_an_encoder_in_a_larger_model_is_taken_out(tmp_path: Path, opened: Callable) -> None:
    transformers = library()
    for kind, form, part in (
        ("wav2vec2 large", "Wav2Vec2ForCTC", "wav2vec2"),
        ("whisper", "WhisperForConditionalGeneration", "model"),
    ):
        network, prepare = tiny_encoder(kind)
        whole = getattr(transformers, form)(network.config)
        getattr(whole, part).load_state_dict(network.state_dict())
        whole.save_pretrained(tmp_path / kind)
        prepare.save_pretrained(tmp_path / kind)
        encoder = open_sound_encoder(f"hf:{tmp_path / kind}")
        sounds = pad_sounds(noises())
        assert torch.equal(encoder(sounds), opened(kind)(sounds))


def test_weights_under_the_names_of_older_versions_and_in_half_precision(
    changed: Callable, opened: Callable
) -> None:
    folder = changed("wav2vec2 base", dtype="float16", torch_dtype="float16")
    file = folder / "model.safetensors"
    weights = load_file(file)
    new = "encoder.pos_conv_embed.conv.parametrizations.weight.original"
    old = new.replace("parametrizations.weight.original", "weight_")
    weights = {
        name.replace(f"{new}0", f"{old}g").replace(f"{new}1", f"{old}v"): weight.half()
        for name, weight in weights.items()
        if name != "masked_spec_embed"
    }
    assert f"{old}g" in weights and f"{old}v" in weights
    save_file(weights, file, {"format": "pt"})
    encoder, sounds = open_sound_encoder(f"hf:{folder}"), pad_sounds(noises())
    assert all(weight.dtype == torch.float32 for weight in encoder.parameters())
    expected = opened("wav2vec2 base")(sounds)
    assert float((encoder(sounds) - expected).abs().max()) < 1e-2 * float(expected.abs().max())


def refuses(folder: Path | str, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        open_sound_encoder(f"hf:{folder}")


def test_loading_says_nothing(folder_of: Callable, capfd: pytest.CaptureFixture[str]) -> None:
    for kind in ("hubert base", "whisper"):
        open_sound_encoder(f"hf:{folder_of(kind)}")(pad_sounds(noises()))
    assert capfd.readouterr() == ("", "")


def test_a_name_of_no_form_says_what_there_is() -> None:
    for name in ("wav2vec2", "", "HF:x"):
        with pytest.raises(ValueError, match=rf"no encoder of sounds '{name}': .*'hf:PATH'"):
            open_sound_encoder(name)


def test_what_is_missing_is_told_before_the_library_is_asked(
    folder_of: Callable, changed: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = changed("whisper")
    (bare / "preprocessor_config.json").unlink()
    folder = folder_of("whisper")
    monkeypatch.setitem(sys.modules, "transformers", None)
    refuses(tmp_path / "nowhere", FileNotFoundError, "there is no folder .*nowhere$")
    refuses(bare, FileNotFoundError, r"how sounds are prepared: copy its preprocessor_config\.json")
    refuses(folder, ImportError, r"^transformers would bring models .*: pip install -r require")


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_a_model_of_text_is_refused_by_its_kind(kind: str, tmp_path: Path) -> None:
    folder = save_tiny(tmp_path, kind)
    refuses(folder, ValueError, f"kind '{kind}', .* take one of wav2vec2, hubert, whisper")


def test_a_model_of_pictures_is_refused_by_its_kind(tmp_path: Path) -> None:
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 16, "image_size": 8, "patch_size": 4}  # fmt: skip
    transformers = library()
    transformers.ViTModel(transformers.ViTConfig(**sizes)).save_pretrained(tmp_path)
    refuses(tmp_path, ValueError, "kind 'vit', which encodes no sounds here")


def test_weights_that_could_run_code_are_refused(changed: Callable) -> None:
    folder = changed("hubert base")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refuses(folder, ValueError, r"weights only in pytorch_model\.bin: a file such as .* run code")


@pytest.mark.parametrize("file", ["config.json", "preprocessor_config.json"])
def test_code_of_a_folder_is_never_run(changed: Callable, file: str) -> None:
    folder = changed("whisper", file, auto_map={"AutoModel": "evil.Evil"})
    (folder / "evil.py").write_text("raise SystemExit('code of the folder was run')")
    refuses(folder, ValueError, f"brings code of its own, .*evil.Evil.* in {file}")


def test_weights_that_lack_a_part_are_refused(changed: Callable) -> None:
    folder = changed("wav2vec2 base")
    weights = load_file(folder / "model.safetensors")
    lost = "encoder.layers.1.attention.q_proj.weight"
    weights.pop(lost)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    refuses(folder, DamagedFileError, f"lack {lost}, which would be random: .*as Wav2Vec2Model")


@pytest.mark.parametrize("file", ["model.safetensors", "preprocessor_config.json"])
def test_a_damaged_file_is_told(changed: Callable, file: str) -> None:
    folder = changed("wav2vec2 base")
    (folder / file).write_bytes((folder / file).read_bytes()[:40])
    refuses(folder, DamagedFileError, "changed wav2vec2 base")


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"feature_size": 40}, "it takes more than sounds"),  # bands; the network has 80
        ({"dither": 0.3}, "its features of a sound depend on those beside it"),  # noise is added
    ],
)
def test_what_would_mislead_is_refused(changed: Callable, settings: dict, fault: str) -> None:
    folder = changed("whisper", "preprocessor_config.json", **settings)
    refuses(folder, ValueError, f"whisper that cannot be used here: {fault}")


@pytest.mark.parametrize("name", ["tiny", "somebody/tiny-2.0"])
def test_an_encoder_in_the_cache_is_opened_by_its_name(
    name: str,
    folder_of: Callable,
    opened: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = library().utils.hub
    for place, setting in ((hub.constants, "HF_HUB_CACHE"), (hub, "TRANSFORMERS_CACHE")):  # until 4
        monkeypatch.setattr(place, setting, str(tmp_path), raising=False)
    refuses(name, FileNotFoundError, f"Nothing is fetched here; .*: hf download {name}")
    place = tmp_path / f"models--{name.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("0123abcd")
    shutil.copytree(folder_of("hubert large"), place / "snapshots" / "0123abcd")
    sounds = pad_sounds(noises())
    assert torch.equal(open_sound_encoder(f"hf:{name}")(sounds), opened("hubert large")(sounds))


def test_sounds_too_short_or_too_long_are_named(opened: Callable) -> None:
    waves, whisper = opened("hubert base"), opened("whisper")
    assert waves(torch.ones(1, 20)).isfinite().all()
    with pytest.raises(ValueError, match=r"sound 1 takes 0\.0012 s; this hubert needs 0\.0013 s"):
        waves(pad_sounds([torch.ones(20), torch.ones(19)]))
    assert whisper(torch.ones(1, 16_000)).isfinite().all()
    with pytest.raises(ValueError, match=r"sound 0 takes 1\.0001 s; .*, and 1 s at most"):
        whisper(torch.ones(1, 16_001))


def test_padding_stands_behind_sounds_alone() -> None:
    padded = pad_sounds([torch.tensor([0.5]), torch.tensor([0.0, 0.0])])
    assert padded.isnan().tolist() == [[False, True], [False, False]]
    for sounds in ([], [torch.ones(2), torch.ones(0)]):
        with pytest.raises(ValueError, match="sounds must have samples"):
            pad_sounds(sounds)


def test_rows_without_a_sound_or_with_gaps_are_refused(opened: Callable) -> None:
    gap, nothing = torch.ones(1, 100), torch.ones(2, 100)
    gap[0, 3], nothing[1] = torch.nan, torch.nan
    with pytest.raises(ValueError, match="padding stands before a sample"):
        opened("hubert base")(gap)
    with pytest.raises(ValueError, match="row 1 is padding alone"):
        opened("hubert base")(nothing)
