import { err, ok } from '#base/result.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { showTime } from '../show.ts';

export const webLink = operation({
  name: 'web link',
  meaning: 'A link into the administration in the browser: for one sign-in, within five minutes.',
  input: {},
  async run({ web }) {
    if (web === undefined)
      return err(
        adminError(
          'server-needed',
          'no running server with a listener of role "http": see docs/guide/administration.md',
        ),
      );
    const { url, expiresMs, tunnel } = web.link();
    return ok({ url, expires: showTime(expiresMs), tunnel: tunnel ?? null });
  },
  render: ({ url, expires, tunnel }) => [
    url,
    `Opens the administration once, until ${expires}. Give it to nobody.`,
    ...(tunnel === null ? [] : [`From another machine first: ${tunnel}`]),
  ],
});
