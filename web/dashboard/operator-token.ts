// The admin token that the visitor entered. It stays in this tab: sessionStorage is neither shared nor kept. Where storage is
// refused, the token is lost with the page.

const KEY = 'sluice.adminToken';

let entered: string | undefined;

/** The token; undefined while none was entered. */
export function adminToken(): string | undefined {
  try {
    return window.sessionStorage.getItem(KEY) ?? entered;
  } catch {
    return entered;
  }
}

/** Keeps the token for this tab; undefined forgets it. */
export function keepAdminToken(token: string | undefined): void {
  entered = token;
  try {
    if (token === undefined) window.sessionStorage.removeItem(KEY);
    else window.sessionStorage.setItem(KEY, token);
  } catch {
    // Refused: the variable has it.
  }
}
