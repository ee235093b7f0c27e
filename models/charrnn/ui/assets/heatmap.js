// One span a character, the deeper its colour the more it surprised. Arrow keys and clicks choose a place.
const map = element.querySelector(".map");
const said = element.querySelector(".said");
const LEVELS = 8;
let place = -1, start = -1;

const level = (bits) => Math.max(0, Math.min(LEVELS - 1, Math.floor(bits)));
const name = (letter) => (letter === " " ? "space" : letter === "\n" ? "line end" : `“${letter}”`);

function draw() {
  const value = props.value || { text: "", bits: [], start: 0 };
  const letters = [...value.text], fragment = document.createDocumentFragment();
  const chosen = value.again && value.start === start ? place : 0;
  letters.forEach((letter, i) => {
    const span = document.createElement("span");
    span.className = `h${level(value.bits[i])}`;
    span.textContent = letter === "\n" ? "↵\n" : letter;
    span.title = `${name(letter)} ${value.bits[i].toFixed(1)} bits`;
    fragment.append(span);
  });
  map.replaceChildren(fragment);
  map.hidden = said.hidden = !letters.length;
  place = -1;
  start = value.start;
  if (letters.length) choose(chosen, false);
}

function choose(next, tell = true) {
  const value = props.value, spans = map.children;
  if (!spans.length) return;
  if (spans[place]) spans[place].classList.remove("chosen");
  place = Math.max(0, Math.min(spans.length - 1, next));
  spans[place].classList.add("chosen");
  if (tell) spans[place].scrollIntoView({ block: "nearest" });
  said.textContent = `Character ${(value.start + place + 1).toLocaleString("en")}: ${spans[place].title}`;
  if (tell) trigger("select", { index: value.start + place });
}

map.addEventListener("click", (event) => {
  const span = event.target.closest("span");
  if (span) choose([...map.children].indexOf(span));
});
map.addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 40, ArrowUp: -40, Home: -Infinity, End: Infinity };
  if (event.key in steps) { event.preventDefault(); choose(place + steps[event.key]); }
});
watch("value", draw);
draw();
