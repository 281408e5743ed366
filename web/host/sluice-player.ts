// `<sluice-player src="https://live.example.org" name="show" autoplay>`: the player as an element. Its events are events of the
// element; `event.detail` is their value.
import { PLAYER_EVENTS, type PlayerEvent } from '../frame/player-protocol.ts';
import { createPlayer, type Player } from './player.ts';
import { ADDRESS_OPTIONS, type TokenSource } from './player-options.ts';

export const ELEMENT_NAME = 'sluice-player';

/** Sent only while somebody listens inside the frame, many times a second: the element does not listen by itself. */
const OFTEN: ReadonlySet<PlayerEvent> = new Set(['timeupdate', 'progress', 'stats']);

/** On a server there are no elements; the module can be imported there. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

export class SluicePlayerElement extends Base {
  static readonly observedAttributes: readonly string[] = ['src', 'name', ...ADDRESS_OPTIONS];
  /** Asked for a token when the stream refuses the viewer. Only declared: a page may have set it before this class was loaded. */
  declare getToken: TokenSource | undefined;
  #player: Player | undefined;
  #isDue = false;

  /** Methods and further events; undefined while the element is in no page, or has no valid src and name. */
  get player(): Player | undefined {
    return this.#player;
  }

  connectedCallback(): void {
    this.#renewSoon();
  }

  disconnectedCallback(): void {
    this.#remove();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    // Playback goes on with another token.
    if (name === 'token' && after !== null && this.#player !== undefined) this.#player.setToken(after);
    else this.#renewSoon();
  }

  /** Once for all attributes that a script sets in one turn. */
  #renewSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected) this.#renew();
    });
  }

  #renew(): void {
    this.#remove();
    const [src, name] = [this.getAttribute('src'), this.getAttribute('name')];
    if (src === null || name === null) return;
    if (this.style.display === '') this.style.display = 'block';
    const player = createPlayer(this, {
      src,
      name,
      ...optionsOf(this),
      getToken: (denied) => this.getToken?.(denied),
    });
    this.#player = player;
    for (const event of PLAYER_EVENTS) {
      if (!OFTEN.has(event))
        player.on(event, (detail) => this.dispatchEvent(new CustomEvent(event, { detail })));
    }
  }

  #remove(): void {
    this.#player?.destroy();
    this.#player?.iframe.remove();
    this.#player = undefined;
  }
}

/** As in an address: an attribute without a value is on. */
function optionsOf(element: HTMLElement): Readonly<Record<string, string>> {
  const given = ADDRESS_OPTIONS.map((option) => [option, element.getAttribute(option)] as const);
  return Object.fromEntries(
    given.flatMap(([option, value]) => (value === null ? [] : [[option, value === '' ? '1' : value]])),
  );
}

/** Makes `<sluice-player>` known to the page, once. */
export function defineElement(): void {
  const registry = globalThis.customElements;
  if (registry !== undefined && registry.get(ELEMENT_NAME) === undefined)
    registry.define(ELEMENT_NAME, SluicePlayerElement);
}
