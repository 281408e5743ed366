// The name of a player in the language of the page: proper names stay, the rest is said by the gateway in English.
import { dashboardWords } from '../words/dashboard.ts';

const { viewers } = dashboardWords;

/** `Firefox · Linux`: player and system, or one of them. */
export function playerText(player: string): string {
  const known: Readonly<Record<string, string>> = viewers.players;
  return player
    .split(' · ')
    .map((name) => (Object.hasOwn(known, name) ? (known[name] ?? name) : name))
    .join(' · ');
}
