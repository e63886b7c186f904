"""llama.cpp's tools: taken out of the package, and errors that say what is missing and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from training import llama_cpp
from training.llama_cpp import ROOT, ToolError, app_command, convert_model, find_llama_cpp, find_node, run_app


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SQLCODEGEN_LLAMA_CPP", raising=False)
    monkeypatch.delenv("SQLCODEGEN_CLI", raising=False)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose bundle holds a small repository, and an empty cache."""
    source, folder = tmp_path / "source", tmp_path / "package"
    for name in (
        "convert_hf_to_gguf.py",
        "convert_lora_to_gguf.py",
        "conversion/a.py",
        "gguf-py/b.py",
        "LICENSE",
        "src/c.cpp",
    ):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    folder.mkdir()
    (folder / "binariesGithubRelease.json").write_text('{"release": "v1/2"}')
    git = ["git", "-C", str(source), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run([*git, "bundle", "create", "-q", str(folder / "gitRelease.bundle"), "HEAD"], check=True)
    monkeypatch.setattr(llama_cpp, "PACKAGE", folder)
    monkeypatch.setattr(llama_cpp, "CACHE", tmp_path / "cache")
    return folder


def test_the_converters_are_taken_out_once(package: Path, tmp_path: Path) -> None:
    found = find_llama_cpp()
    assert found == tmp_path / "cache/llama.cpp-v1_2"
    names = sorted(str(file.relative_to(found)) for file in found.rglob("*") if file.is_file())
    assert names == ["LICENSE", "conversion/a.py", "convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "gguf-py/b.py"]
    (package / "gitRelease.bundle").unlink()
    assert find_llama_cpp() == found
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["llama.cpp-v1_2"]


def test_a_damaged_bundle_leaves_nothing_behind(package: Path, tmp_path: Path) -> None:
    (package / "gitRelease.bundle").write_text("no bundle")
    with pytest.raises(ToolError, match="git clone failed"):
        find_llama_cpp()
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_git_says_so(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="Install git"):
        find_llama_cpp()


def test_no_package_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(llama_cpp, "PACKAGE", tmp_path / "absent")
    with pytest.raises(ToolError, match="npm ci"):
        find_llama_cpp()
    monkeypatch.setattr(llama_cpp, "ROOT", tmp_path)
    with pytest.raises(ToolError, match="npm ci"):
        app_command()


def test_no_node_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(llama_cpp, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="Install Node"):
        find_node()


def test_another_checkout_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SQLCODEGEN_LLAMA_CPP", str(tmp_path))
    with pytest.raises(ToolError, match="holds no convert_hf_to_gguf.py"):
        find_llama_cpp()
    (tmp_path / "convert_hf_to_gguf.py").touch()
    assert find_llama_cpp() == tmp_path


def test_a_converter_that_fails_is_quoted_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tools, out = tmp_path / "tools", tmp_path / "out"
    (tools / "gguf-py/gguf").mkdir(parents=True)
    (tools / "gguf-py/gguf/__init__.py").write_text(
        "class GGUFWriter:\n    def write_header_to_file(self, path=None): pass\n"
    )
    script = (
        "import sys, os\nprint('offline', os.environ['HF_HUB_OFFLINE'], file=sys.stderr)\nsys.exit('no such layer')\n"
    )
    (tools / "convert_hf_to_gguf.py").write_text(script)
    monkeypatch.setenv("SQLCODEGEN_LLAMA_CPP", str(tools))
    with pytest.raises(ToolError) as caught:
        convert_model(tmp_path, out / "a.gguf")
    assert "convert_hf_to_gguf.py failed, with exit code 1" in str(caught.value)
    assert "offline 1" in str(caught.value) and "no such layer" in str(caught.value)
    assert list(out.iterdir()) == []


def test_the_apps_command_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text("import json, sys\nprint(json.dumps(sys.argv[1:]))\nsys.exit(len(sys.argv) - 3)\n")
    monkeypatch.setenv("SQLCODEGEN_CLI", f"{sys.executable} {script}")
    assert run_app("models", "list") == ["models", "list"]
    assert run_app("models", "list", "--json", accepted=(0, 1)) == ["models", "list", "--json"]
    with pytest.raises(ToolError, match="`models list` failed, with exit code 1"):
        run_app("models", "list", "--json")


def test_an_app_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLCODEGEN_CLI", "/absent/sqlcodegen")
    with pytest.raises(ToolError, match="/absent/sqlcodegen cannot be started"):
        run_app("models", "list")


@pytest.mark.skipif(
    not (ROOT / "node_modules/node-llama-cpp").is_dir(), reason="node-llama-cpp is not installed (npm ci)"
)
def test_the_apps_own_words_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("no model")
    with pytest.raises(ToolError, match="is not a GGUF file"):
        llama_cpp.quantize(tmp_path / "model.gguf", tmp_path / "out.gguf", ["Q8_0"])


@pytest.mark.skipif(
    not (ROOT / "node_modules/node-llama-cpp").is_dir(), reason="node-llama-cpp is not installed (npm ci)"
)
def test_the_installed_package_names_its_release() -> None:
    named = json.loads((llama_cpp.PACKAGE / "binariesGithubRelease.json").read_text())["release"]
    assert llama_cpp.read_release() == named
