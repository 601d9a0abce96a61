"""A machine is measured in orders that machines have, and nothing is left of it."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from course_utils.costs import machine as measuring
from course_utils.costs.machine import Machine, measure_machine

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """This one."""
    return measure_machine(CPU, tmp_path_factory.mktemp("data") / "not there yet")


@pytest.mark.slow
def test_rates_are_of_orders_that_machines_have(machine: Machine) -> None:
    assert 1e8 < machine.float32_rate < 1e14 and 1e7 < machine.bfloat16_rate < 1e15
    assert 1e8 < machine.copy_rate < 1e13 and 1e5 < machine.read_rate < 1e12
    assert 1 < machine.decode_rate < 1e5
    assert (machine.device, machine.threads) == ("cpu", 1) and machine.name


def test_measuring_leaves_no_file_and_as_many_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "READ", 2**16)
    monkeypatch.setattr(measuring, "COPIED", 2**16)
    monkeypatch.setattr(measuring, "COUNT_DECODED", 1)
    monkeypatch.setattr(measuring, "product_rate", lambda *_, **__: 1.0)
    before = torch.get_num_threads()
    measure_machine(CPU, tmp_path)
    assert list(tmp_path.iterdir()) == [] and torch.get_num_threads() == before


@pytest.mark.parametrize(("fetched", "from_storage"), [(0, False), (2**16, True), (2**15, False)])
def test_only_bytes_that_the_system_fetched_came_from_storage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: int, from_storage: bool
) -> None:
    monkeypatch.setattr(measuring, "READ", 2**16)
    counts = iter((7, 7 + fetched))
    monkeypatch.setattr(measuring, "_fetched_bytes", lambda: next(counts))
    rate, found = measuring._read_rate(tmp_path)
    assert rate > 0 and found is from_storage


def test_what_is_said_names_where_a_file_was_read_from(machine: Machine) -> None:
    assert "per second from storage" in str(replace(machine, read_from_storage=True))
    assert "from memory, where the system keeps" in str(replace(machine, read_from_storage=False))
    assert len(fields(Machine)) == 9


def test_a_photo_is_one_that_the_reader_decodes() -> None:
    assert 20_000 < len(measuring._photo()) < 200_000  # bytes; those of ImageNet have 110,000
    assert measuring._decode_rate(1) > 0
