import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

/** RFC 5802 §7 `gs2-cbind-flag`. */
export type ChannelBinding =
  /** The client cannot. */
  | { readonly kind: 'none' }
  /** The client can, but thinks that we cannot. */
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'used'; readonly name: string };

export interface ClientFirst {
  readonly binding: ChannelBinding;
  /** Up to and with the second comma, as sent. */
  readonly gs2Header: string;
  readonly authzid: string | undefined;
  /** The message without its gs2 header, as sent: it goes into the proof. */
  readonly bare: string;
  readonly user: string;
  readonly nonce: string;
}

export interface ClientFinal {
  readonly channelBinding: string;
  readonly nonce: string;
  readonly proof: Buffer;
  /** As sent, without the proof. */
  readonly withoutProof: string;
}

/** RFC 5802 §5.1: printable ASCII without the comma. */
const noncePattern = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** RFC 5802 §7 `client-first-message`. */
export function parseClientFirst(text: string): Result<ClientFirst, 'malformed'> {
  const [flag = '', authzid = '', ...rest] = text.split(',');
  const binding = parseBinding(flag);
  const [user = '', nonce = ''] = rest;
  // An extension that is mandatory (`m=`) would stand before the name: we know none.
  if (binding === undefined || !user.startsWith('n=') || !nonce.startsWith('r=')) return err('malformed');
  const name = parseName(user.slice(2));
  const owner = authzid === '' ? undefined : parseName(authzid.slice(2));
  if (name === undefined || (authzid !== '' && (owner === undefined || !authzid.startsWith('a=')))) {
    return err('malformed');
  }
  if (!noncePattern.test(nonce.slice(2))) return err('malformed');
  const gs2Header = `${flag},${authzid},`;
  const bare = text.slice(gs2Header.length);
  return ok({ binding, gs2Header, authzid: owner, bare, user: name, nonce: nonce.slice(2) });
}

function parseBinding(flag: string): ChannelBinding | undefined {
  if (flag === 'n') return { kind: 'none' };
  if (flag === 'y') return { kind: 'not-offered' };
  const name = /^p=([A-Za-z0-9.-]{1,64})$/.exec(flag)?.[1];
  return name === undefined ? undefined : { kind: 'used', name };
}

/** RFC 5802 §5.1: `=2C` is a comma, `=3D` an equals sign, any other `=` is an error. */
function parseName(text: string): string | undefined {
  if (text === '' || /=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** RFC 5802 §7 `client-final-message`; extensions are passed over. */
export function parseClientFinal(text: string): Result<ClientFinal, 'malformed'> {
  const proofAt = text.lastIndexOf(',p=');
  if (proofAt < 0) return err('malformed');
  const withoutProof = text.slice(0, proofAt);
  const proof = text.slice(proofAt + 3);
  const [binding = '', nonce = ''] = withoutProof.split(',');
  if (!binding.startsWith('c=') || !nonce.startsWith('r=') || !base64Pattern.test(proof))
    return err('malformed');
  return ok({
    channelBinding: binding.slice(2),
    nonce: nonce.slice(2),
    proof: Buffer.from(proof, 'base64'),
    withoutProof,
  });
}
