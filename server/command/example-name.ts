// The stream name of all examples in help, banner, README and pages.

export const EXAMPLE_NAME = 'mystream';
/** The name of `--demo`'s stream. It differs, so that encoders that follow the examples do not conflict with it. */
export const DEMO_NAME = 'demo';
