// The little of a DOM library that the overlay needs. Text goes in as text, and
// styles only through classes and the CSSOM: pages with a strict CSP allow both.

type Child = Node | string | false | undefined;
type Props = { [name: string]: unknown };

/** Makes an element. Functions become listeners, booleans toggle attributes, the rest are attributes. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== undefined) element.setAttribute(name, `${value}`);
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

export const button = (label: string, click: () => unknown, props: Props = {}): HTMLButtonElement => el("button", { type: "button", click, ...props }, label);

/** A switch with its label. */
export function toggle(label: string, change?: (on: boolean) => void): HTMLLabelElement {
  const input = el("input", { type: "checkbox", role: "switch", change: () => change?.(input.checked) });
  return el("label", { class: "switch" }, input, el("span", {}, label));
}

/** A player's name, which may run in any direction. */
export const nameOf = (name: string): HTMLElement => el("bdi", { class: "name" }, name);

/** Replaces a text only when it changed, so that nothing is announced or drawn twice. */
export function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A player's face, drawn by the server; without it the first letter of the name. */
export function face(server: string, { face: seed, name }: { face: number; name: string }): HTMLElement {
  const image = el("img", { src: `${server}/face/${seed >>> 0}.svg`, alt: "", error: () => image.remove() });
  return el("span", { class: "face", "aria-hidden": "true" }, [...name][0] ?? "", image);
}
