"""The benchmark of ingest: what it makes, what it measures, what it says of it."""

from __future__ import annotations

import doctest
import json
import random
import sys
from pathlib import Path

import pytest

from benchmarks import figures
from benchmarks.ingest import __main__ as command
from benchmarks.ingest import generator, records, report, runs
from benchmarks.ingest.runs import Run
from benchmarks.processes import measured, size


def run(triples: int, seconds: float, name: str = runs.OURS) -> Run:
    stages = [{"stage": stage, "cpu": seconds / 8, "wall": seconds / 8, "peak": 1} for stage in report.UNTIL_STORED]
    disk = dict.fromkeys(("store", "dumps", "index", "sources", "all"), triples * 100)
    changes = [{"name": "rollback", "wall": 0.1, "cpu": 0.1}]
    return Run(name, triples, seconds, seconds, triples * 10, disk, stages, changes, seconds / 10)


def test_examples_of_the_figures_hold() -> None:
    assert doctest.testmod(figures).failed == 0


def test_the_smallest_load_runs_with_what_follows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Run("nobody", 1, 1.0, 1.0, 1)
    monkeypatch.setattr(runs, "morph", lambda *_: nobody)
    monkeypatch.setattr(runs, "chain", lambda *_: nobody)
    page = tmp_path / "docs" / "ingest.md"
    monkeypatch.setattr(sys, "argv", ["ingest", "--work", str(tmp_path), "--sizes", "500", "--write", str(page)])
    command.main()
    text = page.read_text()
    for stage in report.UNTIL_STORED:
        assert f"| {stage} |" in text, "a stage that is measured has another name by now"
    assert "nobody" in text
    assert not (tmp_path / "load-500").exists()


def test_growth_is_told_from_sizes_that_are_large_enough(tmp_path: Path) -> None:
    growth = [run(1_000, 9.0), run(100_000, 15.0), run(300_000, 35.0), run(1_000_000, 105.0)]
    peers = [run(100, 2.0, "morph-kgc"), run(100, 3.0, "chain")]
    report.write(tmp_path / "ingest.md", growth, [(growth[0], peers), (growth[2], [run(1_000, 40.0, "chain")])])
    text = (tmp_path / "ingest.md").read_text()
    assert "From 100,000 to 1,000,000 quads" in text
    assert "| processor time | 0.85 | 0% | -10% |" in text
    assert "| disk | 1.00 | 0% | +0% |" in text
    assert (tmp_path / "ingest-disk.svg").exists()
    assert "| chain | 1,000 | 40000 | 343x |" in text
    assert "| whole load, time | 2.22x | 3.33x |" in (tmp_path / "README.md").read_text()


def test_sizes_can_be_measured_at_different_times(tmp_path: Path) -> None:
    ours, peers = run(1_000, 9.0), [run(100, 2.0, "chain")]
    runs.keep(tmp_path, 900, ours, peers)
    assert runs.kept(tmp_path, 900) == (ours, peers)
    assert runs.kept(tmp_path, 901) is None


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    hold = "data = bytearray(b'x') * 40_000_000; import time; time.sleep(1.5)"
    both = f"[subprocess.Popen([sys.executable, '-c', {hold!r}]) for _ in '12']"
    code = f"import subprocess, sys; [process.wait() for process in {both}]"
    usage = measured([sys.executable, "-c", code], tmp_path)
    assert 80e6 < usage.peak < 200e6


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"did not end in 0\.2 seconds"):
        measured([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, limit=0.2)


def test_a_file_with_two_names_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert size(tmp_path) == 5


def test_generated_sources_are_untidy_and_the_same_in_every_run() -> None:
    def made() -> list[records.Record]:
        chosen = random.Random(1)
        return [records.post(n, chosen) for n in range(2_000)]

    posts = made()
    assert posts == made()
    assert {one["language"] for one in posts} == {"en", "fr", "es"}
    assert sum("content_html" in one for one in posts) > 300
    assert sum("utm_source" in one["url"] for one in posts) == 2_000 // records.AGAIN
    names = [records.organization_name(n) for n in range(2_000)]
    assert len(names) - len(set(names)) == 2_000 // records.SAME_NAME
    chosen = random.Random(1)
    assert len({records.spelt("Open Foundation", chosen) for _ in range(200)}) > 5


def test_sources_have_about_as_many_records_of_each_kind_as_they_should(tmp_path: Path) -> None:
    generator.write(tmp_path, 100_000)
    feed = json.loads((tmp_path / "feed-000.json").read_text(encoding="utf-8"))
    assert len(feed["items"]) == generator.counts(100_000)["posts"]
