import type { AnyWorld, GuestWorld } from './world.ts';

/** When a capability is told: some make sense only before login, most only after. */
type Shown = 'always' | 'before-login' | 'after-login';

/** In the order in which they are told. */
export const capabilityOrder: readonly (readonly [name: string, shown: Shown])[] = [
  ['IMAP4rev1', 'always'],
  ['IMAP4rev2', 'always'],
  ['LITERAL+', 'always'],
  ['SASL-IR', 'before-login'],
  ['ENABLE', 'always'],
  ['ID', 'always'],
  ['IDLE', 'always'],
  ['NAMESPACE', 'after-login'],
  ['CHILDREN', 'after-login'],
  ['LIST-EXTENDED', 'after-login'],
  ['LIST-STATUS', 'after-login'],
  ['SPECIAL-USE', 'after-login'],
  ['CREATE-SPECIAL-USE', 'after-login'],
  ['STATUS=SIZE', 'after-login'],
  ['UIDPLUS', 'after-login'],
  ['UNSELECT', 'after-login'],
  ['MOVE', 'after-login'],
  ['ESEARCH', 'after-login'],
  ['SEARCHRES', 'after-login'],
  ['BINARY', 'after-login'],
];

/** `capability-data` of this moment: only what some row of a table provides is told. */
export function formatCapabilities(kind: AnyWorld['kind'], provided: ReadonlySet<string>): string {
  const hidden: Shown = kind === 'guest' ? 'after-login' : 'before-login';
  return capabilityOrder
    .filter(([name, shown]) => shown !== hidden && provided.has(name))
    .map(([name]) => name)
    .join(' ');
}

/** What depends on the connection: STARTTLS, mechanisms, and LOGINDISABLED where a password would travel in the clear (P-34). */
export function formatLoginCapabilities(
  world: Pick<GuestWorld, 'authenticator' | 'facts' | 'login'>,
): string {
  const { facts, login } = world;
  const mechanisms = world.authenticator.mechanisms(login).map((name) => ` AUTH=${name}`);
  const starttls = facts.tlsMode === 'starttls' && login.tls === undefined ? ' STARTTLS' : '';
  const disabled = login.tls === undefined ? ' LOGINDISABLED' : '';
  return `${starttls}${disabled}${mechanisms.join('')}`;
}
