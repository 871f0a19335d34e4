import type { WebSession } from '#identity/web-sessions.ts';
import type { Desk } from './desk.ts';
import type { FormValues } from './form-values.ts';
import type { Html } from './html.ts';

/** What an answer is: a page, or the way to one. */
export type Answer =
  | {
      readonly kind: 'page';
      readonly status?: number;
      readonly title: string;
      readonly body: Html;
    }
  /** Done: the browser goes on to a page, which says what was done, so that to repeat it asks for nothing twice. */
  | { readonly kind: 'done'; readonly goTo: string; readonly note: readonly string[] };

/** One request of somebody who is signed in. */
export interface Visit {
  readonly desk: Desk;
  readonly session: WebSession;
  readonly query: (name: string) => string | undefined;
  /** Empty unless it is a POST. */
  readonly form: FormValues;
}

/** A page of the administration, for those who are signed in. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  answer(visit: Visit): Promise<Answer>;
}
