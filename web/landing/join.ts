// The script of the invite page. The page works without it; with it, the party is live, the server knows that the page is
// looked at (a robot that presses Start and goes takes nobody's place), and the friend sees how it comes in.
// Every word comes from the server, as data, and enters the page as text.

interface Person { name: string; face: number; leads?: boolean; you?: boolean; note: string; tone: string; percent?: number }
interface Clock { text: string; seconds: number }
interface You { name: string; face: number; stage: string; title: string; detail: string; tone: string; percent?: number; clock?: Clock; calls?: boolean }
interface Door { do: string; label: string; hint?: string }
interface Info { title?: string; description?: string; image?: string; facts?: { label: string; value: string }[] }
interface View { problem?: string; people: Person[]; more?: string; count: string; places: string; match?: string; you?: You; start?: string; door?: Door; info: Info }

const main = document.querySelector<HTMLElement>("main[data-live]");
if (main) follow(main);
tellLocalTimes();
offerTheLink();

function follow(main: HTMLElement): void {
  const address = location.origin.replace(/^http/, "ws") + main.dataset.live;
  const shown = { problem: main.dataset.problem ?? "", people: new Map<string, string>(), first: true, stage: "" };
  let socket: WebSocket | undefined;
  let failures = 0;
  let timer = 0;
  let leaving = false;
  let wish = ""; // what was done at the door, until it is sent
  const title = document.title;

  const report = (): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ visible: document.visibilityState === "visible" }));
  };

  const knock = (): void => {
    if (!wish || socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ do: wish }));
    wish = "";
  };

  const connect = (): void => {
    clearTimeout(timer);
    socket = new WebSocket(address);
    socket.onopen = () => { report(); knock(); };
    socket.onmessage = (message) => {
      failures = 0;
      apply(JSON.parse(message.data as string) as View);
    };
    socket.onclose = () => {
      socket = undefined;
      if (leaving) return;
      const wait = Math.min(30_000, 500 * 2 ** failures++) * (0.5 + Math.random());
      timer = window.setTimeout(connect, wait);
    };
  };

  const apply = (view: View): void => {
    const problem = view.problem ?? "";
    const stage = view.you?.stage ?? "";
    const seated = ["offered", "held", "loading", "in"].includes(stage);
    const stays = shown.problem === "" && (seated || (problem === "full" && stage === "gone"));
    const startless = view.start && !document.getElementById("start"); // a dead link that leads on by now
    if ((problem !== shown.problem || startless) && !stays && !leaving) {
      // Another page is due: one with Start, or one that says why there is none. Not all at the same moment, but at once for
      // whom a place is kept. The answer to a Start that failed must not be sent again, so this is no reload.
      leaving = true;
      socket?.close();
      window.setTimeout(() => location.replace(location.pathname + location.search), seated ? 0 : 300 + Math.random() * 1500);
      return;
    }
    const news: string[] = [];
    showYou(view.you, news);
    showStart(view);
    showDoor(view.door);
    showPeople(view, news);
    if (!problem || seated) showInfo(view.info);
    shown.first = false;
    if (news.length > 0) setText("said", news.map(sentence).join(" "));
  };

  const showYou = (you: You | undefined, news: string[]): void => {
    const box = document.getElementById("you");
    if (!box) return;
    document.title = you?.calls ? you.title + " · " + title : title;
    countDown(you?.clock);
    box.hidden = !you;
    if (!you) return;
    box.dataset.tone = you.tone;
    if (you.name) showFace(box.querySelector(".face")!, you.face);
    setText(box.querySelector(".title"), you.title);
    setText(box.querySelector(".detail"), you.detail);
    box.querySelector<HTMLElement>(".as")!.hidden = !you.name; // who is gone has none in the party any more
    setText(box.querySelector(".as bdi"), you.name);
    showProgress(box.querySelector("progress")!, you.percent);
    if (shown.stage !== you.stage + you.title && !(shown.first && you.stage === "in")) news.push(you.title, you.detail);
    shown.stage = you.stage + you.title;
  };

  const showStart = (view: View): void => {
    const form = document.getElementById("start");
    if (!form) return;
    form.hidden = !view.start;
    const button = form.querySelector("button")!;
    setText(button, view.start ?? "");
    button.classList.toggle("again", view.start === "Open again");
  };

  const showDoor = (door: Door | undefined): void => {
    const place = document.getElementById("door")!;
    if (!door && place.contains(document.activeElement)) document.getElementById("you")!.focus();
    place.hidden = !door;
    document.getElementById("again")?.toggleAttribute("hidden", door !== undefined);
    if (!door) return;
    const button = place.querySelector("button")!;
    button.dataset.do = door.do;
    button.classList.toggle("again", door.do === "leave");
    setText(button, door.label);
    setText("hint", door.hint ?? "");
  };

  const showPeople = (view: View, news: string[]): void => {
    const list = document.getElementById("people");
    if (!list || (view.problem && view.people.length === 0)) return; // a dead link names nobody, also to those on their way in
    const before = new Map<string, HTMLLIElement>();
    for (const item of list.querySelectorAll("li")) before.set(item.querySelector("bdi")!.textContent ?? "", item);
    const tones = new Map<string, string>();
    view.people.forEach((person, i) => {
      const item = before.get(person.name) ?? newLine();
      before.delete(person.name);
      if (list.children[i] !== item) list.insertBefore(item, list.children[i] ?? null);
      showPerson(item, person);
      tones.set(person.name, person.tone);
      if (!shown.first && shown.people.get(person.name) !== person.tone) news.push(person.name + " " + person.note);
    });
    while (list.children.length > view.people.length) list.lastElementChild!.remove(); // all who stay stand before them
    before.forEach((_, name) => {
      if (!shown.first && name !== view.you?.name) news.push(name + " has gone");
    });
    shown.people = tones;
    document.getElementById("nobody")!.hidden = view.people.length > 0;
    document.getElementById("match")!.hidden = !view.match;
    setText("match", view.match ?? "");
    setText("count", view.count);
    setText("more", view.more ?? "");
    setText("places", view.places);
  };

  document.querySelector<HTMLElement>("#door button")!.onclick = (event) => {
    if (event.detail > 1) return; // of a double click the first counts: the second may hit the next button
    wish = (event.currentTarget as HTMLElement).dataset.do!;
    knock();
  };
  document.addEventListener("visibilitychange", report);
  window.addEventListener("online", () => { if (!socket && !leaving) connect(); });
  window.addEventListener("pagehide", () => { leaving = true; socket?.close(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; connect(); } });
  connect();
}

// One clock at most runs on the page. The server says how long it still has, and the words.
let ticking = 0;
function countDown(clock: Clock | undefined): void {
  clearInterval(ticking);
  const place = document.querySelector<HTMLElement>("#you .clock")!;
  place.hidden = !clock;
  if (!clock) return;
  const end = performance.now() + clock.seconds * 1000;
  const tick = (): void => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    setText(place, clock.text.replace("#", left > 90 ? Math.ceil(left / 60) + " min" : left + " s"));
  };
  tick();
  ticking = window.setInterval(tick, 250);
}

// Inside an app's own browser, the way out is this page's link.
function offerTheLink(): void {
  const button = document.querySelector<HTMLButtonElement>("#copy");
  if (!button || !navigator.clipboard) return; // it can still be selected
  button.hidden = false;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById("link")!.textContent!);
      setText(button, button.dataset.done!);
    } catch {
      getSelection()?.selectAllChildren(document.getElementById("link")!);
    }
  };
}

function showInfo(info: Info): void {
  const about = document.getElementById("about");
  if (!about) return;
  const picture = about.querySelector("img")!;
  picture.hidden = !info.image;
  if (info.image && picture.getAttribute("src") !== info.image) picture.src = info.image;
  showLine(about.querySelector("h2")!, info.title);
  showLine(about.querySelector("p")!, info.description);
  const facts = info.facts ?? [];
  const list = about.querySelector("dl")!;
  list.hidden = facts.length === 0;
  while (list.children.length > facts.length) list.lastElementChild!.remove();
  facts.forEach((fact, i) => {
    const line = list.children[i] ?? list.appendChild(newFact());
    setText(line.querySelector("dt bdi"), fact.label);
    setText(line.querySelector("dd bdi"), fact.value);
  });
  about.hidden = !(info.title || info.description || info.image || facts.length > 0);
}

function showLine(place: HTMLElement, text: string | undefined): void {
  place.hidden = !text;
  setText(place.querySelector("bdi"), text ?? "");
}

function newFact(): HTMLElement {
  const line = document.createElement("div");
  for (const part of ["dt", "dd"]) line.appendChild(document.createElement(part)).append(document.createElement("bdi"));
  return line;
}

function newLine(): HTMLLIElement {
  const item = document.createElement("li");
  item.append(element("span", "face"), element("span", "who"), element("span", "note"));
  item.querySelector(".who")!.append(document.createElement("bdi"));
  item.classList.add("fresh");
  return item;
}

function showPerson(item: HTMLLIElement, person: Person): void {
  item.dataset.tone = person.tone;
  showFace(item.querySelector(".face")!, person.face);
  setText(item.querySelector("bdi"), person.name);
  showTag(item, "leads", "leads", person.leads);
  showTag(item, "self", "you", person.you);
  setText(item.querySelector(".note"), person.percent === undefined ? person.note : `${person.note} · ${person.percent} %`);
  let bar = item.querySelector("progress");
  if (!bar && person.percent !== undefined) {
    bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-hidden", "true"); // the note says it already
    item.append(bar);
  }
  if (bar) showProgress(bar, person.percent);
}

function showTag(item: HTMLLIElement, name: string, text: string, wanted: boolean | undefined): void {
  const tag = item.querySelector("." + name);
  if (wanted && !tag) {
    const made = element("span", "tag " + name);
    made.textContent = text;
    item.querySelector(".who")!.append(" ", made);
  } else if (!wanted) tag?.remove();
}

function showProgress(bar: HTMLProgressElement, percent: number | undefined): void {
  bar.hidden = percent === undefined;
  if (percent !== undefined) bar.value = percent;
}

// The server has drawn the first faces into the page; those that come later are pictures.
function showFace(place: HTMLElement, face: number): void {
  const source = `/face/${face}.svg`;
  if (place.dataset.face === source) return;
  const drawn = place.querySelector("svg") && place.dataset.face === undefined;
  place.dataset.face = source;
  if (drawn) return;
  const picture = document.createElement("img");
  picture.src = source;
  picture.alt = "";
  picture.width = picture.height = 100;
  place.replaceChildren(picture);
}

function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : text + ".";
}

function setText(place: string | Element | null, text: string): void {
  const found = typeof place === "string" ? document.getElementById(place) : place;
  if (found && found.textContent !== text) found.textContent = text;
}

// Times are written in UTC by the server; here they become the reader's own.
function tellLocalTimes(): void {
  for (const time of document.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleString([], { day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
  }
}
