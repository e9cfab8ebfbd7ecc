/** The platform: a gateway and a single sign-on, started for one test. */

import { spawn, type ChildProcess } from 'node:child_process';

import { expect } from '@playwright/test';

import { PROGRAM } from '../app-server.ts';

/** What can be made to misbehave. */
export type Faulty = 'logout' | 'front-channel';

/** What it does then: the names that `server stand-in` knows. */
export type Fault =
  | 'down'
  | 'hanging'
  | `slow:${number}`
  | 'html'
  | 'method-not-allowed'
  | 'redirecting'
  | 'oversized'
  | 'foreign-url'
  | 'scheme-relative-url'
  | 'script-url'
  | 'no-url';

/** An extension behind the gateway. */
export interface Mounted {
  /** A path below the platform's origin, or a colon and a port. */
  readonly place: string;
  /** Where it listens. */
  readonly port: number;
}

export interface StandInSettings {
  readonly port: number;
  readonly controlPort: number;
  readonly extensions: readonly Mounted[];
  /** With what it signs who is asking, if it does. */
  readonly signatureSecret?: string;
  /** Whether the gateway takes the path off. */
  readonly stripsPrefix?: boolean;
}

/** A request that the platform itself was sent. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  readonly forwarded: Readonly<Record<string, string>>;
}

/** Who is signed in at the platform, in any browser. */
export interface PlatformSessions {
  readonly gateway: ReadonlyArray<{ readonly id: string; readonly sub: string }>;
  readonly single_sign_on: readonly string[];
}

export class StandIn {
  readonly origin: string;
  readonly #control: string;
  readonly #process: ChildProcess;
  #log = '';

  private constructor(settings: StandInSettings) {
    this.origin = `http://localhost:${settings.port}`;
    this.#control = `http://127.0.0.1:${settings.controlPort}`;
    const options = [
      'stand-in',
      `--listen=127.0.0.1:${settings.port}`,
      `--control=127.0.0.1:${settings.controlPort}`,
      ...settings.extensions.map(({ place, port }) => `--extension=${place}=http://127.0.0.1:${port}`),
      ...(settings.stripsPrefix ? ['--strip-prefix'] : []),
    ];
    const env = {
      PATH: process.env['PATH'] ?? '',
      ...(settings.signatureSecret && { FORWARDAUTH_SIGNATURE_SECRET: settings.signatureSecret }),
    };
    this.#process = spawn(PROGRAM, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString();
      });
    }
  }

  static async start(settings: StandInSettings): Promise<StandIn> {
    const standIn = new StandIn(settings);
    await expect(async () => {
      const ready = standIn.#hasEnded || (await standIn.#answers());
      expect(ready, 'the stand-in answers').toBe(true);
    }).toPass({ timeout: 10_000, intervals: [20, 50, 100] });
    if (standIn.#hasEnded) {
      throw new Error(`the stand-in ended at its start:\n${standIn.log}`);
    }
    return standIn;
  }

  /** What it has said so far. */
  get log(): string {
    return this.#log;
  }

  async misbehave(endpoint: Faulty, fault: Fault): Promise<void> {
    const answer = await fetch(`${this.#control}/faults/${endpoint}`, { method: 'PUT', body: fault });
    expect(answer.status, await answer.text()).toBe(204);
  }

  /** Takes all faults back. */
  async behave(): Promise<void> {
    expect((await fetch(`${this.#control}/faults`, { method: 'DELETE' })).status).toBe(204);
  }

  /** What was asked of the platform itself at this path. */
  async requestsTo(path: string): Promise<RecordedRequest[]> {
    const answer = await fetch(`${this.#control}/requests`);
    const { requests } = (await answer.json()) as { requests: RecordedRequest[] };
    return requests.filter((request) => request.path === path);
  }

  async sessions(): Promise<PlatformSessions> {
    return (await (await fetch(`${this.#control}/sessions`)).json()) as PlatformSessions;
  }

  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      const closed = new Promise((resolve) => this.#process.once('close', resolve));
      this.#process.kill('SIGTERM');
      await closed;
    }
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.#control}/sessions`)).ok;
    } catch {
      return false;
    }
  }
}
