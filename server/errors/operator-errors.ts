// Errors for operators: settings, files, ports, and bugs of the gateway.

import type { ErrorTable } from './error-row.ts';

export const OPERATOR_ERRORS = {
  // Settings and the command line.
  unknown_setting: {
    what: 'an option, variable, section or setting is unknown',
    remedy: 'the message names the nearest one; --help lists all',
  },
  bad_setting: { what: 'a setting has an invalid value', remedy: 'the message says which values are valid' },
  missing_value: { what: 'an option has no value', remedy: 'write the value after it' },
  needless_value: { what: 'an option that takes no value has one', remedy: 'remove the value' },
  unreadable_file: {
    what: 'the settings file cannot be read',
    remedy: 'check its path and its permissions',
  },
  bad_file: { what: 'the settings file is not YAML', remedy: 'check the line in the message' },
  bad_network: {
    what: 'a network is not in CIDR notation',
    remedy: 'write it as 192.0.2.0/24 or 2001:db8::/32',
  },
  bad_certificate: {
    what: 'the certificate or its key is invalid or missing',
    remedy: 'set tls.certificate and tls.key to a pair of PEM files that the gateway may read',
  },

  // Publish keys and the data folder.
  bad_keys_file: {
    what: 'the file of publish keys cannot be read or is invalid',
    remedy: 'the message names the record and the field; the form is that of keys.list',
  },
  double_key: { what: 'a publish key is listed twice', remedy: 'remove one of the two' },
  no_such_key: { what: 'no key in the data folder has this id', remedy: 'list the ids with sluice key list' },
  no_data_dir: {
    what: 'the command needs a data folder',
    remedy: 'set data.dir to the folder of the gateway',
  },
  bad_data_dir: {
    what: 'the data folder or a file in it cannot be used',
    remedy: 'check its path and its permissions',
  },
  data_dir_in_use: {
    what: 'another gateway uses the data folder',
    remedy: 'stop it, or use another folder',
  },
  data_dir_busy: {
    what: 'another process keeps the data folder locked',
    remedy: 'try again, or end that process',
  },
  damaged_data: {
    what: 'a file in the data folder is damaged',
    remedy: 'restore it from a backup, or move it away to start without it',
  },
  newer_data: {
    what: 'a file in the data folder was written by a newer version',
    remedy: 'use that version, or move the file away',
  },

  // Webhooks.
  webhook_failed: {
    what: 'a receiver of webhooks did not take an event',
    remedy: 'check the receiver; the line says what happened, and when the event is sent again',
  },
  webhook_given_up: {
    what: 'a receiver of webhooks did not take an event at any try, and the event is lost',
    remedy: 'check the receiver, or remove it from webhooks.list',
  },
  webhook_dropped: {
    what: 'too many events wait for a receiver of webhooks, and the oldest is lost',
    remedy: 'check the receiver, or raise webhooks.max-queue',
  },
  webhook_gone: {
    what: 'a receiver of webhooks answered 410 Gone, and gets no more events',
    remedy: 'remove it from webhooks.list, or restart the gateway to use it again',
  },

  // Playback tokens.
  bad_playback_key: {
    what: 'a key that verifies playback tokens cannot be used',
    remedy: 'check playback.jwt-key and playback.jwt-jwks',
  },
  no_playback_secret: {
    what: 'there is no secret to sign playback tokens with',
    remedy: 'set playback.secrets, or data.dir to the folder of the gateway',
  },

  // Ports.
  port_in_use: { what: 'another program uses the port', remedy: 'stop it, or choose another port' },
  port_forbidden: { what: 'this user may not open the port', remedy: 'choose one above 1023' },
  bad_host: {
    what: 'the address to listen on is not an address of this machine',
    remedy: 'leave it empty for all addresses',
  },
  listener_failed: {
    what: 'a connection could not be accepted; the listener continues',
    remedy: 'check the limit of file descriptors (ulimit -n)',
  },

  // The gateway itself.
  pages_missing: { what: 'the pages cannot be read', remedy: 'build them with npm run build' },
  internal_error: { what: 'the gateway has a bug', remedy: 'report it with the log' },
} as const satisfies ErrorTable;
