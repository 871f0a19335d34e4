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
import type { OptionalEngine } from '#platform/engine.ts';
import type { TraceQuestion } from '#trace/record.ts';
import { AskingResolver, policyQuestionsKept } from '../asking-resolver.ts';
import { dkimIdentifiers } from '../identifiers.ts';

/** Of the message's questions: a key for each signature, and all that are kept for DMARC. */
const asideQuestionsMax = dkimSignaturesMax + policyQuestionsKept;
/** Of the five seconds that the message has (P-28). */
const askMs = 3_000;
/** Who waits longer than that has lost the engine, and has a second left to ask for it all again. */
export const authenticateMs = 3_500;

/** A whole message, and whom DMARC is to be asked about. */
export interface UnjudgedMail {
  /** With the blank line, octets as latin1. */
  readonly header: string;
  /** In memory of its own. */
  readonly body: Uint8Array;
  /** Missing where there is no one author domain, or SPF is not known yet: then DMARC is left to whoever asked. */
  readonly author: AuthorSide | undefined;
}

export interface AuthorSide {
  readonly domain: Domain;
  readonly spf: SpfIdentifier | undefined;
}

export interface AuthenticatedMail {
  readonly dkim: DkimReport;
  /** `undefined`: it is left to whoever asked, who has more questions or time. */
  readonly dmarc: DmarcOutcome | undefined;
  /** What was asked, as the trace tells it. */
  readonly questions: readonly TraceQuestion[];
}

/** Verifies the signatures of a message and judges DMARC beside the thread of the connections. */
export type AuthenticationEngine = OptionalEngine<UnjudgedMail, AuthenticatedMail>;

/** The engine's work: what the thread of the connections would do, with a resolver of its own. Never rejects. */
export async function authenticateMail(
  { header, body, author }: UnjudgedMail,
  world: VerifyWorld & { readonly records: PublishedRecords },
): Promise<AuthenticatedMail> {
  const questions: TraceQuestion[] = [];
  const resolver = new AskingResolver({
    ...world,
    asked: (question) => void questions.push(question),
    questionsMax: asideQuestionsMax,
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
    const [report, outcome] = await Promise.all([dkim, dmarc]);
    const isCutShort = outcome?.unanswered?.failure === 'budget';
    return { dkim: report, dmarc: isCutShort ? undefined : outcome, questions };
  } finally {
    resolver.endPhase();
  }
}
