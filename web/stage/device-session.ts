// What the device knows of playback: the media session (lock screen, media keys, headphones), and the screen, which stays on while
// a picture plays.

export type SessionFacts = {
  readonly isPlaying: boolean;
  readonly isPaused: boolean;
  readonly hasPicture: boolean;
};

export type SessionActions = {
  readonly title: string;
  readonly artist: string;
  readonly play: () => void;
  readonly pause: () => void;
};

export class DeviceSession {
  readonly #actions: SessionActions;
  #state: MediaSessionPlaybackState = 'none';
  #lock: WakeLockSentinel | undefined;
  #wantsLock = false;
  #isRequesting = false;
  /** As in a frame, or with an empty battery: asked again when playback or the page has been away. */
  #isRefused = false;

  constructor(actions: SessionActions) {
    this.#actions = actions;
    // The browser releases the lock of a page that nobody sees.
    document.addEventListener('visibilitychange', () => {
      this.#isRefused = false;
      this.#holdScreen();
    });
  }

  show({ isPlaying, isPaused, hasPicture }: SessionFacts): void {
    this.#tell(isPlaying ? 'playing' : isPaused ? 'paused' : 'none');
    this.#wantsLock = isPlaying && hasPicture;
    this.#holdScreen();
  }

  #tell(state: MediaSessionPlaybackState): void {
    if (!('mediaSession' in navigator) || state === this.#state) return;
    const { mediaSession } = navigator;
    if (this.#state === 'none') {
      const { title, artist, play, pause } = this.#actions;
      mediaSession.metadata = new MediaMetadata({ title, artist });
      mediaSession.setActionHandler('play', play);
      mediaSession.setActionHandler('pause', pause);
    }
    this.#state = state;
    mediaSession.playbackState = state;
  }

  #holdScreen(): void {
    if (!('wakeLock' in navigator)) return;
    if (!this.#wantsLock) this.#isRefused = false;
    if (!this.#isLockWanted) this.#releaseScreen();
    else if (!this.#isRefused && this.#lock?.released !== false) void this.#request();
  }

  get #isLockWanted(): boolean {
    return this.#wantsLock && document.visibilityState === 'visible';
  }

  #releaseScreen(): void {
    void this.#lock?.release();
    this.#lock = undefined;
  }

  async #request(): Promise<void> {
    if (this.#isRequesting) return;
    this.#isRequesting = true;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
    } catch {
      this.#isRefused = true;
    }
    this.#isRequesting = false;
    if (!this.#isLockWanted) this.#releaseScreen(); // playback has ended while the browser was asked
  }
}
