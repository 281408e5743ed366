// The address of this frame as the page around it has set it. A host recognises the frame by it (Player.js, `ready`).

/** The parts of a document that the answer depends on. */
export type FrameDocument = { readonly href: string; readonly referrer: string };

/**
 * The address without what the gateway added itself: a viewer who entered a password was sent on to an address with a token, which
 * the site around the frame does not know and must not learn.
 */
export function frameAddress({ href, referrer }: FrameDocument): string {
  const own = new URL(href);
  if (!URL.canParse(referrer)) return href;
  const from = new URL(referrer);
  if (from.origin !== own.origin) return href;
  // The form of the password is at the same address.
  if (from.pathname === own.pathname) return referrer;
  // Only the origin is known: it may have been the form.
  if (from.pathname !== '/' || !own.searchParams.has('token')) return href;
  own.searchParams.delete('token');
  return own.href;
}
