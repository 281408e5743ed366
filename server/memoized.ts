// Values that are made when they are first needed, so that a process that never needs them starts faster.

/** A function that calls `make` once, at its first call, and then returns the same value. */
export function memoized<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
