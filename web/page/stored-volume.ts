// The viewer's volume, stored on this device. In a sandboxed frame storage throws: then it is not stored.

const KEY = 'sluice.volume';

/** The stored volume, 0 to 1; 1 when there is none. */
export function readVolume(): number {
  try {
    const text = window.localStorage.getItem(KEY);
    const volume = text === null ? 1 : Number(text);
    return volume >= 0 && volume <= 1 ? volume : 1;
  } catch {
    return 1;
  }
}

/** Stores a volume, if storage is allowed. */
export function writeVolume(volume: number): void {
  try {
    window.localStorage.setItem(KEY, volume.toFixed(2));
  } catch {
    // Storage is refused or full: the volume is lost with the page.
  }
}
