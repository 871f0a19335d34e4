import type { HeaderBlock } from './header.ts';
import type { Part } from './summary.ts';

/**
 * Hears of a message's parts while they go by, for who wants their content without holding the message. The parts are
 * those of the structure that `MessageParser.finish` gives; until then what stands in them may still be filled in.
 */
export interface PartWatch {
  /** The header of a message: of the outermost, or of one inside. */
  header(part: Part, block: HeaderBlock): void;
  /** A part begins that holds no others; a message inside that is encoded is one. */
  begin(part: Part): void;
  /**
   * Octets of a body, as they are encoded; outside of such parts too (preambles), and with the line break at its end. They may
   * be kept as long as what the parser was given, and hold no more than twice their size.
   */
  take(octets: Uint8Array): void;
  end(part: Part): void;
  /** The message is over; `truncated`: a bound stopped the splitting. */
  whole?(structure: Part, truncated: boolean): void;
}
