/** S-09: what is done about one attached file. */
export const fileBounds = {
  /** Octets that all its compressed pieces may come to, together; a bomb ends here. */
  inflatedBytesMax: 24 * 1024 * 1024,
  /** … and one of them. */
  pieceBytesMax: 6 * 1024 * 1024,
  /** Files in files: a document in an archive in an archive. */
  depthMax: 3,
  /** Members of an archive that are listed, and that are read. */
  membersMax: 2_000,
  membersReadMax: 100,
  /** Streams of a PDF. */
  streamsMax: 2_000,
  /** Pictures in one file. */
  imagesMax: 8,
  /** Of a picture as it is declared. */
  imagePixelsMax: 24_000_000,
  /** … and its sides: one row of it is held three times, and no camera or screen makes a longer one. */
  imageSideMax: 32_767,
  /** … and of one that is only read as a whole. */
  wholePixelsMax: 5_000_000,
  /** It is made smaller until so many are left: enough for a page with a code on it. */
  searchedPixelsMax: 1_500_000,
  /** Links and notes that one file may bring. */
  linksMax: 1_000,
  unreadMax: 6,
} as const;
