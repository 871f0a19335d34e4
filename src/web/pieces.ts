import type { AdminError } from '#admin/errors.ts';
import { showDuration } from '#admin/show.ts';
import type { Html, HtmlValue } from './html.ts';
import { html, unseen } from './html.ts';

/** Why something was not done: the words of the command line, and what helps. */
export function trouble(error: AdminError | undefined): Html | undefined {
  if (error === undefined) return undefined;
  return html`<div class="notice trouble" role="alert">
    <p>${sentence(error.message)}</p>
    <p>${error.fix}</p>
  </div>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** `in 9 min` or `3 h ago`, with the exact time behind it. */
export function time(iso: string, nowMs: number): Html {
  const ms = Date.parse(iso) - nowMs;
  const words = ms >= 0 ? `in ${showDuration(ms)}` : `${showDuration(-ms)} ago`;
  return html`<time datetime="${iso}" title="${iso}">${words}</time>`;
}

/** Our own words about a setting, with what stands in backticks as it is typed. */
export function prose(text: string): readonly HtmlValue[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
}

export function field({ name, label, value, hint, placeholder, isRequired }: Field): Html {
  return html`<label class="field"
    ><span>${label}</span
    ><input
      name="${name}"
      value="${value ?? ''}"
      placeholder="${placeholder ?? ''}"
      autocomplete="off"
      spellcheck="false"
      ${isRequired === true && html`required`}
    />${hint !== undefined && html`<small>${hint}</small>`}</label
  >`;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function choice(parts: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly hint?: string;
}): Html {
  const options = parts.choices.map(
    ({ value, label }) =>
      html`<option value="${value}" ${value === parts.value && html`selected`}>${label}</option>`,
  );
  return html`<label class="field"
    ><span>${parts.label}</span
    ><select name="${parts.name}">
      ${options}</select
    >${parts.hint !== undefined && html`<small>${parts.hint}</small>`}</label
  >`;
}

export function tick(parts: {
  readonly name: string;
  readonly label: string;
  readonly isTicked: boolean;
}): Html {
  return html`<label class="tick"
    ><input type="checkbox" name="${parts.name}" value="yes" ${parts.isTicked && html`checked`} /><span
      >${parts.label}</span
    ></label
  >`;
}

/** What the form sends along unseen. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${unseen(value)}" />`;
}

/** A table that becomes a list of cards where there is little room. */
export function table(
  head: readonly string[],
  rows: readonly (readonly HtmlValue[])[],
  className = '',
): Html {
  return html`<table class="${className}">
    <thead>
      <tr>
        ${head.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, index) => html`<td data-label="${head[index] ?? ''}">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function section(title: string, body: HtmlValue, id?: string): Html {
  return html`<section ${id !== undefined && html`id="${id}"`}>
    <h2>${title}</h2>
    ${body}
  </section>`;
}

/** A section that opens on demand; `isOpen`: there is something to see. */
export function drawer(parts: {
  readonly title: string;
  readonly id: string;
  readonly hint: string;
  readonly body: HtmlValue;
  readonly isOpen: boolean;
}): Html {
  return html`<section id="${parts.id}">
    <details ${parts.isOpen && html`open`}>
      <summary>
        <h2>${parts.title}</h2>
        <span class="hint">${parts.hint}</span>
      </summary>
      ${parts.body}
    </details>
  </section>`;
}

/** The way to the next page of a list. */
export function more(path: string, next: string | null): Html | undefined {
  if (next === null) return undefined;
  return html`<p class="more"><a href="${path}?cursor=${encodeURIComponent(next)}">Older ones</a></p>`;
}
