// Errors that concern whoever runs a gateway: settings, files, ports, and faults of the gateway itself.

import type { ErrorTable } from './error-row.ts';

export const OPERATOR_ERRORS = {
  // Settings and the command line.
  unknown_setting: {
    what: 'an option, variable, section or setting is not known',
    remedy: 'the message names the nearest one; --help lists all',
  },
  bad_setting: { what: 'a setting has a value that cannot work', remedy: 'the message says which can' },
  missing_value: { what: 'an option has no value', remedy: 'write the value behind it' },
  needless_value: { what: 'an option that takes no value has one', remedy: 'leave the value out' },
  unreadable_file: {
    what: 'the settings file cannot be read',
    remedy: 'check its path and who may read it',
  },
  bad_file: { what: 'the settings file is not YAML', remedy: 'look at the line that the message names' },
  bad_network: {
    what: 'a network is not written as one',
    remedy: 'write it as 192.0.2.0/24 or 2001:db8::/32',
  },
  bad_certificate: {
    what: 'the certificate or its key cannot be used, or one of the two is missing',
    remedy: 'set tls.certificate and tls.key to a pair of PEM files that the gateway may read',
  },

  // Ports.
  port_in_use: { what: 'another program uses the port', remedy: 'stop it, or choose another port' },
  port_forbidden: { what: 'this user may not open the port', remedy: 'choose one above 1023' },
  bad_host: {
    what: 'the address to listen on is not one of this machine',
    remedy: 'leave it empty for all addresses',
  },
  listener_failed: {
    what: 'a connection could not be accepted; the listener goes on',
    remedy: 'look at the limit of file descriptors (ulimit -n)',
  },

  // The gateway itself.
  pages_missing: { what: 'the pages cannot be read', remedy: 'make them with npm run build' },
  internal_error: { what: 'a fault of the gateway itself', remedy: 'report what its log tells' },
} as const satisfies ErrorTable;
