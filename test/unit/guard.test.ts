import { expect, test, vi } from 'vitest';
import { guarded } from '../../server/guard.ts';

const FAULT = new Error('planted');

test('a listener gets its arguments', () => {
  const listener = vi.fn<(first: number, second: string) => void>();
  guarded({ log: { error: vi.fn() } }, listener)(1, 'two');
  expect(listener).toHaveBeenCalledWith(1, 'two');
});

test('a listener that throws closes its connection, is logged, and throws nothing', () => {
  const [error, close] = [vi.fn(), vi.fn()];
  const listener = guarded({ log: { error }, close }, () => {
    throw FAULT;
  });
  expect(() => listener()).not.toThrow();
  expect(close).toHaveBeenCalledTimes(1);
  expect(error).toHaveBeenCalledWith({ err: FAULT }, expect.any(String));
});

test('a connection that cannot be closed hides nothing of the fault', () => {
  const error = vi.fn();
  const close = (): void => {
    throw new Error('cannot be closed');
  };
  const listener = guarded({ log: { error }, close }, () => {
    throw FAULT;
  });
  expect(() => listener()).not.toThrow();
  expect(error).toHaveBeenLastCalledWith({ err: FAULT }, expect.any(String));
});
