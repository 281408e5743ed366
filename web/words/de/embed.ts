// The texts of en/embed.ts in German.
import type { EmbedWords } from '../en/embed.ts';

export const embed: EmbedWords = {
  watchPage: (name) => `${name}: Seite des Streams in einem neuen Tab öffnen`,
  brand: 'Live mit Sluice',

  playground: {
    title: (name) => `Testseite: ${name}`,
    intro:
      'Diese Seite bettet den Player so ein, wie es eine andere Website tut, und steuert ihn mit Nachrichten von Player.js. Jede Nachricht wird gezeigt.',
    frame: 'Der eingebettete Player',
    options: 'Optionen der Adresse',
    optionsHint: 'Optionen des Players, etwa autoplay=1&accent=ff8800. Der Rahmen wird neu geladen.',
    apply: 'Laden',
    sandbox: 'In einer Sandbox ohne Origin, wie manche Websites unbekannte Anbieter einbetten',
    methods: 'Methoden',
    value: 'Wert',
    call: (method) => `${method} aufrufen`,
    messages: 'Nachrichten',
    messagesHint: 'Die neueste steht oben.',
    clear: 'Leeren',
    toFrame: 'an den Player',
    fromFrame: 'vom Player',
    often: 'Auch timeupdate, progress, latency und stats zeigen',
    code: 'Code für deine Seite',
    iframe: 'Einbettungscode',
    element: 'Element aus sluice/embed',
    waiting: 'Warten, bis der Player sich bereit meldet.',
    ready: (methods, events) => `Bereit: ${methods} Methoden, ${events} Ereignisse.`,
    back: 'Seite des Streams',
  },
};
