// What the methods of Player.js do with their values.
import { expect, test, vi } from 'vitest';
import { BadCall, type PlayerCommands } from '../../../../web/embed/player-port.ts';

// Its types need those of a browser.
const FILE: string = '../../../../web/embed/player-commands.ts';

async function openCommands() {
  const { playerCommands } = await import(FILE);
  const page = { setToken: vi.fn(), stage: { player: {} } };
  const commands: PlayerCommands = playerCommands({ page, video: {}, facts: () => undefined });
  return { commands, page };
}

test('a token is taken, and what is none is an error that does not repeat it', async () => {
  const { commands, page } = await openCommands();
  commands.setToken('AQ-_x.y');
  for (const value of [undefined, null, 7, '', 'a b', '<html>secret']) {
    const call = (): unknown => commands.setToken(value);
    expect(call).toThrow(BadCall);
    expect(call).toThrow(/^setToken takes a token: [^<]*$/);
  }
  expect(page.setToken.mock.calls).toEqual([['AQ-_x.y']]);
});
