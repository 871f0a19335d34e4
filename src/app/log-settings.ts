import { endpoint } from '#config/kinds/ip-address.ts';
import { list } from '#config/kinds/list.ts';
import { union } from '#config/kinds/union.ts';
import { setting } from '#config/setting.ts';

/** How events leave the server. */
export const logSettings = {
  format: setting('log.format', union(['text', 'json']), 'text', {
    meaning:
      'How events are written to standard error: `text` is what the filters in `contrib/` read; `json` is one object on each line.',
    requirements: ['I-81', 'I-87'],
  }),
  syslog: setting('log.syslog', list(endpoint, { itemsMax: 4 }), [], {
    meaning:
      'Collectors that are sent each event as well, by syslog over UDP (RFC 5424). UDP is neither sealed nor sure: for a collector on this machine or in a network of yours.',
    requirements: ['I-87'],
  }),
  syslogFormat: setting('log.syslog_format', union(['cef', 'json', 'text']), 'cef', {
    meaning: 'How they are written there.',
    requirements: ['I-87'],
  }),
};
