import { formatEventCef } from '#trace/event-cef.ts';
import { formatEventJson } from '#trace/event-json.ts';
import { formatEventLine } from '#trace/event-line.ts';
import { eventTable, type Event } from '#trace/events.ts';
import type { LiveSettings } from '../live-settings.ts';
import { logSettings } from '../log-settings.ts';
import { Syslog } from '../syslog.ts';
import { readVersion } from '../version.ts';

/** Events for the collectors that `log.syslog` names, as they are now (I-87). */
export function openSyslog(
  hostname: string,
  settings: LiveSettings,
): { readonly tell: (event: Event, nowMs: number) => void; readonly close: () => void } {
  const syslog = new Syslog(hostname);
  const version = readVersion();
  const formats = {
    cef: (event: Event, nowMs: number) => formatEventCef(event, { nowMs, version }),
    json: formatEventJson,
    text: formatEventLine,
  };
  return {
    tell(event, nowMs) {
      const collectors = settings.value(logSettings.syslog);
      if (collectors.length === 0) return;
      const text = formats[settings.value(logSettings.syslogFormat)](event, nowMs);
      const line = { level: eventTable[event.name].level, id: event.name, nowMs, text };
      for (const collector of collectors) syslog.send(collector, line);
    },
    close: () => syslog.close(),
  };
}
