// Whoever types or points is at the till, though no command says so: the box is told when it heard nothing for a minute.

import { Problem } from "../command.js";
import { command, signedIn, till } from "./shop.js";

const OFTEN = 60_000;

async function tell() {
  if (!signedIn() || Date.now() - till.gave < OFTEN) return;
  try {
    await command("here");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem; // refused: the next frame shows who is at the till
  }
}

export function stayAwake() {
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => void tell(), { passive: true, capture: true });
}
