#!/usr/bin/env bash
# Builds the native library and tests its kernels, if this machine has the tools; Maven calls it.
#   build.sh build BUILD_FOLDER CLASSES_FOLDER    compile, and put the library where the jar takes it from
#   build.sh test BUILD_FOLDER                    run the kernel tests
set -euo pipefail

sources=$(cd "$(dirname "$0")" && pwd)
step=$1
build=$2

skip() {
  echo "[WARNING] native library skipped: $1; models run through their function bodies"
  exit 0
}

[ "${HEDDLE_NATIVE:-on}" != off ] || skip "HEDDLE_NATIVE=off"
command -v cmake >/dev/null || skip "cmake not found"
command -v "${CXX:-c++}" >/dev/null || skip "no C++ compiler (${CXX:-c++}) found"

case $step in
  build)
    classes=$3
    generator=()
    if command -v ninja >/dev/null; then generator=(-G Ninja); fi
    mkdir -p "$build"
    cmake -S "$sources" -B "$build" "${generator[@]}" >"$build/configure.log" || { cat "$build/configure.log"; exit 1; }
    cmake --build "$build" --parallel 2 >"$build/build.log" || { cat "$build/build.log"; exit 1; }
    system=$(uname -s | tr '[:upper:]' '[:lower:]')
    target="$classes/dev/heddle/ops/native/${system/darwin/macos}-$(uname -m)"
    mkdir -p "$target"
    cmp -s "$build/libheddle_ops.so" "$target/libheddle_ops.so" || {
      strip -o "$target/libheddle_ops.so.part" "$build/libheddle_ops.so"
      mv "$target/libheddle_ops.so.part" "$target/libheddle_ops.so"
    }
    ;;
  test)
    [ -f "$build/CTestTestfile.cmake" ] || skip "it was not built"
    ctest --test-dir "$build" --output-on-failure --quiet
    ;;
  *)
    echo "usage: build.sh build BUILD CLASSES | test BUILD" >&2
    exit 2
    ;;
esac
