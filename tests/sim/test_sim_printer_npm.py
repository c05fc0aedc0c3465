"""A driver from npm, which knows nothing of us, prints on the simulated printer. Runs only where npm can install."""

import asyncio
import shutil
from pathlib import Path

import pytest

from edge.sim.printer import SimPrinter
from tests.pos.rig import soon

PACKAGE = "node-thermal-printer@4"
SCRIPT = """
const { ThermalPrinter, PrinterTypes, CharacterSet } = require('node-thermal-printer');
(async () => {
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON, interface: `tcp://127.0.0.1:${process.argv[2]}`, characterSet: CharacterSet.PC858_EURO,
  });
  printer.alignCenter();
  printer.bold(true);
  printer.println('Butik Æbleø');
  printer.bold(false);
  printer.alignLeft();
  printer.leftRight('Støvle 43', '1.234,00');
  printer.printQR('https://example.org/npm', { cellSize: 4 });
  printer.openCashDrawer();
  printer.cut();
  await printer.execute();
})().catch((error) => { console.error(error); process.exit(1); });
"""


async def _run(folder: Path, *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")


@pytest.mark.long
@pytest.mark.seconds(180)
async def test_node_thermal_printer_prints_on_it(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm is not installed")
    await _run(tmp_path, npm, "init", "--yes")
    code, said = await _run(tmp_path, npm, "install", "--no-audit", "--no-fund", PACKAGE)
    if code:
        pytest.skip(f"npm cannot install {PACKAGE}: {said[-200:]}")
    (tmp_path / "print.js").write_text(SCRIPT, encoding="utf-8")
    sim = SimPrinter()
    await sim.start()
    try:
        code, said = await _run(tmp_path, node, "print.js", str(sim.port))
        assert code == 0, said
        await soon(lambda: bool(sim.papers))
        (paper,) = sim.papers
        assert "Butik Æbleø" in paper.text
        assert "Støvle 43" in paper.text
        assert "1.234,00" in paper.text
        assert paper.symbols == ["https://example.org/npm"]
        assert sim.kicks >= 1
    finally:
        await sim.stop()
