// Shows what is on, and how many seats are left, as that changes.
const list = document.querySelector("#events");
const note = document.querySelector("#note");
const seats = new Map(); // by the event's ID, where its seats are shown

function element(name, className, text) {
  const e = document.createElement(name);
  e.className = className;
  e.textContent = text;
  return e;
}

function when(event) {
  const format = { weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  const time = element("time", "when", new Date(event.StartDate * 1000).toLocaleString("en-GB", {
    ...format, timeZone: event.Location.TimeZone,
  }));
  time.dateTime = new Date(event.StartDate * 1000).toISOString();
  return time;
}

function row(event) {
  const item = document.createElement("li");
  const left = element("span", "seats", "");
  seats.set(event.ID, left);
  item.append(when(event), element("strong", "name", event.Name),
    element("span", "place", [event.Location.Name, event.Location.Country].filter(Boolean).join(", ")), left);
  return item;
}

function showSeats({ EventID, Available }) {
  const left = seats.get(EventID);
  if (!left) return;
  left.textContent = Available === null ? "free seating" : Available === 0 ? "sold out" : `${Available} left`;
  left.classList.toggle("few", Available !== null && Available <= 5);
}

async function load() {
  const answer = await fetch("/api/events?limit=50");
  if (!answer.ok) throw new Error(answer.statusText);
  const events = await answer.json();
  list.replaceChildren(...events.map(row));
  note.textContent = events.length ? "" : "Nothing yet: POST /api/events makes the first event.";
  if (events.length === 0) return setTimeout(start, 1000);
  const query = events.map((event) => `event=${event.ID}`).join("&");
  new EventSource(`/api/availability/stream?${query}`).onmessage = (message) => showSeats(JSON.parse(message.data));
}

function start() {
  load().catch(() => {
    note.textContent = "The events cannot be read at the moment.";
    setTimeout(start, 5000);
  });
}

start();
