// The name and logo at the top of a page: the operator's, which the gateway writes into the head, or the product's.

import { words } from '../words/stream.ts';
import { withLanguage } from './carried-language.ts';
import { element } from './element.ts';

/** The link to the gateway's first page. */
export function brandLink(root: string): HTMLAnchorElement {
  const href = withLanguage(root);
  const logo = metaOf('sluice-logo');
  const name = brandName();
  if (logo === undefined) return element('a', { class: 'brand', href }, name);
  return element(
    'a',
    { class: 'brand brand-own', href },
    element('img', { class: 'brand-logo', src: logo, alt: '' }),
    name,
  );
}

export function brandName(): string {
  return metaOf('sluice-title') ?? words.product;
}

function metaOf(name: string): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
}
