// The line at the top of an embed: the title, which leads to the watch page, and the product's mark.
import { withLanguage } from '../page/carried-language.ts';
import { element } from '../page/element.ts';
import { watchUrl } from '../page/gateway-urls.ts';
import type { QueryOptions } from '../page/query-options.ts';
import { embedWords } from '../words/embed.ts';
import { words } from '../words/stream.ts';

/** Undefined if the address wants neither. */
export function embedBar(
  root: string,
  name: string,
  { title, branding }: Pick<QueryOptions, 'title' | 'branding'>,
): HTMLElement | undefined {
  if (title === false && !branding) return undefined;
  const text = title === true ? name : title || words.product;
  // A name without access would open a page without access: the address has no token of a viewer.
  const link = element(
    'a',
    {
      class: 'embed-link',
      href: withLanguage(watchUrl(root, name)),
      target: '_blank',
      rel: 'noopener',
      'aria-label': embedWords.watchPage(text),
    },
    ...(branding ? [element('span', { class: 'embed-mark', 'aria-hidden': 'true' })] : []),
    ...(title === false ? [] : [element('span', { class: 'embed-title' }, text)]),
  );
  return element('div', { class: 'embed-bar' }, link);
}
