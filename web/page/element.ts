// Creates elements. Text is inserted as text nodes, never as markup, so nothing from the network can become an element.
// `style` attributes are not used, because the Content-Security-Policy refuses them.

/** An element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets the text of an element only when it differs, so that screen readers and layout see only real changes. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets or removes a `data-` attribute the same way. */
export function setData(node: HTMLElement, key: string, value: string | undefined): void {
  if (value === undefined) delete node.dataset[key];
  else if (node.dataset[key] !== value) node.dataset[key] = value;
}
