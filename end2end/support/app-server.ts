/** The real server, started for one test in a folder of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from '@playwright/test';

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What `make build` leaves, or another folder of that shape. */
const BUILD = process.env['EXEUNT_END2END_BUILD'] ?? join(REPOSITORY, 'target');
export const PROGRAM = join(BUILD, 'release', 'server');
const SITE = join(BUILD, 'site');

/** Under which name the browser knows this machine. The provider is at `127.0.0.1`. */
export type Host = 'localhost' | '127.0.0.1';

export interface AppSettings {
  readonly host: Host;
  readonly port: number;
  /** The path below which the app lives: empty, or with a slash at its beginning and none at its end. */
  readonly prefix: string;
  /** Where browsers reach it, if that is not where it listens: behind a proxy. */
  readonly publicUrl?: string;
  /** More environment: for the provider, and what the test wants. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A server that can be stopped and started again on the same port with the same sessions. */
export class AppServer {
  readonly url: string;
  readonly #settings: AppSettings;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(settings: AppSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
    this.url = settings.publicUrl ?? `http://${settings.host}:${settings.port}${settings.prefix}`;
  }

  static async start(settings: AppSettings): Promise<AppServer> {
    for (const needed of [PROGRAM, SITE]) {
      if (!existsSync(needed)) {
        throw new Error(`${needed} is missing: run \`make build\` first`);
      }
    }
    const folder = await mkdtemp(join(tmpdir(), 'exeunt-end2end-'));
    const keyed = { EXEUNT_KEYS: randomBytes(32).toString('base64'), ...settings.environment };
    const server = new AppServer({ ...settings, environment: keyed }, folder);
    try {
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** The absolute address of a path of the app. */
  at(path: string): string {
    return this.url + path;
  }

  get program(): string {
    return PROGRAM;
  }

  /** In which it runs. */
  get folder(): string {
    return this.#folder;
  }

  /** All that it is told. */
  get environment(): Record<string, string> {
    const { port, publicUrl, environment } = this.#settings;
    return {
      PATH: process.env['PATH'] ?? '',
      RUST_LOG: 'debug,hyper=info,h2=info,rustls=info',
      EXEUNT_PUBLIC_URL: publicUrl ?? this.url,
      EXEUNT_STORE: `sqlite:${join(this.#folder, 'x.sqlite')}`,
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_SITE_ROOT: SITE,
      ...environment,
    };
  }

  async start(): Promise<void> {
    const child = spawn(PROGRAM, {
      cwd: this.#folder,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    let ended = false;
    child.once('close', () => {
      ended = true;
      log.end();
    });
    await expect(async () => {
      // An end is an answer too: no need to wait for more.
      const ready = ended || (await this.#isReady());
      expect(ready, 'the server is ready').toBe(true);
    }).toPass({ timeout: 20_000, intervals: [20, 50, 100] });
    if (ended) {
      throw new Error(`the server ended at its start:\n${await this.log()}`);
    }
  }

  /** Kills it, as a crash would. */
  async stop(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it as an operator does: it finishes what it is at. */
  async terminate(): Promise<void> {
    const status = await this.#end('SIGTERM');
    expect(status, 'the server ends well').toBe(0);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill(signal);
    return closed;
  }

  /** What it has said so far. */
  async log(): Promise<string> {
    return existsSync(this.#logFile) ? readFile(this.#logFile, 'utf8') : '';
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #logFile(): string {
    return join(this.#folder, 'server.log');
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#settings.port}${this.#settings.prefix}/readyz`);
      const state = (await response.json()) as { provider?: string; platform?: string };
      // Inside of a platform there is no provider to wait for.
      return response.ok && (state.provider === 'ok' || state.platform !== undefined);
    } catch {
      return false;
    }
  }
}
