/** Bounds of `MessageParser` (S-09). What goes beyond is taken as opaque and `truncated` says so. */
export interface MessageLimits {
  /** Multiparts and messages inside each other. */
  readonly depthMax: number;
  /** Parts of the whole message, multiparts counted. */
  readonly partsMax: number;
  /** Of one header, in bytes, that are read; the rest is passed over. */
  readonly headerBytesMax: number;
  /** Of all headers together that are read. */
  readonly headersBytesMax: number;
}

/** S-09: the largest header that a message may come with and still be read as a whole. */
export const foreignHeaderBytesMax = 262_144;

/** Room for the fields that we put in front of it, or complete it with. */
const ownFieldsBytesMax = 32_768;

/** S-09: header limit 256 KiB. Depth and parts as the servers we learn from have them. */
export const messageLimits: MessageLimits = {
  depthMax: 64,
  partsMax: 1000,
  headerBytesMax: foreignHeaderBytesMax + ownFieldsBytesMax,
  headersBytesMax: 1_048_576,
};

/** RFC 2046 §5.1.1 allows 70 characters; some writers take more. */
export const boundaryCharsMax = 256;
