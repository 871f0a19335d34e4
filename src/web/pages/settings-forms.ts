import type { AdminError } from '#admin/errors.ts';
import type { ShownSetting } from '#admin/settings/setting-row.ts';
import { renderValue } from '#admin/settings/setting-row.ts';
import type { WebSession } from '#identity/web-sessions.ts';
import type { Desk } from '../desk.ts';
import type { FormValues } from '../form-values.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { form } from '../layout.ts';
import { hidden, prose, trouble } from '../pieces.ts';

/** One small form for each of these settings: its value, its default, what it means. */
export async function settingsForms(
  desk: Desk,
  parts: {
    readonly names: readonly string[];
    readonly session: WebSession;
    readonly action: string;
    readonly tried: { readonly given: FormValues; readonly error: AdminError } | undefined;
  },
): Promise<Html> {
  const { names, session, action, tried } = parts;
  const found = await Promise.all(names.map((name) => desk.look<ShownSetting>('settings get', { name })));
  const rows = found.map((row) => {
    if (!row.ok) return trouble(row.error);
    const isTried = tried?.given.text('name') === row.value.name;
    const value = isTried ? tried.given.text('value') : typed(row.value.value);
    return html`${isTried && trouble(tried.error)}${form({
      session,
      action,
      className: 'setting',
      body: settingFields(row.value, value),
    })}`;
  });
  return html`${rows}`;
}

function settingFields({ name, meaning, default: standard, changed }: ShownSetting, value: string): Html {
  return html`${hidden('name', name)}
    <label
      ><span><code>${name}</code></span
      ><input name="value" value="${value}" autocomplete="off" spellcheck="false" /><small
        >${prose(meaning)} Default: ${typed(standard) === '' ? 'none' : typed(standard)}.</small
      ></label
    >
    <div class="actions">
      <button>Set</button
      >${changed && html`<button class="quiet" name="default" value="yes">Default</button>`}
    </div>`;
}

/** As it would be typed: lists by commas. */
function typed(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(', ') : renderValue(value);
}
