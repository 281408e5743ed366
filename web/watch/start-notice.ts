// A notification when the stream starts (Notifications API): the viewer asks for it with a button, while the page waits.
import { element, setText } from '../page/element.ts';
import { icon } from '../page/icons.ts';
import type { ViewState } from '../stage/stage-view.ts';
import { watchWords } from '../words/watch.ts';

const { notify } = watchWords;

/** States in which a stream may start, but not at once. */
const WAITS: ReadonlySet<ViewState> = new Set(['offline', 'ended']);

export class StartNotice {
  readonly button = element('button', { type: 'button', class: 'card-button notify' });
  readonly #name: string;
  readonly #text = element('span', {}, notify.button);
  #isArmed = false;

  constructor(name: string) {
    this.#name = name;
    this.button.append(icon('bell'), this.#text);
    this.button.hidden = true;
    this.button.addEventListener('click', () => void this.#arm());
  }

  show(state: ViewState): void {
    if (this.#isArmed && state === 'live') this.#tell();
    this.button.hidden = !WAITS.has(state) || !isPossible();
  }

  async #arm(): Promise<void> {
    const permission = await Notification.requestPermission();
    this.#isArmed = permission === 'granted';
    setText(this.#text, this.#isArmed ? notify.armed : notify.refused);
    this.button.disabled = true;
  }

  /** A viewer who sees the page already sees that it starts. */
  #tell(): void {
    this.#isArmed = false;
    this.button.disabled = false;
    setText(this.#text, notify.button);
    if (document.visibilityState === 'visible') return;
    try {
      const notice = new Notification(notify.title(this.#name), { body: notify.body, tag: this.#name });
      notice.addEventListener('click', () => {
        window.focus();
        notice.close();
      });
    } catch {
      // Chrome for Android lets only service workers notify. The stream starts all the same.
    }
  }
}

/** Browsers offer it on pages with TLS only, and a viewer may have blocked it. */
function isPossible(): boolean {
  return window.isSecureContext && 'Notification' in window && Notification.permission !== 'denied';
}
