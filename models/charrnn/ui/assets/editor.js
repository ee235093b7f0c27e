// A text area over a mirror of its text. The mirror draws the text and, in grey at the cursor, what would be inserted.
const area = element.querySelector("textarea");
const mirror = element.querySelector(".mirror");
const state = element.querySelector(".state");
const saved = element.querySelector(".saved");
const sheet = Math.random().toString(36).slice(2);
let items = [], chosen = 0, place = null, hidden = false; // place: the text and the cursor that the items are for
let asked = false, again = null; // a question is under way; the next one
let keys = 0;

const ghost = () => (hidden || !items.length || !here() ? "" : items[chosen].text);
const here = () => place !== null && place.text === area.value && place.cursor === area.selectionStart
  && area.selectionStart === area.selectionEnd;

function draw() {
  const cursor = area.selectionStart, text = ghost();
  const grey = document.createElement("span");
  grey.className = "ghost";
  grey.textContent = text;
  mirror.replaceChildren(area.value.slice(0, cursor), grey, area.value.slice(cursor) + "\n");
  element.querySelector(".all").disabled = element.querySelector(".word").disabled = !text;
  saved.textContent = keys ? `${keys} ${keys === 1 ? "key" : "keys"} for ${area.value.length.toLocaleString("en")} characters` : "";
}

async function ask(invoked) {
  if (asked) { again = { invoked }; return; }
  asked = true;
  const text = area.value, cursor = area.selectionStart;
  try {
    const points = [...text.slice(0, cursor)].length; // the server counts code points
    const found = await server.suggest({ sheet, text, cursor: points, invoked, ...props.value });
    if (text === area.value && cursor === area.selectionStart) {
      items = found.items; chosen = 0; hidden = false; place = { text, cursor };
      state.textContent = text ? `${found.message} Answered in ${found.milliseconds} ms.` : "Nothing is typed yet.";
      state.dataset.reason = found.reason;
    }
  } catch (error) {
    items = [];
    state.textContent = `No answer: ${error.message || error}`;
    state.dataset.reason = "error";
  }
  asked = false;
  draw();
  if (again) { const next = again; again = null; ask(next.invoked); }
}

function insert(text) {
  const cursor = area.selectionStart, rest = ghost().slice(text.length);
  area.setRangeText(text, cursor, cursor, "end");
  keys += 1;
  place = { text: area.value, cursor: area.selectionStart };
  items = rest ? [{ ...items[chosen], text: rest }] : [];
  chosen = 0;
  area.focus();
  draw();
  ask(false);
}
const takeAll = () => ghost() && insert(ghost());
const takeWord = () => ghost() && insert(ghost().match(/^\s*\S+/)[0]);
async function other(step) {
  if (items.length < 2) await ask(true);
  if (items.length) chosen = (chosen + step + items.length) % items.length;
  hidden = false;
  area.focus();
  draw();
}

area.addEventListener("input", () => {
  // What was typed through stays, until the answer is there.
  const old = place, text = area.value, cursor = area.selectionStart;
  const grown = old && cursor > old.cursor ? text.slice(old.cursor, cursor) : "";
  keys += 1;
  items = grown && items.length ? items.filter((one) => one.text.startsWith(grown) && one.text.length > grown.length + 1)
    .map((one) => ({ ...one, text: one.text.slice(grown.length) })) : [];
  chosen = 0;
  place = { text, cursor };
  draw();
  ask(false);
});
area.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // the key is the input method's
  const word = event.key === "ArrowRight" && (event.ctrlKey || event.metaKey);
  if (ghost() && event.key === "Tab" && !event.shiftKey) { event.preventDefault(); takeAll(); }
  else if (ghost() && word) { event.preventDefault(); takeWord(); }
  else if (ghost() && event.key === "Escape") { event.preventDefault(); hidden = true; draw(); }
  else if (event.altKey && event.code === "BracketRight") { event.preventDefault(); other(1); }
  else if (event.altKey && event.code === "BracketLeft") { event.preventDefault(); other(-1); }
  else if (event.ctrlKey && event.key === " ") { event.preventDefault(); ask(true); }
});
document.addEventListener("selectionchange", () => {
  if (document.activeElement === area && !here()) { draw(); if (area.value) ask(false); }
});
element.querySelector(".all").addEventListener("click", takeAll);
element.querySelector(".word").addEventListener("click", takeWord);
element.querySelector(".other").addEventListener("click", () => other(1));
watch("value", () => { place = null; draw(); if (area.value) ask(false); });
draw();
