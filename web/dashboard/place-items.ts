// Puts items into a list in an order, with as few changes as possible.

/** Makes the list hold exactly these items. An item that is in its place is not touched, and the focus stays. */
export function placeItems(list: HTMLElement, items: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(items);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  const focused = document.activeElement;
  let next = list.firstElementChild;
  for (const item of items) {
    if (item === next) {
      next = next.nextElementSibling;
      continue;
    }
    list.insertBefore(item, next);
  }
  if (focused instanceof HTMLElement && document.activeElement !== focused && list.contains(focused))
    focused.focus({ preventScroll: true });
}
