// The scanner's own channel. A keyboard wedge types a code in a burst and ends it with Enter; people do not.
// Every character waits until it is known whose it is, so that a scan is never typed into a field. A burst is
// judged by the times at which the keys were pressed, not by when a busy page hears of them.

const GAP = 80; // ms between two keys of one burst; a person types six keys no faster
const SHORTEST = 6; // characters; shorter bursts are a person's

/** scan(code) for each burst; what people type goes where it was going, 80 ms later. */
export function wedge(scan) {
  let burst = []; // keys pressed close together
  let last = -Infinity; // when the last of them was pressed
  let held = []; // of these, the ones nobody has got yet
  let field = null; // and where they were going
  let timer = 0;

  const give = () => {
    clearTimeout(timer);
    const text = held.join("");
    const at = field;
    held = [];
    field = null;
    if (text && at?.isConnected) type(at, text);
    else for (const each of text) document.dispatchEvent(new CustomEvent("typed", { detail: each }));
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key === "Shift") return;
    const close = event.timeStamp - last <= GAP;
    const target = editable(event.target) ? event.target : null;
    if (event.key === "Enter" && close && burst.length >= SHORTEST) {
      stop(event);
      clearTimeout(timer);
      const code = burst.join("");
      [burst, held, field] = [[], [], null];
      scan(code);
    } else if ([...event.key].length === 1 && (event.key !== " " || target)) {
      stop(event);
      if (held.length && field !== target) give();
      burst = close ? [...burst, event.key] : [event.key];
      last = event.timeStamp;
      field = target;
      held.push(event.key);
      clearTimeout(timer);
      timer = setTimeout(give, GAP);
    } else {
      burst = [];
      give();
    }
  }, true);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function editable(target) {
  return target instanceof HTMLInputElement && !["button", "checkbox", "radio", "submit"].includes(target.type);
}

function type(field, text) {
  const from = field.selectionStart ?? field.value.length;
  const to = field.selectionEnd ?? field.value.length;
  const room = field.maxLength > 0 ? field.maxLength - (field.value.length - (to - from)) : text.length;
  field.setRangeText(text.slice(0, Math.max(0, room)), from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, data: text, inputType: "insertText" }));
}
