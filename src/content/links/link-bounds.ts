/** P-28, S-09: what of one message is looked through for links. */
export const linkBounds = {
  /** Octets of the message as it came; what lies behind is told as cut. */
  messageBytesMax: 512 * 1024,
  /** Decoded characters of one part. */
  partCharsMax: 512 * 1024,
  /** Texts that may be links; most of a message's are the same few. */
  candidatesMax: 2_000,
  /** A link that is longer is no honest one; its beginning tells where it leads. */
  candidateCharsMax: 2_048,
  /** Different hosts that are told. */
  hostsMax: 200,
  /** Links in links (redirectors) that are taken apart. */
  depthMax: 3,
} as const;
