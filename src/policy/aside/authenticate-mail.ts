import { andThen } from '#base/and-then.ts';
import type { Domain } from '#mail/domain.ts';
import { splitHeaderText } from '#mail/header.ts';
import { dkimSignaturesMax } from '#mailauth/dkim/bounds.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome, SpfIdentifier } from '#mailauth/dmarc/dmarc-outcome.ts';
import { judgeDmarc } from '#mailauth/dmarc/judge-dmarc.ts';
import { readSignatures } from '#mailauth/message-signatures.ts';
import type { VerifyWorld } from '#mailauth/message-signatures.ts';
import type { PublishedRecords } from '#mailauth/published-records.ts';
import type { Engine } from '#platform/engine.ts';
import type { TraceQuestion } from '#trace/record.ts';
import { AskingResolver, policyQuestionsKept } from '../asking-resolver.ts';
import { dkimIdentifiers } from '../identifiers.ts';

/** Of the message's questions: a key for each signature, and all that are kept for DMARC. */
const questionsMax = dkimSignaturesMax + policyQuestionsKept;
/** Clearly less than the message has (P-28), so that what could not be asked is told before its time is over. */
const askMs = 4_000;
/** Who waits longer than that has lost the engine. */
export const authenticateMs = 4_700;

/** A whole message, and whom DMARC is to be asked about. */
export interface UnjudgedMail {
  /** With the blank line, octets as latin1. */
  readonly header: string;
  /** In memory of its own. */
  readonly body: Uint8Array;
  /** Missing where there is no one author domain, or SPF is not known yet: then DMARC is left to whoever asks. */
  readonly author: AuthorSide | undefined;
}

export interface AuthorSide {
  readonly domain: Domain;
  readonly spf: SpfIdentifier | undefined;
}

export interface AuthenticatedMail {
  readonly dkim: DkimReport;
  readonly dmarc: DmarcOutcome | undefined;
  /** What was asked, as the trace tells it. */
  readonly questions: readonly TraceQuestion[];
}

/** Verifies the signatures of a message and judges DMARC beside the thread of the connections. */
export type AuthenticationEngine = Engine<UnjudgedMail, AuthenticatedMail>;

/** The engine's work: what the thread of the connections would do, with a resolver of its own. Never rejects. */
export async function authenticateMail(
  { header, body, author }: UnjudgedMail,
  world: VerifyWorld & { readonly records: PublishedRecords },
): Promise<AuthenticatedMail> {
  const questions: TraceQuestion[] = [];
  const resolver = new AskingResolver({
    ...world,
    asked: (question) => void questions.push(question),
    questionsMax,
  });
  resolver.beginPhase(askMs);
  try {
    const signatures = readSignatures(splitHeaderText(header), { ...world, resolver });
    signatures.update(body);
    const dkim = signatures.dkim();
    const dmarc =
      author &&
      judgeDmarc(
        { authorDomain: author.domain, spf: author.spf, dkim: andThen(dkim, dkimIdentifiers) },
        { ...world, resolver: resolver.forPolicy },
      );
    return { dkim: await dkim, dmarc: await dmarc, questions };
  } finally {
    resolver.endPhase();
  }
}
