import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { EventSink } from '#trace/events.ts';
import { fileStamp, loadCertificate } from './certificate-file.ts';
import type { CertificateProblem, CertificateSource, LoadedCertificate } from './certificate-file.ts';
import type { Certificate, Certificates } from './tls-context.ts';

export interface CertificatesOptions {
  /** The first one is the default. */
  readonly sources: readonly CertificateSource[];
  readonly events: EventSink;
  readonly clock: Clock;
  /** How often the files are looked at where the system does not tell of changes. */
  readonly pollMs?: number;
}

export interface FileCertificates extends Certificates {
  /** What is in use now, in the order of the sources. */
  readonly loaded: readonly LoadedCertificate[];
  /** Looks at the files now; true: something was read anew. */
  reload(): Promise<boolean>;
  close(): void;
}

const pollMsDefault = 60_000;
/** Whoever renews writes several files. */
const quietMs = 500;

/**
 * Certificates from files, read again when the files change. A new one that cannot be used is told
 * (`certificate-problem`), and the one before stays in use; only at the start is it an error.
 */
export async function openCertificates(
  options: CertificatesOptions,
): Promise<Result<FileCertificates, readonly CertificateProblem[]>> {
  const loading = await Promise.all(options.sources.map(loadCertificate));
  const problems = loading.flatMap((one) => (one.ok ? [] : [one.error]));
  if (problems.length > 0) return err(problems);
  const loaded = loading.flatMap((one) => (one.ok ? [one.value] : []));
  const [first] = loaded;
  if (first === undefined) return err([{ file: '', detail: 'no certificate is configured' }]);
  const certificates = new WatchedCertificates(options, [first, ...loaded.slice(1)]);
  certificates.start();
  return ok(certificates);
}

type NonEmpty = readonly [LoadedCertificate, ...LoadedCertificate[]];

class WatchedCertificates implements FileCertificates {
  readonly #options: CertificatesOptions;
  readonly #closing = new AbortController();
  readonly #watchers: FSWatcher[] = [];
  #loaded: NonEmpty;
  #byName: ReadonlyMap<string, Certificate>;
  #version = 1;
  /** Stamps of files that could not be used: told once, not at every look. */
  readonly #badStamps = new Set<string>();
  #reloading: Promise<boolean> | undefined;
  #soon = false;

  constructor(options: CertificatesOptions, loaded: NonEmpty) {
    this.#options = options;
    this.#loaded = loaded;
    this.#byName = indexByName(loaded);
    for (const one of loaded) this.#tell(one);
  }

  get loaded(): readonly LoadedCertificate[] {
    return this.#loaded;
  }

  get version(): number {
    return this.#version;
  }

  default(): Certificate {
    return this.#loaded[0].certificate;
  }

  /** The exact name, else a wildcard for its first label (RFC 9525 §6.3). */
  select(serverName: string | undefined): Certificate | undefined {
    if (serverName === undefined) return undefined;
    const name = serverName.toLowerCase();
    const dot = name.indexOf('.');
    return this.#byName.get(name) ?? (dot > 0 ? this.#byName.get(`*${name.slice(dot)}`) : undefined);
  }

  start(): void {
    const folders = new Set(this.#options.sources.flatMap(({ cert, key }) => [dirname(cert), dirname(key)]));
    for (const folder of folders) this.#watch(folder);
    void this.#poll();
  }

  reload(): Promise<boolean> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  close(): void {
    this.#closing.abort();
    for (const watcher of this.#watchers) watcher.close();
  }

  /** The folder, because renewal puts a new file in the place of the old one. Where it cannot be watched, polling does. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => void this.#reloadSoon());
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      return;
    }
  }

  async #reloadSoon(): Promise<void> {
    if (this.#soon) return;
    this.#soon = true;
    await this.#options.clock.sleep(quietMs, this.#closing.signal);
    this.#soon = false;
    if (!this.#closing.signal.aborted) await this.reload();
  }

  async #poll(): Promise<void> {
    const { clock, pollMs = pollMsDefault } = this.#options;
    while (!this.#closing.signal.aborted) {
      await clock.sleep(pollMs, this.#closing.signal);
      if (!this.#closing.signal.aborted) await this.reload();
    }
  }

  async #reload(): Promise<boolean> {
    const [first, ...others] = this.#loaded;
    const next: NonEmpty = [
      await this.#again(first),
      ...(await Promise.all(others.map((one) => this.#again(one)))),
    ];
    const changed = next.filter((one, index) => one !== this.#loaded[index]);
    if (changed.length === 0) return false;
    this.#loaded = next;
    this.#byName = indexByName(next);
    this.#version += 1;
    for (const one of changed) this.#tell(one);
    return true;
  }

  async #again(old: LoadedCertificate): Promise<LoadedCertificate> {
    const stamp = await fileStamp(old.source);
    if (stamp === old.stamp || this.#badStamps.has(stamp)) return old;
    const loaded = await loadCertificate(old.source);
    if (loaded.ok) {
      this.#badStamps.clear();
      return loaded.value;
    }
    this.#badStamps.add(stamp);
    this.#options.events.emit({ name: 'certificate-problem', ...loaded.error });
    return old;
  }

  #tell({ source, names, sha256, expiresAtMs }: LoadedCertificate): void {
    this.#options.events.emit({
      name: 'certificate-loaded',
      file: source.cert,
      names: names.join(','),
      sha256,
      expires: new Date(expiresAtMs).toISOString(),
    });
  }
}

/** The first source that names it wins. */
function indexByName(loaded: NonEmpty): ReadonlyMap<string, Certificate> {
  const index = new Map<string, Certificate>();
  for (const { names, certificate } of loaded) {
    for (const name of names) if (!index.has(name)) index.set(name, certificate);
  }
  return index;
}
