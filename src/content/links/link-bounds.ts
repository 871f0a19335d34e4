/** P-27, P-28, S-09: how much of one message is looked through for links. */
export const linkBounds = {
  /** Decoded octets of text of the message that are read as they come; of more, only the end. */
  textBytesMax: 4 * 1024 * 1024,
  /** … and of the first windows of texts that come after those. */
  firstBytesMax: 2 * 1024 * 1024,
  /** Decoded octets that are read at a time. */
  windowBytes: 128 * 1024,
  /** Of these the last come again with the next, so that what lies across is seen whole. */
  overlapBytes: 8 * 1024,
  /** Octets of texts of all messages that are coming in; where there is no more room, pieces are read as they come. */
  allTextBytesMax: 64 * 1024 * 1024,
  /** Time that each message has for itself: a text of words takes 10 ms for each MiB, one made of nothing but links 400. */
  ownMs: 25,
  /** … and with what it takes of the time that all share. */
  messageMsMax: 250,
  /** Time that all share, at once … */
  sharedMsMax: 2_000,
  /** … and how much of it comes back for each millisecond that passes. */
  sharedPart: 0.25,
  /** Different texts that may be links and are read at once; of those beyond, the last as many. */
  candidatesMax: 1_000,
  /** Characters of all that are remembered of a message: as many of those that were read as of those that wait. */
  keptCharsMax: 64 * 1024,
  /** A link that is longer is no honest one; its beginning tells where it leads. */
  candidateCharsMax: 2_048,
  /** … and of one that waits for the end of the message. */
  lateCharsMax: 512,
  /** Different hosts that are told: half of them the first, half the last. */
  hostsMax: 200,
  /** Links in links (redirectors) that are taken apart. */
  depthMax: 3,
  /** Links and parameters of one link that are. */
  innerMax: 20,
} as const;
