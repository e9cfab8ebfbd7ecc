/** The stores that several instances can share, each started for one test. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from '@playwright/test';

import { freePort } from './ports.ts';

export const STORES = ['sqlite', 'postgres', 'redis'] as const;
export type StoreKind = (typeof STORES)[number];

export interface SharedStore {
  /** For `EXEUNT_STORE`. */
  readonly address: string;
  stop(): Promise<void>;
}

export async function startStore(kind: StoreKind): Promise<SharedStore> {
  const folder = await mkdtemp(join(tmpdir(), `exeunt-${kind}-`));
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    switch (kind) {
      case 'sqlite':
        return { address: `sqlite:${join(folder, 'shared.sqlite')}`, stop: forget };
      case 'postgres':
        return await startPostgres(folder, forget);
      case 'redis':
        return await startRedis(folder, forget);
    }
  } catch (error) {
    await forget();
    throw error;
  }
}

/** What a PostgreSQL answers to a statement: a line for each row, its columns parted by `|`. */
export function query({ address }: SharedStore, statement: string): string {
  return run(['psql', address, '--no-psqlrc', '-qAt', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
}

async function startRedis(folder: string, forget: () => Promise<void>): Promise<SharedStore> {
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const engine = spawn('redis-server', [...settings, '--appendonly', 'yes', '--appendfsync', 'always'], { stdio: 'ignore' });
  await listens(engine, port);
  return { address: `redis://127.0.0.1:${port}`, stop: () => ended(engine, forget) };
}

async function startPostgres(folder: string, forget: () => Promise<void>): Promise<SharedStore> {
  const port = await freePort();
  const programs = await postgresPrograms();
  const data = join(folder, 'data');
  // It refuses to run as root; then it runs as the user that its package made.
  const as = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (as.length > 0) {
    run(['chown', 'postgres:postgres', folder]);
    await chmod(folder, 0o700);
  }
  run([...as, join(programs, 'initdb'), '-D', data, '-U', 'exeunt', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8']);
  const [first, ...rest] = [...as, join(programs, 'postgres'), '-D', data, '-p', `${port}`];
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off'];
  const engine = spawn(first as string, [...rest, ...settings], { stdio: 'ignore' });
  await listens(engine, port);
  await expect(() => {
    run([join(programs, 'pg_isready'), '-h', '127.0.0.1', '-p', `${port}`, '-U', 'exeunt']);
  }).toPass({ timeout: 20_000, intervals: [50, 100] });
  return { address: `postgres://exeunt@127.0.0.1:${port}/postgres`, stop: () => ended(engine, forget) };
}

async function postgresPrograms(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
  if (newest === undefined) {
    throw new Error(`no PostgreSQL below ${root}: run scripts/setup.sh test`);
  }
  return join(root, newest, 'bin');
}

/** Gives what it printed. */
function run([program, ...args]: readonly string[]): string {
  const done = spawnSync(program as string, args, { encoding: 'utf8', cwd: '/' });
  if (done.status !== 0) {
    throw new Error(`${program} failed: ${done.error?.message ?? done.stderr}`);
  }
  return done.stdout;
}

async function listens(engine: ChildProcess, port: number): Promise<void> {
  let failed: Error | undefined;
  engine.once('error', (error) => {
    failed = error;
  });
  await expect(async () => {
    expect(failed !== undefined || (await isOpen(port)), 'the store listens').toBe(true);
  }).toPass({ timeout: 20_000, intervals: [20, 50, 100] });
  if (failed) {
    throw failed;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function ended(engine: ChildProcess, forget: () => Promise<void>): Promise<void> {
  if (engine.exitCode === null && engine.signalCode === null) {
    const closed = new Promise((resolve) => engine.once('close', resolve));
    // PostgreSQL hangs up on everybody; Redis just ends.
    engine.kill('SIGINT');
    await closed;
  }
  await forget();
}
