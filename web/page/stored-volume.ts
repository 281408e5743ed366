// The viewer's volume, remembered on this device. In a sandboxed frame storage throws: then it is not.

const KEY = 'sluice.volume';

/** The remembered volume, 0 to 1; 1 when there is none. */
export function readVolume(): number {
  try {
    const text = window.localStorage.getItem(KEY);
    const volume = text === null ? 1 : Number(text);
    return volume >= 0 && volume <= 1 ? volume : 1;
  } catch {
    return 1;
  }
}

/** Remembers a volume, where that is allowed. */
export function writeVolume(volume: number): void {
  try {
    window.localStorage.setItem(KEY, volume.toFixed(2));
  } catch {
    // Storage is refused or full: the volume lasts as long as the page.
  }
}
