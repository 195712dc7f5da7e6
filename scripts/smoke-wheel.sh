#!/usr/bin/env bash
# Install a wheel in an empty environment and see that it works: smoke-wheel.sh WHEEL
set -euo pipefail
wheel=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"${PYTHON:-python3}" -m venv "$place/env"
"$place/env/bin/pip" install -q --disable-pip-version-check "$wheel"
cd "$place"
export PATH="$place/env/bin:$PATH"
bioloom --version
printf '>let-7\nUGAGGUAGUAGGUUGUAUAGUU\n' > mirna.fa
printf '>target\nAAACUACAACCUACUACCUCAGG\n' > target.fa
bioloom mirna predict mirna.fa target.fa | grep -q -- -35.3
bioloom mirna explain mirna.fa target.fa | tail -n 3
PYTHONUTF8=1 bioloom mirna explain mirna.fa target.fa --lang zh | grep -q 最小自由能
bioloom lincrna init project
python - <<'PY'
import bioloom as bl

print(bl.mirna.predict({"let-7": "UGAGGUAGUAGGUUGUAUAGUU"}, "target.fa"))
print(bl.debruijn.sequence("01", 3), bl.backprop.trace())
print(bl.bounds.samples(epsilon=0.05))
assert "filters" in bl.lincrna.schema()["properties"]
PY
echo "the wheel works: $(du -sh env | cut -f1) installed"
