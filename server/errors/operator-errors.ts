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

  // Publish keys and the data folder.
  bad_keys_file: {
    what: 'the file of publish keys cannot be read, or is no list of keys',
    remedy: 'the message names the record and the field; its form is that of keys.list',
  },
  double_key: { what: 'one publish key is given twice', remedy: 'leave one of the two out' },
  no_such_key: { what: 'no key of the data folder has this id', remedy: 'sluice key list shows the ids' },
  no_data_dir: {
    what: 'keys are added to a data folder, and none is set',
    remedy: 'set data.dir, to the folder that the gateway has',
  },
  bad_data_dir: {
    what: 'the data folder, or a file in it, cannot be used',
    remedy: "check its path and who may write there; the reason is the system's",
  },
  data_dir_in_use: {
    what: 'another gateway has the data folder',
    remedy: 'stop it, or give each gateway a folder of its own',
  },
  data_dir_busy: {
    what: 'another process has been writing to the data folder for too long',
    remedy: 'try again, or end that process',
  },
  damaged_data: {
    what: 'a file in the data folder is not what the gateway wrote',
    remedy: 'put back a copy of it, or move it away to start without it',
  },
  newer_data: {
    what: 'a file in the data folder was written by a newer version',
    remedy: 'use that version, or move the file away',
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
