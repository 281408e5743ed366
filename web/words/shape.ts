// The type of a set of texts in any language, from the English one: the same keys, and functions with the same arguments.

/** Texts become any text. Numbers keep their value: they are no texts. */
export type Shape<Texts> = Texts extends (...args: infer Args) => unknown
  ? (...args: Args) => string
  : Texts extends string
    ? string
    : Texts extends object
      ? { readonly [Key in keyof Texts]: Shape<Texts[Key]> }
      : Texts;
