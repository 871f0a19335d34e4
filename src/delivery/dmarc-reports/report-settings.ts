import { boolean } from '#config/kinds/boolean.ts';
import { list } from '#config/kinds/list.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { string } from '#config/kinds/string.ts';
import { setting } from '#config/setting.ts';
import type { Address } from '#mail/address.ts';

const requirements = ['I-47'];

/** Aggregate reports to the owners of domains that ask for them; nothing is counted before a reporter is named. */
export const reportSettings = {
  isOn: setting('dmarc.reports', boolean, true, {
    meaning:
      'Send DMARC aggregate reports to the owners of domains that ask for them, once dmarc.reports_from names who sends them.',
    requirements,
  }),
  from: setting('dmarc.reports_from', list(mailAddress, { itemsMax: 1 }), [] as readonly Address[], {
    meaning:
      'The address that DMARC reports come from, in a domain of this server that signs its mail. While it is empty, nothing is counted and nothing is sent.',
    requirements,
  }),
  organization: setting('dmarc.reports_organization', string({ lengthMin: 0, lengthMax: 100 }), '', {
    meaning: 'The name of your organization in DMARC reports; the domain of dmarc.reports_from when empty.',
    requirements,
  }),
  contact: setting('dmarc.reports_contact', string({ lengthMin: 0, lengthMax: 200 }), '', {
    meaning: 'How to reach you about DMARC reports beside their address, such as a web page; may be empty.',
    requirements,
  }),
};
