// Ids of stored keys and tokens, in files and in the API.

/** Shorter than every key and token, so that a secret in the place of an id is refused and not logged. */
export const ENTRY_ID = /^[a-z2-7]{4,12}$/;
export const ENTRY_ID_FORM = 'an id: 4 to 12 small letters and digits from 2 to 7';
