// The stream name of every example: help, banner, README and pages show the same one.

export const EXAMPLE_NAME = 'mystream';
/** What `--demo` publishes; another name, so that an encoder that follows the examples never meets the clip. */
export const DEMO_NAME = 'demo';
