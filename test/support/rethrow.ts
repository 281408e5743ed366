// A fault handler for tests that expect no fault: throws.

export function rethrow(error: unknown): never {
  throw error;
}
