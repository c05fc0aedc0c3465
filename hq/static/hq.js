// The headquarters page: told that something changed, it fetches the board anew. The server escapes every word of it.

import { watch } from "/static/live.js";

const board = document.getElementById("board");
const line = document.getElementById("line");
let asked = false;
let again = false;

async function refresh() {
  if (asked) return void (again = true);
  asked = true;
  try {
    const answer = await fetch(`/board${location.search}`, { cache: "no-store" });
    if (answer.ok) board.innerHTML = await answer.text();
  } catch {
    line.classList.add("down");
  } finally {
    asked = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

watch(["hq"], { frame: refresh, alive: (up) => line.classList.toggle("down", !up) });
