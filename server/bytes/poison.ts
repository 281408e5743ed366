// Memory that is used again. Tests overwrite it when its bytes expire, so that a reader that kept them without a copy fails.

/** No valid NAL unit, AAC frame or length begins with it. */
const POISON = 0xdb;

let isOn = false;

/** For tests: overwrites expired bytes from now on. */
export function poisonExpiredBytes(): void {
  isOn = true;
}

/** Nothing may read these bytes from now on. */
export function expire(bytes: Uint8Array): void {
  if (isOn) bytes.fill(POISON);
}
