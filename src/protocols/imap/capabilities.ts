import type { GuestWorld } from './world.ts';

/** When a capability is told: some make sense only before login, most only after, one until it was used. */
type Shown = 'always' | 'before-login' | 'after-login' | 'before-compression';

/** What a connection has come to, as far as capabilities go. */
export type CapabilityStage = 'guest' | 'account' | 'compressed';

const shownAt: Readonly<Record<CapabilityStage, ReadonlySet<Shown>>> = {
  guest: new Set(['always', 'before-login']),
  account: new Set(['always', 'after-login', 'before-compression']),
  compressed: new Set(['always', 'after-login']),
};

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
  ['COMPRESS=DEFLATE', 'before-compression'],
];

/** `capability-data` of this moment: only what some row of a table provides is told. */
export function formatCapabilities(stage: CapabilityStage, provided: ReadonlySet<string>): string {
  return capabilityOrder
    .filter(([name, shown]) => shownAt[stage].has(shown) && provided.has(name))
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
